"""Realistic rows for a list of anything, in the columns the story names."""

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from switchboard.local.playbooks.words import words

_NAMES = re.compile(
    r"name|title|titel|titre|t[ií]tulo|nombre|nom\b|subject|product|produkt|item", re.IGNORECASE
)
NUMERIC = words("sample", "numeric")


@cache
def _data() -> dict[str, Any]:
    text = files("switchboard.local.playbooks").joinpath("sample.toml").read_text("utf-8")
    return tomllib.loads(text)


def column(name: str, topic: str) -> tuple[str, ...]:
    """Six values for a column of a list of `topic`."""
    if _NAMES.search(name):
        return names_of(topic)
    for entry in _data()["columns"]:
        if re.search("|".join(entry["match"]), name, re.IGNORECASE):
            return tuple(entry["values"])
    return tuple(f"{name.replace('_', ' ')} {letter}" for letter in "ABCABC")


def names_of(topic: str) -> tuple[str, ...]:
    """Six names of things of a kind; furniture when the kind is not known."""
    for entry in _data()["names"]:
        if re.search(rf"\b(?:{'|'.join(entry['match'])})", topic, re.IGNORECASE):
            return tuple(entry["values"])
    return tuple(_data()["other"])


def rows(columns: Sequence[str], topic: str) -> list[dict[str, str]]:
    """Six rows with these columns."""
    values = [column(name, topic) for name in columns]
    return [dict(zip(columns, row, strict=True)) for row in zip(*values, strict=True)]
