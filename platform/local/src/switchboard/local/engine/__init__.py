"""The AWS engine: ministack in its own environment, with what it lacks added before it starts.

Modules here run inside the engine's environment. They import the standard library and each other;
ministack itself only through `vendor`.
"""
