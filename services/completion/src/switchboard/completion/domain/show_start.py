"""A sign of life as soon as an agent has taken the work."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from switchboard.completion.domain.dashboard import running_row
from switchboard.completion.domain.give_up import delivery_key
from switchboard.completion.domain.model import LAST_RESULT, Page, Project, Text
from switchboard.completion.domain.one_at_a_time import STARTED, OneAtATime
from switchboard.completion.domain.ports import (
    Board,
    NotThereError,
    Outcome,
    Projects,
    ValueRefusedError,
)
from switchboard.completion.domain.wording import started_line
from switchboard.events.envelope import Event
from switchboard.events.invocation import InvocationStartedV1


@dataclass(frozen=True)
class ShowStart:
    """Row `running` and a line on the story; its status stays the trigger, so nothing loops."""

    board: Board
    projects: Projects
    exclusively: OneAtATime
    now: Callable[[], datetime]

    def __call__(self, event: Event[InvocationStartedV1]) -> str:
        """Idempotent; coming after the end it changes nothing (the claim's stage decides).

        Raises:
            ProjectUnknownError, BoardError: try again later.
        """
        started = event.data
        project = self.projects.get(started.project_id)
        key = delivery_key(started.invocation_id)
        acted = self.exclusively(key, STARTED, lambda: self._show(started, project))
        return "shown" if acted else "shown before, or ended already"

    def _show(self, started: InvocationStartedV1, project: Project) -> Outcome:
        try:
            page = self.board.page(started.notion_page_id)
        except NotThereError:
            # The end of the run will report that; there is nothing to show a start on.
            return Outcome()
        row_id = self._row(started, project, page)
        with suppress(ValueRefusedError):
            self.board.write(page, {LAST_RESULT: (Text(started_line(started)),)})
        return Outcome({"dashboard_page_id": row_id})

    def _row(self, started: InvocationStartedV1, project: Project, page: Page) -> str | None:
        if project.dashboard_data_source_id is None:
            return None
        values = running_row(started, page.url, self.now())
        # A dashboard that refuses us is reported once, with the result.
        with suppress(NotThereError, ValueRefusedError):
            return self.board.put_row(
                project.dashboard_data_source_id, started.invocation_id, values
            )
        return None
