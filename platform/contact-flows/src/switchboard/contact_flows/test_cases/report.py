"""What came of a test case, for people."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Line:
    """One line of the talk."""

    who: Literal["desk", "caller"]
    text: str


@dataclass(frozen=True)
class Seen:
    """An observation, and what it was seen in."""

    observation: str
    what: str


@dataclass(frozen=True)
class Report:
    """The result of one execution; passed when everything was seen and held."""

    name: str
    failures: tuple[str, ...]
    seen: tuple[Seen, ...]
    lines: tuple[Line, ...]
    actions: tuple[str, ...]
    """Identifiers in the order they were started."""
    outcome: str

    @property
    def passed(self) -> bool:
        """Whether nothing is missing or wrong."""
        return not self.failures

    def __str__(self) -> str:
        verdict = "passed" if self.passed else "FAILED"
        head = f"{self.name}: {verdict}, {len(self.seen)} observations, {self.outcome}"
        failures = [f"  - {failure}" for failure in self.failures]
        talk = [f"  {line.who}: {line.text}" for line in self.lines] if self.failures else []
        way = [f"  way: {' > '.join(self.actions)}"] if self.failures else []
        return "\n".join([head, *failures, *talk, *way])
