"""Where a ticket stands: by its number, or the newest that fits."""

import re

from switchboard.local.playbooks.desk.asking import Part, ask, ask_yes, offer_colleague
from switchboard.local.playbooks.desk.conversation import Conversation
from switchboard.local.playbooks.desk.numbers import PREFIX, SpokenNumber, heard_number
from switchboard.local.playbooks.desk.problem import THIS_CALLER
from switchboard.local.playbooks.desk.requests import request
from switchboard.local.playbooks.desk.speech import say, text
from switchboard.local.playbooks.desk.tickets import Answer, Kind, Ticket, stems
from switchboard.local.playbooks.desk.understanding import Meaning
from switchboard.local.playbooks.desk.vocabulary import small

MOST_TRIES = 3
MOST_LISTED = 3
_SAME = re.compile(r"\b(?:that|this|same|new) (?:ticket|one|incident)\b", re.IGNORECASE)
MOST_REFUSAL = 6
"""A longer no says more than no."""


def look_up(call: Conversation, meaning: Meaning) -> Part[Meaning | None]:
    """Tell where a ticket stands; returns what the caller turned to, or None."""
    call.wanted = call.wanted or "status of a ticket"
    number = heard_number(meaning.heard.text)
    if number is None and call.ticket_id and _SAME.search(meaning.heard.text):
        number = SpokenNumber(call.ticket_id.removeprefix(PREFIX))
    if number is None:
        return (yield from _by_list(call, meaning))
    found = yield from find(call, number)
    if isinstance(found, Meaning):
        return found
    if found is None:
        return (yield from _by_list(call, meaning))
    call.closing = told(found, "ticket")
    return None


def find(call: Conversation, number: SpokenNumber) -> Part[Ticket | Meaning | None]:
    """The ticket of a number; None when the caller wants to see the latest instead."""
    found = yield from fitting(call, number)
    for _ in range(MOST_TRIES):
        if not isinstance(found, str):
            return found
        arguments = {"ticket_id": found, "caller": THIS_CALLER}
        answer = yield from request(call, "get_ticket_status", arguments, "looking")
        if answer.kind is Kind.DONE and answer.tickets:
            call.ticket_id = answer.ticket_id
            return answer.tickets[0]
        if answer.kind in {Kind.FAILED, Kind.REFUSED, Kind.DONE}:
            return (yield from unreachable(call))
        said = yield from ask(call, text("not_found"), text("latest"), number=True)
        again = heard_number(said.heard.text, asked=True)
        if again is None:
            return (yield from _instead(call, said))
        found = yield from fitting(call, again)
    return None


def fitting(call: Conversation, number: SpokenNumber) -> Part[str | Meaning | None]:
    """The ticket number that was said, asked again while its check digit does not fit.

    Said twice the same it is taken as it is: there are older numbers without a check digit.
    """
    before = ""
    for _ in range(MOST_TRIES):
        if number.fits or number.digits == before:
            return number.ticket_id
        question = text("digit_by_digit")
        said = yield from ask(call, text("wrong_number"), question, number=True)
        again = heard_number(said.heard.text, asked=True)
        if again is None:
            return (yield from _instead(call, said))
        before, number = number.digits, again
    said = yield from ask_yes(call, text("wrong_number"), text("latest"))
    return (yield from _instead(call, said))


def _instead(call: Conversation, said: Meaning) -> Part[Meaning | None]:
    """None when the caller leaves it to the desk to look, else what the caller wants."""
    if said.intent == "no":
        return (yield from ask(call, text("all_right"), text("what_else")))
    return None if said.intent in {"yes", "unclear", "status", "thanks"} else said


def unreachable(call: Conversation) -> Part[Meaning]:
    """The ticket system does not answer, or must not: a colleague, if the caller wants one."""
    return (yield from offer_colleague(call, call.refusal or text("no_answer"), "not_resolved"))


def recent(call: Conversation) -> Part[Answer]:
    """The caller's latest tickets."""
    arguments = {"caller": THIS_CALLER, "limit": MOST_LISTED}
    return (yield from request(call, "list_recent_tickets", arguments, "listing"))


def _by_list(call: Conversation, meaning: Meaning) -> Part[Meaning | None]:
    answer = yield from recent(call)
    if answer.kind is not Kind.DONE:
        return (yield from unreachable(call))
    if not answer.tickets:
        return (yield from ask(call, text("no_tickets"), text("what_else")))
    return (yield from _choose(call, meaning, answer))


def _choose(call: Conversation, meaning: Meaning, answer: Answer) -> Part[Meaning | None]:
    """The one that is meant: said so, or the newest until the caller says that is the one."""
    tickets = [*answer.tickets]
    fitting = best_fit(meaning, tickets)
    if fitting is not None:
        tickets.remove(fitting)
        tickets.insert(0, fitting)
    call.ticket_id = tickets[0].ticket_id
    if len(tickets) == 1 or fitting is not None or meaning.has("lately"):
        call.closing = told(tickets[0], "ticket")
        return None
    for index, ticket in enumerate(tickets):
        call.ticket_id = ticket.ticket_id
        lead = "older" if index else "newest"
        said = yield from ask_yes(call, told(ticket, lead), text("that_one"))
        if said.intent != "no" or len(said.heard.words) > MOST_REFUSAL:
            looks = {"yes", "unclear", "status", "thanks"}
            return None if said.intent in looks else said
    return (yield from ask(call, text("no_more_tickets"), text("what_else")))


def best_fit(meaning: Meaning, tickets: list[Ticket]) -> Ticket | None:
    """The ticket whose title shares words with what the caller said."""
    said = stems(" ".join(word for word in meaning.heard.words if word not in small("any_ticket")))
    weights = [len(said & _distinct(ticket, tickets)) for ticket in tickets]
    return tickets[weights.index(max(weights))] if any(weights) else None


def _distinct(ticket: Ticket, tickets: list[Ticket]) -> frozenset[str]:
    """Words of a title that no other ticket has."""
    others = [stems(other.short_description) for other in tickets if other is not ticket]
    return stems(ticket.short_description).difference(*others)


def told(ticket: Ticket, lead: str) -> str:
    """What is said about a ticket: its status, and what was written last."""
    if not ticket.said:
        return f"{say(lead, about=ticket.about, status=ticket.status)}."
    key = "you_added" if ticket.comment_author == "caller" else "comment_says"
    status = ticket.status.split(";")[0]
    return f"{say(lead, about=ticket.about, status=status)}{say(key, comment=ticket.said)}."
