"""What the `sandbox` target talks to."""
