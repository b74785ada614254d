"""Where callers are looked up: Amazon Connect, or a dictionary."""
