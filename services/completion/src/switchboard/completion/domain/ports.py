"""What completion needs from outside, and how it may fail.

BoardError
├── BoardUnavailableError   try again later
├── NotThereError           the page or data source is gone: trying again cannot help
└── ValueRefusedError       the board has no such option, or the value does not fit
ProjectUnknownError         its configuration has not come yet: try again later
ContentsUnavailableError    the content bucket does not answer: try again later
BusyError, StaleClaimError  another delivery of the same thing is at work
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from switchboard.completion.domain.model import Message, Page, Project, Values
from switchboard.events.envelope import Event
from switchboard.events.values import Artifact, ContentRef


class BoardError(Exception):
    """Something about the board went wrong."""


class BoardUnavailableError(BoardError):
    """The board does not answer, or refuses us for now."""


class NotThereError(BoardError):
    """The page or data source does not exist, is in the trash, or is not shared with us."""


class ValueRefusedError(BoardError):
    """The board refuses a value."""


class ProjectUnknownError(LookupError):
    """No configuration of this project has arrived yet."""


class ContentsUnavailableError(RuntimeError):
    """The content bucket does not answer, or refuses us."""


class BusyError(RuntimeError):
    """Another delivery of the same thing is at work."""


class StaleClaimError(RuntimeError):
    """The claim ran out and was taken over; whoever has it now finishes."""


class Board(Protocol):
    """Where people look: pages, comments, and the rows of a dashboard."""

    def page(self, page_id: str) -> Page:
        """Read a page; raises NotThereError."""
        ...

    def markdown(self, page_id: str) -> str:
        """Read a page's body; raises NotThereError."""
        ...

    def write(self, page: Page, values: Values) -> None:
        """Write those values the page has a property for; raises ValueRefusedError."""
        ...

    def comment_once(self, page_id: str, mark: str, message: Message) -> str:
        """Comment unless a comment with `mark` is there already; returns the comment's id.

        The comment ends with `mark`. Mentions that the board refuses are left out.
        """
        ...

    def put_row(self, data_source_id: str, invocation_id: str, values: Values) -> str:
        """Make or change the one row of an invocation; returns the row's page id."""
        ...

    def find_row(self, data_source_id: str, invocation_id: str) -> str | None:
        """The page id of an invocation's row."""
        ...


class Projects(Protocol):
    """The read model of project configurations."""

    def get(self, project_id: str) -> Project:
        """Raise ProjectUnknownError when there is none."""
        ...

    def put(self, project: Project) -> bool:
        """Keep this version unless it is as old as the one kept; says whether it was."""
        ...


class Contents(Protocol):
    """Where bodies too large for an event are left."""

    def put(self, key: str, text: str) -> ContentRef:
        """Store a text; again changes nothing. Raises ContentsUnavailableError."""
        ...


@dataclass(frozen=True)
class Claim:
    """The right to deliver one thing, for a limited time."""

    key: str
    stage: int
    holder: str


@dataclass(frozen=True)
class Outcome:
    """What a delivery leaves behind: facts for its row, events for the bus."""

    facts: Mapping[str, str | None] = field(default_factory=dict)
    events: Sequence[Event[Any]] = ()
    handed: Mapping[str, Sequence[Artifact]] = field(default_factory=dict)
    """What the next steps are given, by their invocation ids: their own steps will want it."""


class Deliveries(Protocol):
    """The state of each delivery; a later stage never gives way to an earlier one."""

    def claim(self, key: str, stage: int, holder: str) -> Claim | None:
        """Claim a stage; None when it, or a later one, needs nothing more.

        Raises:
            BusyError: another holder has it.
        """
        ...

    def release(self, claim: Claim) -> None:
        """Give the claim back after a failure, so that a retry need not wait."""
        ...

    def finish(self, claim: Claim, outcome: Outcome) -> None:
        """Mark the stage done, keep what is handed on and publish the events, all or nothing.

        Raises:
            StaleClaimError: another delivery has taken over.
        """
        ...

    def handed(self, invocation_id: str) -> tuple[Artifact, ...]:
        """What an invocation was given by the steps before it; nothing when it began its chain."""
        ...

    def give_up(self, key: str, stage: int, outcome: Outcome) -> None:
        """Note a failure and publish the events, both or neither; nothing if the stage is done."""
        ...
