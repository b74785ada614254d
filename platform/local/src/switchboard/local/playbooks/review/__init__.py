"""What the offline model thinks as the review agent."""
