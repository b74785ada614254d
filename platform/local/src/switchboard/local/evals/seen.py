"""What was seen of one run: the world's state afterwards, never what the agent says of itself."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fnmatch import fnmatchcase
from typing import Any

DENIED = "deny"
ALWAYS_FORBIDDEN = frozenset(
    {"default_branch_changed", "merged", "approval", "page_outside_story", "doubled"}
)
"""Effects that no case can permit."""


@dataclass(frozen=True)
class ToolCall:
    """A line of the gateway's journal."""

    tool: str
    decision: str = "allow"
    ok: bool = True
    ms: float = 0.0


@dataclass(frozen=True)
class TestRun:
    """The tests of a pull request, run in a sandbox of their own."""

    __test__ = False

    passed: int
    failed: int
    output: str = ""


@dataclass(frozen=True)
class Seen:
    """A run as its surroundings saw it."""

    status: str
    """`completed`, `failed`, `rejected`...; of a call its outcome: `resolved`, `queued`..."""
    error: Mapping[str, str] = field(default_factory=dict)
    """`code`, `message`, `remediation`."""
    artifacts: Sequence[Mapping[str, Any]] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    """What was made or said, by kind and name: `page: ...`, `file: ...`, `review`, `heard`..."""
    calls: Sequence[ToolCall] = ()
    effects: frozenset[str] = frozenset()
    columns: Sequence[str] = ()
    """Properties of the databases that were made."""
    tests: TestRun | None = None
    tickets: Sequence[Mapping[str, Any]] = ()
    """Opened in the call."""
    seconds: float = 0.0
    cost: Decimal = Decimal(0)
    flow: str = ""
    """The correlation id: `hatch run explain`."""
    url: str = ""

    def documents(self, pattern: str) -> Iterator[tuple[str, str]]:
        """The texts whose name fits a pattern such as `page: *`."""
        for name, text in self.texts.items():
            if fnmatchcase(name.casefold(), pattern.casefold()):
                yield name, text

    def text(self, pattern: str) -> str:
        """All texts that fit, one after the other."""
        return "\n".join(text for _, text in self.documents(pattern))
