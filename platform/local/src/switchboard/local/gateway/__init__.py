"""The local AgentCore gateway: MCP, JWT, Cedar per call, interceptors, functions and APIs."""
