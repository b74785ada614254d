"""The local AgentCore data plane: runtimes, identity, code interpreters; and the Bedrock wire."""
