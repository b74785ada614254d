"""Mistakes in a dataset, with the line and the case they are in."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]


class DatasetError(ValueError):
    """A dataset cannot be used; `mistakes` says where each is and what to do."""

    def __init__(self, mistakes: Sequence[str]) -> None:
        """All that were found, so that one round mends them."""
        super().__init__("\n".join(mistakes))
        self.mistakes = list(mistakes)


class CaseError(RuntimeError):
    """A case could not be run; says what stood in the way."""


def where(file: Path, tree: Any, document: Any, location: Sequence[Any]) -> str:
    """`code.yaml, line 12, case discount-code, goal 2: ` for pydantic's location of a mistake."""
    node, line = tree, 1
    for part in location:
        below = _below(node, part)
        if below is None:
            continue  # pydantic also names the kind of a union, which is no place in the file
        node, line = below
    return f"{file.name}, line {line}{_case(document, location)}{_path(location)}: "


def _below(node: Any, part: Any) -> tuple[Any, int] | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        found = node.value[part]
        return found, found.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == part:
                return value, key.start_mark.line + 1
    return None


def _case(document: Any, location: Sequence[Any]) -> str:
    if len(location) < 2 or location[0] != "cases" or not isinstance(location[1], int):  # noqa: PLR2004 - a case is the second part
        return ""
    case = document["cases"][location[1]]
    name = case.get("id") if isinstance(case, dict) else None
    return f", case {name or location[1] + 1}"


def _path(location: Sequence[Any]) -> str:
    parts = [str(part + 1) if isinstance(part, int) else str(part) for part in location]
    rest = parts[2:] if parts[:1] == ["cases"] and len(parts) > 1 else parts
    return f", {' '.join(rest)}" if rest else ""
