"""A hash over everything in the repository that can change the outcome of a test."""

import hashlib
from pathlib import Path

CODE = ("shared-events", "platform", "services", "agents", "docs", "constraints.txt", "hatch.toml")
GENERATED = {"__pycache__", "cdk.out", ".pytest_cache", "node_modules"}


def fingerprint(root: Path) -> str:
    """The hash of the sources below `root` as they are now."""
    digest = hashlib.sha256()
    for name in CODE:
        top = root / name
        for path in sorted([top] if top.is_file() else top.rglob("*")):
            if path.is_file() and not GENERATED & set(path.parts):
                digest.update(str(path.relative_to(root)).encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()
