"""The row of an invocation on the execution dashboard (DAT-04, CMP-04)."""

from datetime import datetime
from decimal import Decimal

from switchboard.completion.domain.artifacts import Artifacts
from switchboard.completion.domain.model import Message, StoryLink, Text, Value, Values
from switchboard.completion.domain.wording import links, outcome
from switchboard.events.invocation import (
    InvocationEnded,
    InvocationRequestedV1,
    InvocationStartedV1,
)


def queued_row(requested: InvocationRequestedV1, at: datetime, now: datetime) -> Values:
    """What the row says from the request until an agent has taken it."""
    snapshot = requested.page_snapshot
    return {
        "Name": f"{requested.agent_type}: {snapshot.title}",
        "Invocation": requested.invocation_id,
        "Agent": requested.agent_type,
        "Status": "queued",
        "Story": StoryLink(requested.notion_page_id, snapshot.url or ""),
        "Requested": at,
        "Updated": now,
        **_parent(requested.parent_invocation_id),
    }


def running_row(started: InvocationStartedV1, story_url: str, now: datetime) -> Values:
    """What the row says while an agent works."""
    return {
        "Name": f"{started.agent_type}: {started.title}",
        "Invocation": started.invocation_id,
        "Agent": started.agent_type,
        "Status": "running",
        "Story": StoryLink(started.notion_page_id, story_url),
        "Started": started.started_at,
        "Updated": now,
        **_parent(started.parent_invocation_id),
    }


def ended_row(
    ended: InvocationEnded, artifacts: Artifacts, story_url: str, now: datetime
) -> Values:
    """What the row says for good."""
    values: dict[str, Value] = {
        "Name": f"{ended.agent_type}: {ended.title}",
        "Invocation": ended.invocation_id,
        "Agent": ended.agent_type,
        "Status": ended.status,
        "Summary": outcome(ended),
        "Cost USD": ended.cost_usd,
        "Turns": ended.turns,
        "Duration s": Decimal(str(round(ended.duration_seconds, 1))),
        "Artifacts": _trimmed(links(artifacts)),
        "Story": StoryLink(ended.notion_page_id, story_url),
        "Updated": now,
        **_parent(ended.parent_invocation_id),
    }
    times = {"Started": ended.started_at, "Ended": ended.completed_at}
    values.update({name: moment for name, moment in times.items() if moment is not None})
    return values


def _parent(invocation_id: str | None) -> dict[str, Value]:
    """The step before this one in a chain, by the name in its own row's `Invocation`."""
    return {"Parent": invocation_id} if invocation_id else {}


def _trimmed(lines: Message) -> Message:
    if not lines or not isinstance(lines[0], Text):
        return lines
    return (Text(lines[0].content.lstrip("\n"), lines[0].link), *lines[1:])
