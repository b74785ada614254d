"""Gateway target `github`."""
