"""Invocations from request to receipt: budgets, agent sessions, deadlines, the invocation API."""
