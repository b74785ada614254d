"""Starting an agent for a request: record, money, attempt, timer, start, in that order.

Each step is keyed by the invocation and the record says how far it got, so a duplicate or a
redelivery after a crash does not skip the request: it drives what is still missing.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from switchboard.events.envelope import Event
from switchboard.events.invocation import InvocationRequestedV1
from switchboard.events.values import Artifact, ContentRef
from switchboard.orchestrator.domain.cancel_invocation import AskAgentToCancel
from switchboard.orchestrator.domain.end_invocation import ROUNDS, EndInvocation, failed
from switchboard.orchestrator.domain.identity import run_timer
from switchboard.orchestrator.domain.lifecycle import MAX_STARTS, attempted, requested, reserved
from switchboard.orchestrator.domain.model import (
    AgentType,
    Charge,
    Invocation,
    Outcome,
    ProjectNotConfiguredError,
    StaleRecordError,
    StartFailedError,
    StartPendingError,
    StartUnavailableError,
    Status,
)
from switchboard.orchestrator.domain.money import never_fits, reservation
from switchboard.orchestrator.domain.payload import acting_user, agent_payload
from switchboard.orchestrator.domain.ports import (
    AgentRun,
    AgentRuntimes,
    Change,
    DeadlineNotSetError,
    Deadlines,
    Invocations,
    LedgerRefusedError,
    Projects,
    Stories,
)
from switchboard.orchestrator.domain.refuse_invocation import RefuseInvocation

AGENT_ERROR = "AGENT_ERROR"
UNKNOWN_PROJECT = "UNKNOWN_PROJECT"
MAX_WAITS = 4
"""Deliveries after which a project without configuration is unknown (waits of 30, 60, 120 s)."""
MAX_EARLIER = 20
"""Artifacts of the page's earlier invocations that an agent is told of."""
_SKEW = timedelta(seconds=1)


@dataclass(frozen=True)
class LaunchAgent:
    """Set the run's timer and hand the story to the agent's runtime."""

    invocations: Invocations
    stories: Stories
    runtimes: AgentRuntimes
    deadlines: Deadlines
    clock: Callable[[], datetime]

    def __call__(self, record: Invocation) -> None:
        """Repeatable: timer and session are keyed by the invocation.

        Raises:
            StartFailedError: it will never start.
            StartUnavailableError: it may start later.
        """
        payload = agent_payload(record, self._body(record), self._earlier(record))
        if record.deadline_at is not None:
            # Without a timer the sweep ends the run a little later: no reason not to start it.
            with suppress(DeadlineNotSetError):
                name = run_timer(record.invocation_id, record.attempts)
                self.deadlines.set(name, record.deadline_at, record.flow)
        run = AgentRun(record.agent_type, record.session_id, acting_user(record), payload)
        self.runtimes.start(run)

    def _body(self, record: Invocation) -> str:
        ref = record.input_context.get("content_ref")
        if ref is None:
            return str(record.input_context.get("content_markdown", ""))
        return self.stories.body(ContentRef.model_validate(ref))

    def _earlier(self, record: Invocation) -> list[Artifact]:
        """The newest that still exist: an expired prototype would only lead into the void."""
        found = self.invocations.earlier_artifacts(
            record.project_id, record.notion_page_id, MAX_EARLIER
        )
        now = self.clock()
        alive = [item for item in found if item.expires_at is None or item.expires_at > now]
        return alive[:MAX_EARLIER]


@dataclass(frozen=True)
class StartInvocation:
    """Drive a queued invocation to `running`, or to the end that its circumstances give it."""

    invocations: Invocations
    projects: Projects
    launch: LaunchAgent
    refuse: RefuseInvocation
    end: EndInvocation
    ask_to_cancel: AskAgentToCancel
    clock: Callable[[], datetime]
    run_limit: timedelta

    def __call__(self, event: Event[InvocationRequestedV1]) -> None:
        """Accept a request, or drive on the one that an earlier delivery accepted.

        Raises:
            RetryLaterError: deliver the message again.
        """
        known = self.invocations.get(event.data.invocation_id)
        self.drive(known or requested(event, self.clock()))

    def drive(self, record: Invocation) -> None:
        """Do the next step of a queued record; any other needs nothing.

        Raises:
            RetryLaterError: the step is for later.
        """
        now = self.clock()
        if record.status != Status.QUEUED:
            return
        if record.attempts and record.due_at and now < record.due_at - _SKEW:
            raise StartPendingError(
                f"a start of {record.invocation_id} is under way or waits until {record.due_at}"
            )
        if record.cancel_requested_at is not None:
            self._abandon(record, Outcome(Status.CANCELLED, Charge.NOTHING, now))
        elif record.attempts >= MAX_STARTS:
            self._give_up(record, "its last start was not acknowledged")
        else:
            self._try(record, now)

    def _try(self, record: Invocation, now: datetime) -> None:
        if record.agent_type not in set(AgentType):
            self._fail(
                record,
                f"There is no agent of type {record.agent_type!r}",
                f"Use one of: {', '.join(AgentType)}; correct trigger_map in project settings",
            )
        elif record.reserved_usd is None:
            self._reserve(record, now)
        else:
            counted = attempted(record, now, self.run_limit)
            self._launch(self.invocations.commit(Change(counted)))

    def _reserve(self, record: Invocation, now: datetime) -> None:
        project = self.projects.get(record.project_id)
        if project is None:
            self._wait_for_project(record)
            return
        month = now.strftime("%Y-%m")
        impossible = never_fits(project)
        if impossible is not None:
            self.refuse(record, project, month, impossible)
            return
        counted = attempted(reserved(record, project, month), now, self.run_limit)
        move = reservation(record, project, month)
        try:
            stored = self.invocations.commit(Change(counted, ledger=move))
        except LedgerRefusedError:
            self.refuse(record, project, month)
            return
        self._launch(stored)

    def _wait_for_project(self, record: Invocation) -> None:
        """The configuration may be on its way: wait some deliveries, then say what is missing."""
        waits = record.waits + 1
        if waits >= MAX_WAITS:
            outcome = failed(
                UNKNOWN_PROJECT,
                f"No configuration of project {record.project_id!r} is known",
                "Add the project to the Projects data source in Notion, then set the status again",
                Charge.NOTHING,
                self.clock(),
            )
            self.end(record, outcome)
            return
        self.invocations.commit(Change(record.model_copy(update={"waits": waits})))
        raise ProjectNotConfiguredError(f"project {record.project_id} is not configured yet")

    def _launch(self, record: Invocation) -> None:
        try:
            self.launch(record)
        except StartFailedError as error:
            self._fail(record, str(error), error.remediation)
        except StartUnavailableError as error:
            if record.attempts >= MAX_STARTS:
                self._give_up(record, str(error))
                return
            raise
        else:
            self._note_running(record)

    def _note_running(self, record: Invocation) -> None:
        for _ in range(ROUNDS):
            try:
                record = self.end.mark_running(record)
                break
            except StaleRecordError:
                record = self.invocations.get(record.invocation_id) or record
        if record.ended and record.status != Status.COMPLETED:
            # It was ended while its agent was starting: no compute may outlive its record.
            self.launch.runtimes.stop(record.agent_type, record.session_id)
        elif record.cancel_requested_at is not None:
            self.ask_to_cancel(record)

    def _give_up(self, record: Invocation, reason: str) -> None:
        outcome = failed(
            AGENT_ERROR,
            f"The {record.agent_type} agent could not be started in {MAX_STARTS} tries: {reason}",
            "Set the status again later; when it keeps failing, look at the runtime's alarms",
            Charge.NOTHING,
            self.clock(),
        )
        self._abandon(record, outcome)

    def _abandon(self, record: Invocation, outcome: Outcome) -> None:
        """End a record whose start may have happened unseen: stop it, and charge it if it did."""
        existed = False
        if record.attempts:
            record, existed = self._stopped(record)
        charge = Charge.WHOLE_RESERVATION if existed else Charge.NOTHING
        self.end(record, replace(outcome, charge=charge))

    def _stopped(self, record: Invocation) -> tuple[Invocation, bool]:
        """Stop the session, and say whether there may have been one.

        It is noted first: when a process dies after the stop, the next one finds no session, and
        must not take that for a run that never was.
        """
        begun_before = record.stop_begun_at is not None
        if not begun_before:
            noted = record.model_copy(update={"stop_begun_at": self.clock()})
            record = self.invocations.commit(Change(noted))
        try:
            existed = self.launch.runtimes.stop(record.agent_type, record.session_id)
        except StartUnavailableError:
            # A person waits for the answer, and nobody can say that nothing ran.
            existed = True
        return record, existed or begun_before

    def _fail(self, record: Invocation, message: str, remediation: str) -> None:
        outcome = failed(AGENT_ERROR, message, remediation, Charge.NOTHING, self.clock())
        if record.attempts > 1:
            self._abandon(record, outcome)  # an earlier start may have happened unseen
        else:
            self.end(record, outcome)
