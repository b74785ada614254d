"""Recording and replaying of the agents' model calls, switched on for as long as a command lasts.

The agents do it themselves (`MODEL_CASSETTES`), so that it works for every provider; what is here
says when, and where the recordings are. The switch is a file in the state folder: the front that
starts agents is another process than the command that asks.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

VARIABLE = "MODEL_CASSETTES"


class CassetteFolderError(RuntimeError):
    """The folder cannot be recorded into or played from."""

    remedy = "give a folder: --record makes it, --replay wants one that --record has filled"


@dataclass(frozen=True)
class CassetteSwitch:
    """What the agents that start now do with their model calls."""

    path: Path

    @classmethod
    def in_home(cls, home: Path) -> "CassetteSwitch":
        """The switch of a state folder."""
        return cls(home / "model" / "cassettes.json")

    @contextmanager
    def on(self, mode: Literal["record", "replay"], folder: Path) -> Iterator[None]:
        """Record into `folder`, or replay from it, while the context lasts.

        Raises:
            CassetteFolderError: it is no folder, or holds no recording to play.
        """
        where = folder.absolute()
        if mode == "record":
            _make(where)
        elif not any(where.glob("*.json")):
            raise CassetteFolderError(f"{folder} holds no recording")
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(json.dumps({VARIABLE: f"{mode}:{where}"}))
        try:
            yield
        finally:
            self.path.unlink(missing_ok=True)

    def variables(self) -> Mapping[str, str]:
        """What an agent that starts now gets into its environment."""
        try:
            found = json.loads(self.path.read_text())
        except FileNotFoundError:
            return {}
        return {VARIABLE: str(found[VARIABLE])}


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CassetteFolderError(f"cannot record into {folder}: {error}") from error
