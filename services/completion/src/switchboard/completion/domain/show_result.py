"""The story page and the dashboard row of an invocation that has ended."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from switchboard.completion.domain.artifacts import Artifacts
from switchboard.completion.domain.dashboard import ended_row
from switchboard.completion.domain.model import (
    ARTIFACTS,
    LAST_RESULT,
    STATUS,
    Page,
    Project,
    Text,
    Value,
)
from switchboard.completion.domain.ports import Board, NotThereError, ValueRefusedError
from switchboard.completion.domain.wording import outcome, price
from switchboard.events.invocation import InvocationEnded

COMPLETION_VALUES = {
    "code": "Code Generated",
    "mock": "Prototype Ready",
    "demo_deck": "Demo Deck Ready",
    "insight": "Feedback Synthesized",
    "spec": "Spec Ready",
    "review": "Review Posted",
    "a_b_test": "Variants Ready",
}
"""Where a story stands when an agent is done with it (F4)."""
FAILED_VALUES = {"failed": "Failed", "cancelled": "Cancelled"}
"""Where it stands otherwise, if the board has such statuses."""


@dataclass(frozen=True)
class Row:
    """The dashboard row, or why there is none although there should be."""

    page_id: str | None = None
    problem: Exception | None = None


@dataclass(frozen=True)
class ShowResult:
    """Write how an invocation ended where people look."""

    board: Board
    now: Callable[[], datetime]

    def row(
        self, ended: InvocationEnded, artifacts: Artifacts, page: Page | None, project: Project
    ) -> Row:
        """Make or change the dashboard row; found again by the invocation's id.

        A dashboard that is gone must not keep the result from the story: it is reported instead.
        """
        if project.dashboard_data_source_id is None:
            return Row()
        values = dict(ended_row(ended, artifacts, page.url if page else "", self.now()))
        if page is None:
            values.pop("Story")
        try:
            return Row(
                self.board.put_row(project.dashboard_data_source_id, ended.invocation_id, values)
            )
        except (NotThereError, ValueRefusedError) as error:
            return Row(problem=error)

    def story(
        self, ended: InvocationEnded, artifacts: Artifacts, page: Page, project: Project
    ) -> list[str]:
        """Write status, link and result line; returns notes on what could not be written."""
        values: dict[str, Value] = {LAST_RESULT: (Text(f"{outcome(ended)}\n{price(ended)}"),)}
        if artifacts.sound:
            values[ARTIFACTS] = artifacts.sound[0].url
        status = board_status(ended, page, project)
        if status is None:
            return self._without_status(page, values)
        try:
            self.board.write(page, {**values, STATUS: status})
        except ValueRefusedError:
            note = f'The status was left as it is; has the board an option "{status}"?'
            return [note, *self._without_status(page, values)]
        return []

    def _without_status(self, page: Page, values: dict[str, Value]) -> list[str]:
        try:
            self.board.write(page, values)
        except ValueRefusedError as error:
            return [f"The page's properties were left as they are: {error}"]
        return []


def board_status(ended: InvocationEnded, page: Page, project: Project) -> str | None:
    """The status to write, or None to leave it.

    Never a trigger, or the write would start another invocation (K-31); and never over a trigger
    that a person has set since, or their wish would be lost from the board.
    """
    wanted = (
        COMPLETION_VALUES.get(ended.agent_type)
        if ended.status == "completed"
        else FAILED_VALUES.get(ended.status)
    )
    if wanted is None or wanted in project.trigger_map or asked_since(ended, page, project):
        return None
    return wanted


def asked_since(ended: InvocationEnded, page: Page, project: Project) -> bool:
    """Whether a person has asked for something else meanwhile."""
    return page.status in project.trigger_map and page.status != ended.trigger_value
