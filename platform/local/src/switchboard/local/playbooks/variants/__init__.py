"""What the offline model thinks as the a_b_test agent."""
