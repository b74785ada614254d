"""What people are told beside results: refused triggers, and money running out."""

from collections.abc import Iterable
from dataclasses import dataclass

from switchboard.completion.domain.model import Message
from switchboard.completion.domain.one_at_a_time import ENDED, OneAtATime
from switchboard.completion.domain.ports import (
    Board,
    NotThereError,
    Outcome,
    Projects,
    ProjectUnknownError,
)
from switchboard.completion.domain.wording import budget_comment, rejection_comment
from switchboard.events.content import TriggerRejectedV1
from switchboard.events.envelope import Event
from switchboard.events.project import BudgetThresholdReachedV1


def notice_key(event_id: str) -> str:
    """The key of a notice; one per event."""
    return f"NOTICE#{event_id}"


@dataclass(frozen=True)
class TellRejection:
    """Comment on the page why its trigger started nothing."""

    board: Board
    projects: Projects
    exclusively: OneAtATime

    def __call__(self, event: Event[TriggerRejectedV1]) -> str:
        """Idempotent: by the event's id, in our table and in the comment's mark."""
        key = notice_key(event.metadata.id)
        acted = self.exclusively(key, ENDED, lambda: self._tell(event))
        return "told" if acted else "told before"

    def _tell(self, event: Event[TriggerRejectedV1]) -> Outcome:
        rejected = event.data
        try:
            page = self.board.page(rejected.notion_page_id)
            people = rejected.requested_by or page.assignees or self._owners(event)
            mark = f"Ref {event.metadata.id}/rejected"
            comment_id = self.board.comment_once(
                rejected.notion_page_id, mark, rejection_comment(rejected, people)
            )
        except NotThereError as gone:
            # Nobody is left to be told, and nothing else hangs on it.
            return Outcome({"error_message": str(gone)})
        return Outcome({"comment_id": comment_id})

    def _owners(self, event: Event[TriggerRejectedV1]) -> Iterable[str]:
        if event.metadata.project_id is None:
            return ()
        try:
            return self.projects.get(event.metadata.project_id).owner_user_ids
        except ProjectUnknownError:
            return ()


@dataclass(frozen=True)
class WarnOwners:
    """Tell a project's owners that its month's budget runs out (BUD-05)."""

    board: Board
    projects: Projects
    exclusively: OneAtATime

    def __call__(self, event: Event[BudgetThresholdReachedV1]) -> str:
        """Idempotent: by the event's id, and by the mark of project, month and threshold.

        Raises:
            ProjectUnknownError: its configuration, which names the owners, may be on its way.
            NotThereError: neither story nor dashboard row can be commented on.
        """
        key = notice_key(event.metadata.id)
        acted = self.exclusively(key, ENDED, lambda: self._warn(event.data))
        return "told" if acted else "told before"

    def _warn(self, reached: BudgetThresholdReachedV1) -> Outcome:
        project = self.projects.get(reached.project_id)
        message = budget_comment(reached, project.owner_user_ids)
        mark = (
            f"Ref {reached.project_id}/{reached.month}/{reached.threshold_percent}%"
            f"/{reached.limit_usd}"
        )
        try:
            return self._comment(reached.notion_page_id, mark, message)
        except NotThereError:
            # The story is gone; the dashboard row of the same invocation has the same readers.
            dashboard = project.dashboard_data_source_id
            row = dashboard and self.board.find_row(dashboard, reached.invocation_id)
            if not row:
                raise
            return self._comment(row, mark, message)

    def _comment(self, page_id: str, mark: str, message: Message) -> Outcome:
        return Outcome({"comment_id": self.board.comment_once(page_id, mark, message)})
