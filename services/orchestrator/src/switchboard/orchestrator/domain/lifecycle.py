"""The life of an invocation as pure steps: queued -> running -> one end, or queued -> an end."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from switchboard.events.envelope import Event, EventData, new_event
from switchboard.events.invocation import (
    InvocationCancelledV1,
    InvocationCompletedV1,
    InvocationEnded,
    InvocationFailedV1,
    InvocationRequestedV1,
    InvocationStartedV1,
)
from switchboard.events.project import ProjectConfiguredV1
from switchboard.events.values import Artifact, Receipt, TokenUsage
from switchboard.orchestrator.domain.identity import session_id_for
from switchboard.orchestrator.domain.model import SERVICE, ZERO, Invocation, Outcome, Status
from switchboard.orchestrator.domain.story import input_context

MAX_STARTS = 3
LEASES = (timedelta(seconds=30), timedelta(seconds=60), timedelta(seconds=30))
"""How long after the n-th start nobody else tries: the waits of F16, and a lock meanwhile."""
FITTING_BYTES = 150_000
"""An ended record is cut to this size, so that it fits into one event and one item."""

_TERMINAL: dict[str, type[InvocationEnded]] = {
    Status.COMPLETED: InvocationCompletedV1,
    Status.FAILED: InvocationFailedV1,
    Status.CANCELLED: InvocationCancelledV1,
}


def requested(event: Event[InvocationRequestedV1], now: datetime) -> Invocation:
    """The queued record a request leads to; not stored yet."""
    data = event.data
    return Invocation(
        invocation_id=data.invocation_id,
        notion_page_id=data.notion_page_id,
        workspace_id=data.workspace_id,
        agent_type=data.agent_type,
        status=Status.QUEUED,
        input_context=input_context(data.page_snapshot),
        parent_invocation_id=data.parent_invocation_id,
        cost_usd=ZERO,
        token_usage=TokenUsage(),
        session_id=session_id_for(data.invocation_id),
        created_at=now,
        project_id=data.project_id,
        trigger_value=data.trigger_value,
        title=data.page_snapshot.title,
        origin=data.origin,
        requested_by=data.requested_by,
        parent_artifacts=data.parent_artifacts,
        correlation_id=event.metadata.correlation_id,
        causation_id=event.metadata.id,
        traceparent=event.metadata.traceparent,
        due_at=now,
    )


def reserved(record: Invocation, project: ProjectConfiguredV1, month: str) -> Invocation:
    """The record with its money held and the settings it will run with."""
    return record.model_copy(
        update={
            "config": project.model_dump(mode="json"),
            "month": month,
            "reserved_usd": project.cost_limit_per_invocation,
        }
    )


def attempted(record: Invocation, now: datetime, run_limit: timedelta) -> Invocation:
    """One more start is counted before it is tried, so that a crash cannot hide it (K-10)."""
    return record.model_copy(
        update={
            "attempts": record.attempts + 1,
            "due_at": now + LEASES[record.attempts],
            "deadline_at": now + run_limit,
        }
    )


def running(record: Invocation, now: datetime) -> Invocation:
    """The agent has taken the work; it must have ended at its deadline, or at its cancel's end."""
    due = record.due_at if record.cancel_requested_at else record.deadline_at
    return record.model_copy(
        update={"status": Status.RUNNING, "started_at": now, "due_at": due},
    )


def ended(record: Invocation, outcome: Outcome, receipt: Receipt) -> Invocation:
    """The record with its one end, cut to a size that can be stored and published."""
    usage = outcome.usage
    return fitting(
        record.model_copy(
            update={
                "status": outcome.status,
                "completed_at": outcome.at,
                "output_summary": outcome.summary,
                "output_artifacts": list(outcome.artifacts),
                "token_usage": outcome.token_usage,
                "cost_usd": receipt.total_usd,
                "receipt": receipt,
                "error": outcome.error,
                "error_detail": (
                    f"{outcome.error.code}: {outcome.error.message}" if outcome.error else None
                ),
                "turns": usage.turns if usage else 0,
                "duration_seconds": _duration(record, outcome),
                "due_at": None,
            }
        )
    )


def _duration(record: Invocation, outcome: Outcome) -> float:
    if outcome.usage and outcome.usage.wall_seconds > 0:
        return outcome.usage.wall_seconds
    if record.started_at is None:
        return 0.0
    return max(0.0, (outcome.at - record.started_at).total_seconds())


def fitting(record: Invocation) -> Invocation:
    """Shorten, in the order of what is missed least, until the record fits."""
    for shorten in (_short_body, _short_texts, _no_properties, _few_artifacts):
        if len(record.model_dump_json().encode()) <= FITTING_BYTES:
            return record
        record = shorten(record)
    return record


def _short_body(record: Invocation) -> Invocation:
    context = dict(record.input_context)
    context["content_markdown"] = str(context.get("content_markdown", ""))[:10_000]
    context["content_truncated"] = True
    return record.model_copy(update={"input_context": context})


def _short_texts(record: Invocation) -> Invocation:
    standards = str(record.config.get("coding_standards", ""))[:5_000]
    return record.model_copy(
        update={
            "output_summary": record.output_summary[:5_000],
            "error_detail": (record.error_detail or "")[:2_000] or None,
            "config": {**record.config, "coding_standards": standards},
        }
    )


def _no_properties(record: Invocation) -> Invocation:
    kept = {key: record.input_context.get(key) for key in ("title", "url", "content_ref")}
    return record.model_copy(update={"input_context": {**kept, "content_truncated": True}})


def _few_artifacts(record: Invocation) -> Invocation:
    few: list[Artifact] = []
    room = FITTING_BYTES // 3
    for artifact in record.output_artifacts:
        room -= len(artifact.model_dump_json().encode())
        if room < 0:
            break
        few.append(artifact)
    limit = {"cost_limit_per_month": record.config.get("cost_limit_per_month", "0")}
    return record.model_copy(
        update={"output_artifacts": few, "parent_artifacts": [], "config": limit}
    )


def announce(
    record: Invocation,
    data: EventData,
    clock: Callable[[], datetime],
    cause: str | None = None,
) -> Event[Any]:
    """An event of this invocation's flow; `cause` is the id of the event that led to it."""
    return new_event(
        data,
        service=SERVICE,
        correlation_id=record.correlation_id,
        causation_id=cause or record.causation_id,
        project_id=record.project_id,
        traceparent=record.traceparent,
        clock=clock,
    )


def started(record: Invocation) -> InvocationStartedV1:
    """What is told when the agent has taken the work."""
    return InvocationStartedV1.model_validate(record.model_dump())


def terminal(record: Invocation) -> InvocationEnded:
    """The one terminal event's data: the record as it ended (F2)."""
    return _TERMINAL[record.status].model_validate(record.model_dump())
