"""Judging whether two revisions of an event's JSON Schema can live side by side.

Inside a major version every revision must be FULL_TRANSITIVE compatible with every earlier one:
FORWARD because publishers deploy first and old readers read on, BACKWARD because the archive is
replayed to new readers. The judge is fail-closed: what it does not understand, it refuses.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Schema = dict[str, Any]

_IGNORED = {
    "$defs", "title", "description", "default", "examples", "discriminator", "deprecated",
}  # fmt: skip
_JUDGED = {
    "$ref", "anyOf", "oneOf", "enum", "const", "type", "properties", "required", "items",
    "additionalProperties", "pattern", "format", "minLength", "maxLength", "minimum", "maximum",
    "exclusiveMinimum", "exclusiveMaximum", "minItems", "maxItems",
}  # fmt: skip
_LOWER_BOUNDS = ("minLength", "minimum", "exclusiveMinimum", "minItems")
_UPPER_BOUNDS = ("maxLength", "maximum", "exclusiveMaximum", "maxItems")
_EXACT = ("pattern", "format")


@dataclass(frozen=True)
class Break:
    """One reason why a reader would refuse what a writer may write."""

    direction: str
    path: str
    reason: str

    def __str__(self) -> str:
        """`BACKWARD data.agent_type: …`, for people."""
        return f"{self.direction} {self.path or '(root)'}: {self.reason}"


def breaks(old: Schema, new: Schema) -> list[Break]:
    """All reasons why `new` may not follow `old` inside the same major version."""
    backward = _Judge(reader_root=new, writer_root=old)
    forward = _Judge(reader_root=old, writer_root=new)
    return [
        *(Break("BACKWARD", path, reason) for path, reason in backward.refusals()),
        *(Break("FORWARD", path, reason) for path, reason in forward.refusals()),
    ]


class _Judge:
    """Does the reader's schema accept everything the writer's schema allows?"""

    def __init__(self, reader_root: Schema, writer_root: Schema) -> None:
        self._reader_root = reader_root
        self._writer_root = writer_root

    def refusals(self) -> Iterator[tuple[str, str]]:
        yield from self._compare(self._reader_root, self._writer_root, "")

    def _compare(self, reader: Any, writer: Any, path: str) -> Iterator[tuple[str, str]]:
        reader = _resolve(reader, self._reader_root)
        writer = _resolve(writer, self._writer_root)
        if unknown := sorted((set(reader) | set(writer)) - _IGNORED - _JUDGED):
            yield path, f"cannot judge the keyword {', '.join(unknown)}"
        elif arms := _arms(writer):
            for arm in arms:
                yield from self._compare(reader, arm, path)
        elif arms := _arms(reader):
            yield from self._any_arm(arms, writer, path)
        else:
            yield from self._values(reader, writer, path)
            yield from self._object(reader, writer, path)
            yield from self._array(reader, writer, path)

    def _any_arm(self, arms: list[Schema], writer: Schema, path: str) -> Iterator[tuple[str, str]]:
        if all(next(self._compare(arm, writer, path), None) for arm in arms):
            yield path, f"the reader has no alternative for {_name(writer)}"

    def _values(self, reader: Schema, writer: Schema, path: str) -> Iterator[tuple[str, str]]:
        allowed, written = _choices(reader), _choices(writer)
        if allowed is not None and (written is None or not written <= allowed):
            extra = "any value" if written is None else ", ".join(sorted(written - allowed))
            yield path, f"the reader's closed list does not hold {extra}: use an open string"
        if "type" in reader and not _type_fits(reader["type"], writer.get("type")):
            yield path, f"the reader wants {reader['type']}, the writer gives {_name(writer)}"
        for key in _EXACT:
            if key in reader and reader[key] != writer.get(key):
                yield path, f"the reader wants {key} {reader[key]!r}"
        for keys, tighter in ((_LOWER_BOUNDS, _tighter_low), (_UPPER_BOUNDS, _tighter_high)):
            for key in keys:
                if key in reader and tighter(reader[key], writer.get(key)):
                    yield path, f"the reader's {key} {reader[key]} is tighter than the writer's"

    def _object(self, reader: Schema, writer: Schema, path: str) -> Iterator[tuple[str, str]]:
        promised = set(writer.get("required", []))
        for name in sorted(set(reader.get("required", [])) - promised):
            yield _join(path, name), "the reader requires this field, the writer may leave it out"
        known: Schema = reader.get("properties", {})
        rest = reader.get("additionalProperties", True)
        for name, value in writer.get("properties", {}).items():
            if name in known:
                yield from self._compare(known[name], value, _join(path, name))
            elif rest is False:
                yield _join(path, name), "the reader forbids fields that it does not know"
        written_rest = writer.get("additionalProperties", True)
        if isinstance(rest, dict) and rest:
            open_rest = {} if written_rest is True else written_rest
            if isinstance(open_rest, dict):
                yield from self._compare(rest, open_rest, _join(path, "*"))

    def _array(self, reader: Schema, writer: Schema, path: str) -> Iterator[tuple[str, str]]:
        if "items" in reader:
            yield from self._compare(reader["items"], writer.get("items", {}), f"{path}[]")


def _resolve(schema: Any, root: Schema) -> Schema:
    if schema is True:
        return {}
    while "$ref" in schema:
        target: Any = root
        for part in schema["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        schema = target
    resolved: Schema = schema
    return resolved


def _arms(schema: Schema) -> list[Schema]:
    arms: list[Schema] = [*schema.get("anyOf", []), *schema.get("oneOf", [])]
    return arms


def _choices(schema: Schema) -> set[str] | None:
    if "const" in schema:
        return {repr(schema["const"])}
    return {repr(value) for value in schema["enum"]} if "enum" in schema else None


def _type_fits(wanted: str, given: str | None) -> bool:
    return given == wanted or (wanted == "number" and given == "integer")


def _tighter_low(wanted: float, given: float | None) -> bool:
    return given is None or given < wanted


def _tighter_high(wanted: float, given: float | None) -> bool:
    return given is None or given > wanted


def _name(schema: Schema) -> str:
    return str(schema.get("type") or schema.get("title") or "anything")


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
