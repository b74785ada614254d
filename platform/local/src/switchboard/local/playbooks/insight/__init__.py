"""What the offline model thinks as the insight agent."""
