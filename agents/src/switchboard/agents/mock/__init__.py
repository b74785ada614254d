"""The mock agent: a story becomes a clickable prototype."""
