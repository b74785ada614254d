"""What the `prototype` target talks to."""
