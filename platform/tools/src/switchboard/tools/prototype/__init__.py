"""Gateway target `prototype`."""
