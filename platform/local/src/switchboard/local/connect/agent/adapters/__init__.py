"""Adapters of the orchestrator: Bedrock, the tool gateway, and both in memory."""
