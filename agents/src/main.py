"""Entry point of the agent bundle: AgentCore starts `main.py` at its root."""

from switchboard.agents.wiring import serve

if __name__ == "__main__":
    serve()
