"""What the offline model thinks as the demo_deck agent."""
