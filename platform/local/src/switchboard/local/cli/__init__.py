"""The commands under `hatch run`: try flows, look inside, prove the whole."""
