"""Technologies every target uses: the ledger's table, secrets, metrics."""
