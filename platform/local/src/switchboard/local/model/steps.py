"""What a playbook may look at and what it may do next, and how it can be wrong."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


class PlaybookError(Exception):
    """The offline model cannot answer.

    - UnknownPlaybookError: there is no playbook for the agent.
    - PlaybookFailedError: the playbook itself is wrong.
    """


class UnknownPlaybookError(PlaybookError):
    """The system prompt names no agent that has a playbook."""


class PlaybookFailedError(PlaybookError):
    """The playbook raised, or ended without a `Final`."""


@dataclass(frozen=True)
class Call:
    """One tool call; `tool` is matched after the target's `___` prefix."""

    tool: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    say: str = ""


@dataclass(frozen=True)
class Final:
    """The last words, and the value for a structured answer if the agent asks for one."""

    text: str
    structured: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Say:
    """The words that end a turn of a dialogue; the other side's next words come back."""

    text: str


@dataclass(frozen=True)
class Context:
    """What a playbook may look at: a user text, the system prompt, the tools' names.

    For a playbook the text is the newest prompt, for a dialogue the first one.
    """

    prompt: str
    system: str
    tools: tuple[str, ...]

    def has(self, tool: str) -> bool:
        """Tell whether the agent sees this tool (named without its target)."""
        return resolve(tool, self.tools) in self.tools

    @property
    def seed(self) -> str:
        """A digest of the prompt, for choices that shall differ between stories but not runs."""
        return hashlib.sha256(self.prompt.encode()).hexdigest()


Step = Call | Sequence[Call]


def calls_of(step: Step) -> tuple[Call, ...]:
    """The calls of a step."""
    return (step,) if isinstance(step, Call) else tuple(step)


def resolve(tool: str, names: Sequence[str]) -> str:
    """The full name `<target>___<tool>` among `names`, or the name itself when there is none."""
    return next((name for name in names if name == tool or name.endswith(f"___{tool}")), tool)
