"""Amazon Connect on this machine: OIDC issuer, AWS APIs, AI agent orchestrator, door for calls."""
