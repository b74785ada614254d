"""The local AgentCore gateway: MCP, JWT, Cedar per call, interceptors, Lambda targets."""
