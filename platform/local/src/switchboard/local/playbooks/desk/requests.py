"""Calling the ticket system: one apology, one more try, then a colleague is offered."""

from collections.abc import Mapping
from typing import Any

from switchboard.local.model.engine import Call
from switchboard.local.playbooks.desk.asking import Part
from switchboard.local.playbooks.desk.conversation import Conversation
from switchboard.local.playbooks.desk.speech import message, text
from switchboard.local.playbooks.desk.tickets import Answer, Kind, read

_WANTED = {
    "create_ticket": "Opening a ticket",
    "get_ticket_status": "Looking the ticket up",
    "add_ticket_comment": "Adding a comment",
    "list_recent_tickets": "Listing the caller's tickets",
}


def request(
    call: Conversation, tool: str, arguments: Mapping[str, Any], filler: str
) -> Part[Answer]:
    """The tool's answer; FAILED after the second failure. A refusal is not tried again."""
    answer = read((yield Call(tool, arguments, message(text(filler)))))
    if answer.kind is Kind.FAILED:
        answer = read((yield Call(tool, arguments, message(text("try_again")))))
    if answer.kind is Kind.FAILED:
        call.tried.append(f"{_WANTED[tool]} failed twice.")
    if answer.kind is Kind.REFUSED:
        call.refusal = answer.spoken
        call.tried.append(f"{_WANTED[tool]} was refused: {answer.spoken}")
    return answer
