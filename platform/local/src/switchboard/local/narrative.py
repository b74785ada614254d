"""What an event means, in one plain sentence: for `demo`, `story`, `explain` and people."""

from collections.abc import Callable, Mapping
from typing import Any

Data = Mapping[str, Any]
LONGEST = 160
"""Characters of somebody's words that are repeated in a sentence."""
STATES = {
    "in_progress": "is being worked on",
    "on_hold": "is on hold",
    "resolved": "is resolved",
    "closed": "is closed",
    "cancelled": "was cancelled",
    "new": "is new",
}


def sentence(detail_type: str, data: Data) -> str:
    """What happened; an event nobody has words for yet is named by its type."""
    tell = _SENTENCES.get(detail_type)
    return tell(data) if tell else f"{detail_type} was published"


def knows(detail_type: str) -> bool:
    """Whether there are words for events of this type."""
    return detail_type in _SENTENCES


def _short(text: object) -> str:
    line = " ".join(str(text or "").split())
    return line if len(line) <= LONGEST else line[: LONGEST - 3] + "..."


def _call_ended(data: Data) -> str:
    tickets = data.get("ticket_ids") or []
    about = f", about {', '.join(tickets)}" if tickets else ""
    return f"the call ended after {data['seconds']:.0f} s: {data['outcome']}{about}"


def _call_escalated(data: Data) -> str:
    why = str(data["reason"]).replace("_", " ")
    return f"the desk handed the call to people ({why}): {_short(data['summary'])}"


def _ticket_created(data: Data) -> str:
    kind = str(data["category"]).replace("_", " ")
    way = "in a call" if data.get("contact_id") else f"by {data['contact_type']}"
    return (
        f"ticket {data['ticket_id']} was opened {way}: {_short(data['short_description'])} "
        f"({kind}, priority {data['priority']})"
    )


def _ticket_commented(data: Data) -> str:
    return f"{data['author']} commented on {data['ticket_id']}: {_short(data['comment'])}"


def _ticket_changed(data: Data) -> str:
    state = STATES.get(str(data["state"]), str(data["state"]))
    return f"ticket {data['ticket_id']} {state}; a caller hears: {_short(data['spoken'])}"


def _story_created(data: Data) -> str:
    status = data.get("status")
    rule = (
        f", with Status {status!r} by the project's rule" if status else ", for a person to start"
    )
    return f"ticket {data['ticket_id']} became the story {data['title']!r}{rule}: {data['url']}"


def _ended(data: Data) -> str:
    error = data.get("error")
    why = f" ({error['code']}: {_short(error['message'])})" if error else ""
    made = ", ".join(
        f"{item['type'].replace('_', ' ')} {item['url']}" for item in data["output_artifacts"]
    )
    return (
        f"orchestrator settled the cost, ${data['cost_usd']}: {data['status']}{why}"
        f"{'; ' + made if made else ''}"
    )


def _requested(data: Data) -> str:
    origin = data.get("origin", "webhook")
    return (
        f"the {data['agent_type']} agent's work was asked for ({origin}, {data['trigger_value']})"
    )


_SENTENCES: dict[str, Callable[[Data], str]] = {
    "ContentChanged.v1": lambda _: "ingress learned that the page changed",
    "TriggerRejected.v1": lambda data: f"ingress refused the request: {_short(data['message'])}",
    "ProjectConfigured.v1": lambda data: f"project {data['project_id']} was configured",
    "InvocationRequested.v1": _requested,
    "InvocationStarted.v1": lambda data: (
        f"orchestrator reserved the money and started the {data['agent_type']} agent"
    ),
    "AgentRunCompleted.v1": lambda data: f"the agent reported: {_short(data['summary'])}",
    "AgentRunFailed.v1": lambda data: (
        f"the agent reported a failure: {_short(data['error']['message'])}"
    ),
    "InvocationCompleted.v1": _ended,
    "InvocationFailed.v1": _ended,
    "InvocationCancelled.v1": _ended,
    "InvocationDelivered.v1": lambda _: "completion wrote the result to Notion",
    "DeliveryFailed.v1": lambda data: (
        f"completion could not write the result: {_short(data['error']['message'])}"
    ),
    "BudgetThresholdReached.v1": lambda data: (
        f"{data['threshold_percent']} % of the budget of {data['project_id']} is used"
    ),
    "TicketCreated.v1": _ticket_created,
    "TicketCommented.v1": _ticket_commented,
    "TicketStatusChanged.v1": _ticket_changed,
    "StoryCreated.v1": _story_created,
    "CallEscalated.v1": _call_escalated,
    "CallEnded.v1": _call_ended,
}
