"""The spec agent: a story becomes a specification page."""
