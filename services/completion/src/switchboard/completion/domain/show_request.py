"""An accepted request is on the dashboard before an agent has taken it (DAT-04)."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from switchboard.completion.domain.dashboard import queued_row
from switchboard.completion.domain.give_up import delivery_key
from switchboard.completion.domain.model import Project
from switchboard.completion.domain.one_at_a_time import REQUESTED, OneAtATime
from switchboard.completion.domain.ports import (
    Board,
    NotThereError,
    Outcome,
    Projects,
    ProjectUnknownError,
    ValueRefusedError,
)
from switchboard.events.envelope import Event
from switchboard.events.invocation import InvocationRequestedV1


@dataclass(frozen=True)
class ShowRequest:
    """Row `queued`; how long a run has waited is seen there, and that it waits at all."""

    board: Board
    projects: Projects
    exclusively: OneAtATime
    now: Callable[[], datetime]

    def __call__(self, event: Event[InvocationRequestedV1]) -> str:
        """Idempotent; coming after the start or the end it changes nothing (the claim's stage).

        Raises:
            BoardError: try again later.
        """
        requested = event.data
        try:
            project = self.projects.get(requested.project_id)
        except ProjectUnknownError:
            return "not shown: no such project yet"  # its start or its end will need it
        key = delivery_key(requested.invocation_id)
        acted = self.exclusively(key, REQUESTED, lambda: self._show(event, project))
        return "shown" if acted else "shown before, or on its way already"

    def _show(self, event: Event[InvocationRequestedV1], project: Project) -> Outcome:
        if project.dashboard_data_source_id is None:
            return Outcome()
        values = queued_row(event.data, event.metadata.time, self.now())
        # A dashboard that refuses us is reported once, with the result.
        with suppress(NotThereError, ValueRefusedError):
            row_id = self.board.put_row(
                project.dashboard_data_source_id, event.data.invocation_id, values
            )
            return Outcome({"dashboard_page_id": row_id})
        return Outcome()
