"""Prototypes: one self-contained page with a working section for each capability of the story."""
