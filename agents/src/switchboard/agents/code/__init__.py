"""The code agent: a story becomes a pull request."""
