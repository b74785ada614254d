"""What a flow has done, aspect by aspect, in words that two runs have in common."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from switchboard.local.replay.normal import MEASURED, normalised
from switchboard.local.replay.progress import REJECTED, Event

TERMINAL = {"InvocationCompleted.v1", "InvocationFailed.v1", "InvocationCancelled.v1"}
ASPECTS = ("events", "outcomes", "artifacts", "content", "tickets", "comments", "cost")
"""In the order in which they are told."""


@dataclass(frozen=True)
class Effects:
    """Lines by aspect; an aspect that could not be read has a reason instead."""

    lines: Mapping[str, Counter[str]]
    unread: Mapping[str, str] = field(default_factory=dict)
    cost: Decimal = Decimal(0)
    """All of it, with what is measured."""


@dataclass(frozen=True)
class Looked:
    """What the events only point to: files, pages and comments, read at the stand-ins."""

    content: Counter[str] | str
    """Lines, or why they could not be read."""
    comments: Counter[str] | str


def effects(events: Iterable[Event], looked: Looked) -> Effects:
    """The effects of a flow."""
    told = list(events)
    lines = {name: Counter(list(_each(told, tell))) for name, tell in _TOLD.items()}
    unread = {}
    for name, found in (("content", looked.content), ("comments", looked.comments)):
        if isinstance(found, str):
            unread[name] = found
        else:
            lines[name] = lines.get(name, Counter()) + found
    cost = sum((Decimal(data["cost_usd"]) for data in ended(told)), Decimal(0))
    return Effects(lines, unread, cost)


def ended(events: Iterable[Event]) -> list[dict[str, Any]]:
    """The data of the terminal events."""
    return [event["detail"]["data"] for event in events if event["detail-type"] in TERMINAL]


Tell = Callable[[str, dict[str, Any]], list[str]]


def _each(events: list[Event], tell: Tell) -> Iterable[str]:
    for event in events:
        yield from tell(event["detail-type"], event["detail"]["data"])


def _event(kind: str, _data: dict[str, Any]) -> list[str]:
    return [kind]


def _outcome(kind: str, data: dict[str, Any]) -> list[str]:
    if kind == REJECTED:
        return [f"refused {data['trigger_value']}: {data['code']}"]
    if kind not in TERMINAL:
        return []
    error = data.get("error") or {}
    return [f"{data['agent_type']} {data['status']}{': ' + error['code'] if error else ''}"]


def _artifact(kind: str, data: dict[str, Any]) -> list[str]:
    if kind not in TERMINAL:
        return []
    return [f"{item['type']}: {normalised(item['title'])}" for item in data["output_artifacts"]]


def _ticket(kind: str, data: dict[str, Any]) -> list[str]:
    if kind == "TicketCreated.v1":
        return [f"{data['ticket_id']} opened: {data['category']}, priority {data['priority']}"]
    if kind == "StoryCreated.v1":
        return [f"{data['ticket_id']} became the story {normalised(data['title'])}"]
    if kind == "TicketStatusChanged.v1":
        hold = f" ({data['hold_reason']})" if data.get("hold_reason") else ""
        return [f"{data['ticket_id']} {data['previous_state']} -> {data['state']}{hold}"]
    return []


def _comment(kind: str, data: dict[str, Any]) -> list[str]:
    if kind != "TicketCommented.v1":
        return []
    return [
        f"{data['ticket_id']}, {data['author']}: {' '.join(normalised(data['comment']).split())}"
    ]


def _cost(kind: str, data: dict[str, Any]) -> list[str]:
    if kind not in TERMINAL:
        return []
    receipt = data.get("receipt") or {"lines": []}
    return [
        f"{data['agent_type']}: {line['item']} {line['quantity']} {line['unit']}"
        for line in receipt["lines"]
        if line["item"] not in MEASURED
    ]


_TOLD: dict[str, Tell] = {
    "events": _event,
    "outcomes": _outcome,
    "artifacts": _artifact,
    "tickets": _ticket,
    "comments": _comment,
    "cost": _cost,
}
