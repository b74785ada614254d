"""What was deployed that the engine does not serve itself: one JSON file per resource.

The local AgentCore runtime and the gateway (another process) read these files.
"""

import hashlib
import json
import re
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

LONGEST_NAME = 200
"""Characters of a physical id in its file's name; file systems end at 255."""


@dataclass(frozen=True)
class Resource:
    """One deployed resource with its resolved properties."""

    type: str
    stack: str
    logical_id: str
    physical_id: str
    properties: dict[str, Any]
    attributes: dict[str, str] = field(default_factory=dict)


class Registry:
    """The folder of resource files; files survive a restart of the engine."""

    def __init__(self, folder: Path) -> None:
        """Keep the files in `folder`."""
        self._folder = folder

    def put(self, resource: Resource) -> None:
        """Write or replace the file of a resource; a reader never sees half of it."""
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._path(resource.physical_id)
        draft = path.with_suffix(".tmp")
        draft.write_text(json.dumps(asdict(resource), indent=1, sort_keys=True))
        draft.replace(path)

    def get(self, physical_id: str) -> Resource | None:
        """The resource, or None when it is not deployed."""
        try:
            return Resource(**json.loads(self._path(physical_id).read_text()))
        except FileNotFoundError:
            return None

    def remove(self, physical_id: str) -> None:
        """Forget a resource; forgetting twice is fine."""
        self._path(physical_id).unlink(missing_ok=True)

    def of_type(self, type_name: str) -> list[Resource]:
        """All resources of one CloudFormation type."""
        return [item for item in self.all() if item.type == type_name]

    def all(self) -> list[Resource]:
        """Every resource, by file name."""
        paths = sorted(self._folder.glob("*.json"))
        return [Resource(**json.loads(path.read_text())) for path in paths]

    def _path(self, physical_id: str) -> Path:
        # Physical ids may be ARNs, pairs ("gateway|target") or three of them: too long for a name.
        name = re.sub(r"[^A-Za-z0-9._-]+", "_", physical_id)
        if len(name) > LONGEST_NAME:
            name = f"{name[:LONGEST_NAME]}-{hashlib.sha256(physical_id.encode()).hexdigest()[:16]}"
        return self._folder / f"{name}.json"
