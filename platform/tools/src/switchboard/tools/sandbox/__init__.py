"""Gateway target `sandbox`."""
