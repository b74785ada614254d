"""What the `notion` target talks to."""
