"""Contact flows as code, call records and escalation of the service desk: not built yet."""
