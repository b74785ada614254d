"""What the desk says about tickets: short sentences for a voice, and the line the agent reads."""

from collections.abc import Sequence

from switchboard.voice.domain.model import ANONYMOUS, Ticket
from switchboard.voice.domain.plain_text import plain
from switchboard.voice.domain.ticket_number import spoken_number

HELLO = "Hello, this is the I T service desk."
NOT_FOUND = "I cannot find that ticket."
NOT_A_NUMBER = "That is not a valid ticket number. It has seven digits, without the letters."
NUMBER_WITHHELD = "Your number is withheld, so I cannot look up tickets for you."
LOOK_UP_FAILED = "I cannot look that up at the moment."
WILL_CALL_BACK = "I have noted it. A colleague will call you back."
NOTED_ONLY = "I have noted it for a colleague. Your number is withheld, so please call again."
NO_TICKETS = "none"
MOST_TICKETS_TOLD = 5
MOST_LINE_CHARACTERS = 4_000
"""A value of a session has at most 4,096 characters (Connect API reference, UpdateSessionData)."""
_SPOKEN = 200
_SHORT = 120

DEFAULT_SPOKEN = {
    "new": "It is waiting for somebody to take it.",
    "in_progress": "Somebody is working on it.",
    "on_hold": "It is waiting.",
    "resolved": "It is resolved.",
    "closed": "It is closed.",
    "cancelled": "It was cancelled.",
}


def spoken_status(ticket: Ticket) -> str:
    """Where it stands, in one sentence; in two when somebody has commented since."""
    state = ticket.state
    if state is None:
        sentence = DEFAULT_SPOKEN["new"]
    else:
        words = plain(state.spoken, _SPOKEN)
        sentence = words or DEFAULT_SPOKEN.get(state.state, "It is being handled.")
    return f"{sentence} There is a new comment on it." if ticket.has_news else sentence


def status_sentence(ticket: Ticket) -> str:
    """The answer to a number from the keypad; never what the ticket says about anything."""
    return f"Ticket {spoken_number(ticket.ticket_id)}. {spoken_status(ticket)}"


def greeting(open_tickets: Sequence[Ticket]) -> str:
    """The first words; who has an open ticket hears at once where the latest stands."""
    if not open_tickets:
        return f"{HELLO} How can I help you?"
    newest = open_tickets[0]
    which = "Your ticket" if len(open_tickets) == 1 else "Your latest ticket"
    return (
        f"{HELLO} {which}, {spoken_number(newest.ticket_id)}: {spoken_status(newest)} "
        "How can I help you?"
    )


def ticket_lines(open_tickets: Sequence[Ticket]) -> str:
    """The caller's open tickets for the agent's prompt; the quoted words are data."""
    if not open_tickets:
        return NO_TICKETS
    told = [_line(ticket) for ticket in open_tickets[:MOST_TICKETS_TOLD]]
    rest = len(open_tickets) - len(told)
    if rest:
        told.append(f"and {rest} older")
    return plain("; ".join(told), MOST_LINE_CHARACTERS)


def _line(ticket: Ticket) -> str:
    about = plain(ticket.short_description, _SHORT).replace('"', "'")
    state = ticket.state.state if ticket.state else "new"
    subject = f' "{about}"' if about else ""
    return f"{ticket.ticket_id}{subject} is {state}: {spoken_status(ticket)}"


def escalated(caller_id: str) -> str:
    """What may be promised once the hand-off is recorded."""
    return NOTED_ONLY if caller_id == ANONYMOUS else WILL_CALL_BACK
