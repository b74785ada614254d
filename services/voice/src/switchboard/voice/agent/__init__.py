"""The l1_support agent: what the Connect AI agent is told, and the tools it has."""
