"""The result of an invocation reaches people, and the next step is asked for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from switchboard.completion.domain.artifacts import Artifacts, parse_artifacts
from switchboard.completion.domain.chain import (
    ChainBrokenError,
    NextStep,
    next_steps,
    stopped_branch,
)
from switchboard.completion.domain.derived_ids import derived_ulid
from switchboard.completion.domain.give_up import GiveUp, delivery_failed, delivery_key, failure
from switchboard.completion.domain.model import Page, Project
from switchboard.completion.domain.one_at_a_time import ENDED, OneAtATime
from switchboard.completion.domain.ports import (
    Board,
    Deliveries,
    NotThereError,
    Outcome,
    Projects,
)
from switchboard.completion.domain.request_next import RequestNext
from switchboard.completion.domain.show_result import Row, ShowResult, asked_since
from switchboard.completion.domain.wording import how_to_go_on, result_comment
from switchboard.events.envelope import Event, new_event
from switchboard.events.invocation import (
    InvocationDeliveredV1,
    InvocationEnded,
    InvocationRequestedV1,
)
from switchboard.events.values import Artifact


def card_key(page_id: str) -> str:
    """The key of what a story's page shows; its stages are when its runs were accepted (ms)."""
    return f"CARD#{page_id}"


@dataclass(frozen=True)
class DeliverResult:
    """Dashboard row, story, comment, next step, and one fact that says so.

    Each step is found again by a key (row: invocation id, comment: mark, next step: derived id),
    so a delivery that died anywhere is simply made again from the start.
    """

    board: Board
    projects: Projects
    deliveries: Deliveries
    exclusively: OneAtATime
    show: ShowResult
    request_next: RequestNext
    give_up: GiveUp
    now: Callable[[], datetime]

    def __call__(self, event: Event[InvocationEnded]) -> str:
        """Deliver once; what can never succeed is given up at once, the rest raises.

        Raises:
            ProjectUnknownError: its configuration may be on its way.
            BoardError, ChainError: try again later.
        """
        project = self.projects.get(event.data.project_id)
        key = delivery_key(event.data.invocation_id)
        try:
            acted = self.exclusively(key, ENDED, lambda: self._deliver(event, project))
        except (NotThereError, ChainBrokenError) as error:
            return self.give_up(event, error)
        return "delivered" if acted else "delivered before"

    def _deliver(self, event: Event[InvocationEnded], project: Project) -> Outcome:
        ended = event.data
        artifacts = parse_artifacts(ended.output_artifacts)
        page, gone = self._page(ended.notion_page_id)
        row = self.show.row(ended, artifacts, page, project)
        if page is None:
            raise NotThereError(gone)
        inherited = self._inherited(ended)
        steps, broken = self._steps(project, ended, inherited)
        notes = self._on_card(event, artifacts, page, project)
        if ended.status != "completed":
            notes += how_to_go_on(stopped_branch(project, ended, inherited), project)
        people = ended.requested_by or page.assignees or project.owner_user_ids
        comment_id = self.board.comment_once(
            page.page_id,
            f"Ref {ended.invocation_id}/result",
            result_comment(ended, artifacts, steps, notes, people),
        )
        if broken is not None:
            raise broken
        requests = self.request_next(event, project, steps)
        handed = {step.invocation_id: step.artifacts for step in steps}
        return replace(self._outcome(event, row, comment_id, requests), handed=handed)

    def _on_card(
        self,
        event: Event[InvocationEnded],
        artifacts: Artifacts,
        page: Page,
        project: Project,
    ) -> list[str]:
        """The card shows the page's newest run, in whatever order results come."""
        ended = event.data

        def show() -> list[str]:
            return self.show.story(ended, artifacts, page, project)

        if asked_since(ended, page, project):
            return show()  # it writes no status, and what was asked for since must not wait for us
        key, created_at = card_key(page.page_id), int(ended.created_at.timestamp() * 1_000)
        return self.exclusively.in_order(key, created_at, event.metadata.id, show) or []

    def _page(self, page_id: str) -> tuple[Page | None, str]:
        try:
            return self.board.page(page_id), ""
        except NotThereError as error:
            # The dashboard still learns how the run ended; then the delivery is given up.
            return None, str(error)

    def _inherited(self, ended: InvocationEnded) -> tuple[Artifact, ...]:
        if ended.parent_invocation_id is None:
            return ()
        return self.deliveries.handed(ended.invocation_id)

    @staticmethod
    def _steps(
        project: Project, ended: InvocationEnded, inherited: Sequence[Artifact]
    ) -> tuple[Sequence[NextStep], ChainBrokenError | None]:
        made = parse_artifacts(ended.output_artifacts).sound
        try:
            return next_steps(project, ended, made, inherited), None
        except ChainBrokenError as error:
            # People get this step's result first.
            return (), error

    def _outcome(
        self,
        event: Event[InvocationEnded],
        row: Row,
        comment_id: str,
        requests: Sequence[Event[InvocationRequestedV1]],
    ) -> Outcome:
        following = requests[0].data.invocation_id if requests else None
        facts = {
            "dashboard_page_id": row.page_id,
            "comment_id": comment_id,
            "next_invocation_id": following,
            "delivered_at": self.now().isoformat(),
        }
        if row.problem is not None:
            problem = failure(row.problem)
            failed = delivery_failed(event, problem, self.now)
            return Outcome({**facts, "error_code": problem.code}, [*requests, failed])
        delivered = new_event(
            InvocationDeliveredV1(
                invocation_id=event.data.invocation_id,
                notion_page_id=event.data.notion_page_id,
                status=event.data.status,
                dashboard_page_id=row.page_id,
                comment_id=comment_id,
                next_invocation_id=following,
            ),
            service="completion",
            correlation_id=event.metadata.correlation_id,
            causation_id=event.metadata.id,
            project_id=event.data.project_id,
            traceparent=event.metadata.traceparent,
            event_id=derived_ulid(event.metadata.id, "delivered"),
            clock=self.now,
        )
        return Outcome(facts, [*requests, delivered])
