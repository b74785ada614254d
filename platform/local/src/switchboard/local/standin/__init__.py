"""What every stand-in needs: documents that survive a kill, injected faults, safe HTML."""
