"""The outside world becomes facts: Notion's webhooks and the projects' configuration."""
