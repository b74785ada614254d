"""The released revisions of every event version: `schemas/<detail-type>/<n>.json`, frozen.

The newest revision equals the model; `schemas/released.lock` holds the SHA-256 of each file, so an
edited release is noticed. `samples/<detail-type>.json` is one real example.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from switchboard.events.catalogue import CATALOGUE, MalformedEventError, parse_event
from switchboard.events.compatibility import Schema, breaks
from switchboard.events.envelope import Event

LOCK = "released.lock"


@dataclass(frozen=True)
class Finding:
    """Something wrong with a released event, and what to do about it."""

    subject: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        """One line for people."""
        return f"{self.subject}: {self.problem} -> {self.remedy}"


def model_schema(detail_type: str) -> Schema:
    """The JSON Schema of an event as the code has it now (the whole detail, envelope included)."""
    envelope: Any = Event
    schema: Schema = envelope[CATALOGUE[detail_type].model].model_json_schema(mode="validation")
    schema["title"] = detail_type
    return schema


def _same(released: Schema, current: Schema) -> bool:
    """Equal but for prose: rewording a docstring is no new revision."""
    return bool(_without_prose(released) == _without_prose(current))


def _without_prose(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_prose(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: _without_prose(item)
        for key, item in value.items()
        if not (key in {"description", "title"} and isinstance(item, str))
    }


class Releases:
    """The schema and sample files below a folder (normally `shared-events/`)."""

    def __init__(self, folder: Path) -> None:
        """Read and write `<folder>/schemas` and `<folder>/samples`."""
        self._schemas = folder / "schemas"
        self._samples = folder / "samples"

    def revisions(self, detail_type: str) -> list[Schema]:
        """All released schemas of an event version, oldest first."""
        return [json.loads(path.read_text()) for path in self._paths(detail_type)]

    def sample(self, detail_type: str) -> dict[str, Any]:
        """The example of an event version.

        Raises:
            FileNotFoundError: there is none yet.
        """
        value: dict[str, Any] = json.loads((self._samples / f"{detail_type}.json").read_text())
        return value

    def release(self) -> list[str]:
        """Write a new revision for every event whose model changed; returns the paths written."""
        written = []
        for detail_type in CATALOGUE:
            schema = model_schema(detail_type)
            paths = self._paths(detail_type)
            if paths and _same(json.loads(paths[-1].read_text()), schema):
                continue
            path = self._schemas / detail_type / f"{len(paths) + 1}.json"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(schema, indent=2, sort_keys=True) + "\n")
            written.append(str(path.relative_to(self._schemas.parent)))
        lines = [f"{digest}  {name}\n" for name, digest in sorted(self._digests().items())]
        (self._schemas / LOCK).write_text("".join(lines))
        return written

    def findings(self) -> Iterator[Finding]:
        """Everything that would break a reader, a writer or a promise."""
        yield from self._lock_findings()
        for folder in sorted(path.name for path in self._schemas.iterdir() if path.is_dir()):
            if folder not in CATALOGUE:
                yield Finding(folder, "schema without an event", "add it to the catalogue again")
        for detail_type in CATALOGUE:
            yield from self._event_findings(detail_type)

    def _event_findings(self, detail_type: str) -> Iterator[Finding]:
        revisions = self.revisions(detail_type)
        current = model_schema(detail_type)
        if not revisions or not _same(revisions[-1], current):
            yield Finding(
                detail_type,
                "the model differs from the newest released schema",
                "if the change is meant and compatible: hatch run events release",
            )
        for number, released in enumerate(revisions, start=1):
            for found in breaks(released, current):
                yield Finding(
                    f"{detail_type} against revision {number}",
                    str(found),
                    "undo it, make it optional, or add a new major version beside this one",
                )
        yield from self._sample_findings(detail_type)

    def _sample_findings(self, detail_type: str) -> Iterator[Finding]:
        try:
            parse_event(detail_type, self.sample(detail_type))
        except FileNotFoundError:
            yield Finding(detail_type, "no sample", f"add samples/{detail_type}.json")
        except MalformedEventError as error:
            yield Finding(detail_type, f"the sample is wrong: {error}", "mend the sample")

    def _lock_findings(self) -> Iterator[Finding]:
        lock = self._schemas / LOCK
        lines = lock.read_text().splitlines() if lock.exists() else []
        locked = {name: digest for digest, name in (line.split("  ") for line in lines)}
        present = self._digests()
        for name in sorted(set(locked) | set(present)):
            if locked.get(name) != present.get(name):
                yield Finding(
                    f"schemas/{name}",
                    "a released file was edited, removed or added by hand",
                    "restore it from git; change the model and run hatch run events release",
                )

    def _paths(self, detail_type: str) -> list[Path]:
        paths = (self._schemas / detail_type).glob("*.json")
        return sorted(paths, key=lambda path: int(path.stem))

    def _digests(self) -> dict[str, str]:
        return {
            str(path.relative_to(self._schemas)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in self._schemas.glob("*/*.json")
        }
