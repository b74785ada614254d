"""The claims of an agent's gateway token."""
