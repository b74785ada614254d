"""What the offline model thinks as the spec agent."""
