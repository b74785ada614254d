"""A function that the engine's tests deploy."""
