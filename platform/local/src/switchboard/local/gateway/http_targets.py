"""The port through which the gateway calls HTTP APIs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


class HttpFailedError(RuntimeError):
    """There is no answer: refused, timed out, too large; the message names address and reason."""


@dataclass(frozen=True)
class HttpRequest:
    """What is sent."""

    method: str
    url: str
    """Absolute, percent-encoded, without query."""
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None


@dataclass(frozen=True)
class HttpAnswer:
    """What came back."""

    status: int
    text: str


class HttpTargets(Protocol):
    """Where APIs answer."""

    def send(self, request: HttpRequest) -> HttpAnswer:
        """Send a request once and wait for its answer, whatever its status.

        Raises:
            HttpFailedError: no answer.
        """
        ...

    def close(self) -> None:
        """Let go of what is held open."""
        ...
