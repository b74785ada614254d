"""Amazon Connect's Flow language as typed Python: build, lint, emit, interpret, test."""
