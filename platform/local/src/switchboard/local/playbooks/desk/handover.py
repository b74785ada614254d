"""The hand-off: what a colleague must know to go on without asking again."""

from collections.abc import Mapping

from switchboard.local.playbooks.desk.conversation import Conversation
from switchboard.local.playbooks.desk.wording import sentence

MOST = 1_000
_REASONS = {
    "asked_for_person": "The caller asked for a person.",
    "not_resolved": "The desk could not finish it.",
    "no_match": "The desk did not understand the caller twice.",
    "silence": "Nothing was heard three times.",
}


def escalation(call: Conversation, reason: str) -> Mapping[str, str]:
    """The inputs of Escalate; the flow reads them as attributes of the call."""
    problem = call.put_off
    told = [*call.told, *(problem.parts if problem and not call.told else [])]
    parts = [sentence(said) for said in dict.fromkeys(told)]
    if problem is not None and problem.expected:
        parts.append(f"Expected: {sentence(problem.expected)}")
    summary = [*(parts and ["The caller says:", *parts]), *call.tried, _REASONS[reason]]
    found = {
        "escalationReason": reason,
        "escalationSummary": " ".join(summary)[-MOST:] if parts else _bare(call, reason),
        "customerIntent": call.wanted or "speak to a person",
        "sentiment": "negative" if call.is_upset else "neutral",
        "ticketNumber": call.ticket_id,
    }
    return {name: value for name, value in found.items() if value}


def _bare(call: Conversation, reason: str) -> str:
    return " ".join([*call.tried, _REASONS[reason], "Nothing was said yet about what is wrong."])
