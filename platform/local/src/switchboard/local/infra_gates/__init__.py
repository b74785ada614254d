"""The checks of the infrastructure: `hatch run infra-check`; no account, network or Docker."""
