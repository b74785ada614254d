"""Facts reach the outside world: dashboard, story, mentions, the next step of a chain."""
