"""The words playbooks recognise, kept as data in `words.toml`."""

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def _table() -> dict[str, dict[str, Any]]:
    text = files("switchboard.local.playbooks").joinpath("words.toml").read_text("utf-8")
    return tomllib.loads(text)


@cache
def words(module: str, name: str) -> re.Pattern[str]:
    """The expression for one kind of word.

    Raises:
        KeyError: `words.toml` has none of this name.
    """
    return re.compile("|".join(_table()[module][name]), re.IGNORECASE)


@cache
def kinds(module: str) -> dict[str, re.Pattern[str]]:
    """The expressions of a module that are tried one after the other, by name."""
    table: dict[str, list[str]] = _table()[module]["kinds"]
    return {name: re.compile("|".join(found), re.IGNORECASE) for name, found in table.items()}
