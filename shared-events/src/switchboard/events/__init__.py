"""The contracts of Switchboard: one model, one JSON Schema and one sample per event version."""
