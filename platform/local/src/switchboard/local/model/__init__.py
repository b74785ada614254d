"""The offline model: playbooks behind the Bedrock wire, deterministic and honest about it."""
