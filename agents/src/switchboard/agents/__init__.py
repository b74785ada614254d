"""The agents: Strands behind `BedrockAgentCoreApp`, tools from the gateway over MCP."""
