"""The schedule step by step, for people; the same seed gives the same bytes."""

import re
from datetime import datetime
from typing import Any, Protocol

_ULID = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{26}\b", re.IGNORECASE)
_LONG = 160


class Trace(Protocol):
    """Where the steps are written."""

    def line(self, at: datetime, depth: int, text: str) -> None:
        """One step, `depth` handlers deep."""
        ...

    @property
    def wanted(self) -> bool:
        """Whether anybody reads it; describing costs more than doing."""
        ...


class NoTrace:
    """Nobody reads."""

    wanted = False

    def line(self, at: datetime, depth: int, text: str) -> None:
        """Forget it."""


class Lines:
    """Lines with time, depth and short names for ids."""

    wanted = True

    def __init__(self) -> None:
        """Start empty."""
        self.lines: list[str] = []
        self._names: dict[str, str] = {}

    def line(self, at: datetime, depth: int, text: str) -> None:
        """Ids of 26 characters become `#1`, `#2`, in the order in which they are first seen."""
        said = _ULID.sub(lambda found: self._name(found.group()), " ".join(text.split()))
        cut = said if len(said) <= _LONG else f"{said[:_LONG]} [...]"
        self.lines.append(f"{at:%d %H:%M:%S.%f}"[:-3] + f"  {'  | ' * depth}{cut}")

    def _name(self, found: str) -> str:
        return self._names.setdefault(found.upper(), f"#{len(self._names) + 1}")

    def text(self) -> str:
        """All of it."""
        return "\n".join(self.lines) + "\n"


def described(values: tuple[Any, ...]) -> str:
    """The arguments of a call in few words."""
    return ", ".join(_short(value) for value in values)


def _short(value: Any) -> str:
    record = getattr(value, "record", None)
    if record is not None and hasattr(record, "status"):
        told = "".join(f" + {event.detail_type}" for event in value.events)
        return f"{record.invocation_id} {record.status}, attempt {record.attempts}{told}"
    if hasattr(value, "detail_type"):
        return f"{value.detail_type} {value.metadata.id}"
    for name in ("outcome", "payload", "key"):
        inner = getattr(value, name, None)
        if inner is not None:
            code = getattr(inner, "code", None) or getattr(inner, "invocation_id", None)
            return str(code or (inner.get("invocation_id") if isinstance(inner, dict) else inner))
    return value if isinstance(value, str) else type(value).__name__
