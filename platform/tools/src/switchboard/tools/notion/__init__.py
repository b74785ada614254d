"""Gateway target `notion`."""
