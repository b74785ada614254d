"""Runs emitted flows as a generator of effects; whoever drives it does the talking."""
