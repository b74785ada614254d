"""A deterministic, seeded fault simulation of the real use cases: `hatch run simulate` (NEW-02)."""
