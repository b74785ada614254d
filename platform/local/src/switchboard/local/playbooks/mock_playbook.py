"""What the offline model thinks as the mock agent."""
