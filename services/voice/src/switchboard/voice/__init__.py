"""Contact flows as code, the desk's session data, call records and escalation."""
