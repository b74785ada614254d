"""Connect's orchestrator of AI agents: what runs inside the ConnectParticipantWithLexBot block."""
