"""A caller's script: a Connect test case, or a plain list of what the caller does.

A list has one turn a line (or one item of a JSON array): words, `#1` for keys, `(silence)` or an
empty item, `hangup`. Lines that begin with `//` are for whoever reads the file.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from switchboard.local.connect.client import Caller, Turn

SILENCE, HANG_UP = "(silence)", "hangup"
COMMENT = "//"
MAX_BYTES = 1_000_000


class ScriptError(ValueError):
    """The file is no script; the message says why."""


@dataclass(frozen=True)
class Script:
    """What a caller does, and what it is called; either a test case or a list of turns."""

    name: str
    case: str | None = None
    turns: tuple[str, ...] = ()


def read_script(path: Path) -> Script:
    """Read a script.

    Raises:
        ScriptError: there is no such file, or nothing in it that a caller could do.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ScriptError(f"{path} is larger than {MAX_BYTES} bytes")
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ScriptError(f"cannot read {path}: {error}") from error
    document = _document(text)
    if isinstance(document, dict):
        if "Observations" not in document:
            raise ScriptError(f"{path} is JSON, but no Connect test case: it has no Observations")
        name = (document.get("Metadata") or {}).get("name") or path.stem
        return Script(str(name), case=text)
    turns = tuple(_turns(document, text))
    if not turns:
        raise ScriptError(f"{path} is empty")
    return Script(path.stem, turns=turns)


def play(turn: str, caller: Caller) -> Turn:
    """Do what one item of a script, or a line a person typed, says."""
    words = turn.strip()
    if words in {"", SILENCE}:
        return caller.silence()
    if words.lower() == HANG_UP:
        return caller.hang_up()
    if words.startswith("#") and len(words) > 1 and set(words[1:]) <= set("0123456789*#"):
        return caller.keys(words[1:])
    return caller.say(words)


def _document(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _turns(document: Any, text: str) -> Iterator[str]:
    if isinstance(document, list):
        if not all(isinstance(item, str) for item in document):
            raise ScriptError("a JSON list of turns holds texts only")
        yield from document
        return
    for line in text.splitlines():
        if line.strip() and not line.startswith(COMMENT):
            yield line.strip()
