"""Adding what the caller says to one of the caller's tickets."""

import re

from switchboard.local.playbooks.desk.asking import Part, agreed, ask, ask_yes
from switchboard.local.playbooks.desk.conversation import Conversation
from switchboard.local.playbooks.desk.looking_up import best_fit, fitting, recent, unreachable
from switchboard.local.playbooks.desk.numbers import heard_number
from switchboard.local.playbooks.desk.problem import MOST_DESCRIBED, THIS_CALLER
from switchboard.local.playbooks.desk.requests import request
from switchboard.local.playbooks.desk.speech import say, speakable, text
from switchboard.local.playbooks.desk.tickets import Kind
from switchboard.local.playbooks.desk.understanding import Meaning
from switchboard.local.playbooks.desk.vocabulary import table
from switchboard.local.playbooks.desk.wording import core, retold, sentence

LEAST_WORDS = 2
MOST_TOLD = 14
_SAID = re.compile(
    r"\b(?:that says|which says|saying|to say|and say|that)\b[\s:,]+(.+)$",
    re.IGNORECASE | re.DOTALL,
)
_DIGIT = rf"(?:{'|'.join(table('grammar')['numbers']['units'])}|oh|\d+)"
_AFTER_NUMBER = re.compile(rf"\b{_DIGIT}[\s,.:;]+(?!{_DIGIT}\b)(.+)$", re.IGNORECASE | re.DOTALL)
_COLON = re.compile(r":\s*(.+)$", re.S)


def comment(call: Conversation, meaning: Meaning) -> Part[Meaning | None]:
    """Add a comment; returns what the caller turned to, or None."""
    call.wanted = call.wanted or "add a comment"
    said = meaning.heard.text
    number = heard_number(said)
    words = comment_in(said, with_number=number is not None)
    if not words and meaning.has("closing"):
        words = core(said)
    exact = number is not None and number.fits and bool(words)
    found = (yield from fitting(call, number)) if number else (yield from _spoken_of(call, meaning))
    if found is None:
        found = yield from _recent(call, meaning)
    if isinstance(found, Meaning):
        return found
    if not words:
        answer = yield from ask(call, "", text("what_to_add"), free=True)
        if answer.intent in {"no", "goodbye", "gone", "status"}:
            return answer if answer.intent != "no" else (yield from _nothing(call))
        words = comment_in(answer.heard.text) or answer.heard.text
    if not exact:
        confirmed = yield from _confirm(call, words)
        if confirmed is not None:
            return confirmed
    return (yield from _add(call, found, words))


def comment_in(said: str, *, with_number: bool = False) -> str:
    """What shall be written, as far as the request itself says it."""
    patterns = [_SAID, _COLON, *([_AFTER_NUMBER] if with_number else [])]
    for pattern in patterns:
        found = pattern.search(said)
        if found and len(found[1].split()) >= LEAST_WORDS:
            return found[1].strip()
    return ""


def _spoken_of(call: Conversation, meaning: Meaning) -> Part[str | Meaning | None]:
    """The ticket this call is about already, else the latest one that fits."""
    if call.ticket_id:
        return call.ticket_id
    return (yield from _recent(call, meaning))


def _recent(call: Conversation, meaning: Meaning) -> Part[str | Meaning]:
    answer = yield from recent(call)
    if answer.kind is not Kind.DONE:
        return (yield from unreachable(call))
    if not answer.tickets:
        return (yield from ask(call, text("no_tickets"), text("what_else")))
    tickets = [*answer.tickets]
    return (best_fit(meaning, tickets) or tickets[0]).ticket_id


def _confirm(call: Conversation, words: str) -> Part[Meaning | None]:
    told = speakable(retold(words), MOST_TOLD)
    answer = yield from ask_yes(call, say("will_add", comment=told), text("is_right"))
    if agreed(answer):
        return None
    return answer if answer.intent != "no" else (yield from _nothing(call))


def _nothing(call: Conversation) -> Part[Meaning]:
    return (yield from ask(call, text("not_added"), text("what_else")))


def _add(call: Conversation, ticket_id: str, words: str) -> Part[Meaning | None]:
    told = sentence(words, whole=True)[:MOST_DESCRIBED]
    arguments = {"ticket_id": ticket_id, "caller": THIS_CALLER, "comment": told}
    answer = yield from request(call, "add_ticket_comment", arguments, "adding")
    if answer.kind in {Kind.FAILED, Kind.REFUSED}:
        call.tell(words)
        return (yield from unreachable(call))
    if answer.kind is not Kind.DONE:
        return (yield from ask(call, text("not_found"), text("what_else")))
    call.ticket_id = ticket_id
    call.tried.append("A comment was added to the ticket.")
    call.closing = text("added")
    return None
