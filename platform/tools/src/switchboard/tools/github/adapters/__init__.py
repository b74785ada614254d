"""What the `github` target talks to."""
