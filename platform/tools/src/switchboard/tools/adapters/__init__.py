"""Technologies every target uses: the ledger's table, AgentCore Identity, metrics."""
