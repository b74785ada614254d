"""The ticket API of the service desk: a mock of an ITSM, never a client of a real one (ITS-16)."""
