"""What was deployed last: an unchanged checkout is neither synthesized nor deployed again."""

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

SOURCES = (
    "shared-events",
    "platform/runtime",
    "platform/constructs",
    "platform/contact-flows",
    "platform/tools",
    "platform/infra",
    "platform/policies",
    "services",
    "agents",
    "constraints.txt",
)
"""Everything a template or a bundle is made of."""
NOT_SOURCES = {"tests", "__pycache__", "cdk.out", "build", "node_modules", ".pytest_cache"}


@dataclass(frozen=True)
class Stamp:
    """The sources, parameters and stacks of one deployment."""

    fingerprint: str
    apps: list[str]
    stacks: list[str]
    parameters: dict[str, str]

    def write(self, path: Path) -> None:
        """Remember this deployment."""
        draft = path.with_suffix(".tmp")
        draft.write_text(json.dumps(asdict(self), indent=1))
        draft.replace(path)

    @classmethod
    def read(cls, path: Path) -> "Stamp | None":
        """The last deployment, or None when there is none or its file is damaged."""
        try:
            return cls(**json.loads(path.read_text()))
        except (FileNotFoundError, ValueError, TypeError):
            return None


def fingerprint(root: Path) -> str:
    """A hash over the content of everything that templates and bundles are made of."""
    digest = hashlib.sha256()
    for path in _files(root):
        digest.update(str(path.relative_to(root)).encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _files(root: Path) -> Iterator[Path]:
    for source in SOURCES:
        if (root / source).is_file():
            yield root / source
        for folder, folders, files in os.walk(root / source):
            folders[:] = sorted(set(folders) - NOT_SOURCES)
            yield from (Path(folder, name) for name in sorted(files) if not name.endswith(".pyc"))
