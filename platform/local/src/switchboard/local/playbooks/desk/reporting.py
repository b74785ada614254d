"""A problem becomes a ticket: details, summary, consent, number."""

from switchboard.local.playbooks.desk.asking import (
    GONE,
    Part,
    agreed,
    ask,
    ask_yes,
    hand_over,
    misunderstood,
    offer_colleague,
)
from switchboard.local.playbooks.desk.conversation import Conversation
from switchboard.local.playbooks.desk.problem import Problem
from switchboard.local.playbooks.desk.requests import request
from switchboard.local.playbooks.desk.speech import say, slowly, spelled, text
from switchboard.local.playbooks.desk.tickets import Answer, Kind
from switchboard.local.playbooks.desk.topics import meaning_of
from switchboard.local.playbooks.desk.understanding import KINDS, Meaning
from switchboard.local.playbooks.desk.wording import title_of

MOST_SUMMARIES = 4
MOST_READINGS = 2
ADDITION = 3
"""So many words besides "yes" add something."""
_ELSEWHERE = frozenset({"status", "comment", "goodbye", "gone"})
_DETAILS = {
    "access": "details_access",
    "inquiry": "details_inquiry",
    "software_defect": "details_defect",
    "hardware": "details_hardware",
    "software": "details_hardware",
    "network": "details_hardware",
}


def report(call: Conversation, problem: Problem) -> Part[Meaning | None]:
    """Handle a matter; returns what the caller turned to instead, or None when it is handled."""
    call.put_off = problem
    turned = yield from _complete(call, problem)
    call.wanted = title_of(problem.parts)
    for part in problem.parts:
        call.tell(part)
    if turned is None:
        turned = yield from _consent(call, problem)
    if turned is not None:
        return turned
    return (yield from _open(call, problem))


def _complete(call: Conversation, problem: Problem) -> Part[Meaning | None]:
    """Ask for what is missing; returns what the caller turned to instead, if anything."""
    turned = yield from _ask_details(call, problem)
    if turned is not None or not problem.wants_expectation:
        return turned
    answer = yield from ask(call, "", text("expected"), free=True)
    if answer.intent in _ELSEWHERE:
        return answer
    if answer.intent not in {"yes", "no"} or len(answer.heard.words) > ADDITION:
        problem.expected = answer.heard.text
    return None


def _ask_details(call: Conversation, problem: Problem) -> Part[Meaning | None]:
    """One question; two when there was nothing to begin with: "help", "my printer", "it jams"."""
    for _ in range(2 if problem.is_empty else 1):
        if not problem.is_vague:
            return None
        statement = text("sorry_for_it") if call.is_upset else ""
        answer = yield from ask(call, statement, _details(problem), free=True)
        if answer.intent == "unclear" and not answer.heard.words[1:]:
            answer = yield from misunderstood(call)
        if answer.intent in _ELSEWHERE:
            return answer
        if answer.intent not in {"no", "yes", "thanks", "greeting"}:
            problem.add(answer.heard.text)
    return None


def _details(problem: Problem) -> str:
    if problem.is_empty or (problem.kind == "inquiry" and not problem.is_wish):
        return text("details")
    if problem.kind == "hardware" and problem.thing:
        return say("details_thing", thing=problem.thing)
    return text(_DETAILS.get(problem.kind, "details"))


def _consent(call: Conversation, problem: Problem) -> Part[Meaning | None]:
    """Read the matter back until the caller agrees; None then."""
    statement, question = call.close(), text("open_other")
    for _ in range(MOST_SUMMARIES):
        if not statement:
            statement = _read_back(call, problem)
            question = text("open_urgent" if problem.is_urgent else "open")
        answer = yield from ask_yes(call, statement, question)
        if _asks_how_long(answer):
            statement = text("cannot_say")
            continue
        if answer.intent in _ELSEWHERE:
            return answer
        if agreed(answer):
            _add_extra(problem, answer)
            return None
        if answer.intent == "no" and len(answer.heard.words) <= ADDITION + 1:
            call.put_off = None
            return (yield from ask(call, text("not_opened"), text("what_else")))
        _take_up(problem, answer)
        statement = ""
    return (yield from offer_colleague(call, text("unclear_again"), "no_match"))


def _asks_how_long(answer: Meaning) -> bool:
    """A question about the ticket that is not open yet."""
    return answer.intent == "status" and not answer.has("ticket", "number", "lately", "yet")


def _read_back(call: Conversation, problem: Problem) -> str:
    lead = "summary_outage" if problem.kind == "outage" else problem.lead
    if lead == "summary" and call.is_upset and not call.is_comforted:
        lead, call.is_comforted = "summary_upset", True
    return say(lead, summary=problem.summary)


def _add_extra(problem: Problem, answer: Meaning) -> None:
    """A yes may come with more: "yes, and it is urgent"."""
    if len(answer.heard.words) > ADDITION + 1 and answer.has("urgent", "everyone", "team", "waits"):
        problem.extra.append(answer.heard.text)


def _take_up(problem: Problem, answer: Meaning) -> None:
    """The caller said something else than yes or no: a correction, or more about it."""
    if answer.intent == "correction" or answer.has("first_no", "untrue"):
        problem.correct(answer)
    elif answer.intent in KINDS or answer.intent == "unclear":
        problem.add(answer.heard.text)
    problem.lead = "summary"


def _open(call: Conversation, problem: Problem) -> Part[Meaning | None]:
    answer = yield from request(call, "create_ticket", problem.arguments(), "opening")
    if answer.kind is Kind.DECLINED:
        return (yield from _declined(call, problem, answer))
    call.put_off = None
    if answer.kind is not Kind.DONE or not answer.ticket_id:
        call.put_off = problem
        offered = yield from offer_colleague(
            call, call.refusal or text("no_answer_create"), "not_resolved"
        )
        call.put_off = None
        return offered
    call.ticket_id = answer.ticket_id
    call.tried.append("A ticket was opened for it.")
    return (yield from read_number(call, answer.ticket_id))


def _declined(call: Conversation, problem: Problem, answer: Answer) -> Part[Meaning | None]:
    """The orchestrator asked for consent itself, and these words were not a yes."""
    meaning = meaning_of(answer.words)
    if meaning.intent == "person":
        yield from hand_over(call, "asked_for_person")
        return GONE
    if meaning.intent in {"no", "silence", "repeat", "unclear"}:
        call.put_off = None
        return (yield from ask(call, text("not_opened"), text("what_else")))
    call.put_off = problem
    return meaning


def read_number(call: Conversation, ticket_id: str) -> Part[Meaning | None]:
    """Read the number out until the caller has it; returns what the caller turned to, if any."""
    answer = yield from ask(call, say("opened", number=spelled(ticket_id)), text("got_it"))
    for _ in range(MOST_READINGS):
        if answer.intent not in {"no", "unclear"} or answer.has("goodbye"):
            break
        again = say("once_more", number=slowly(ticket_id))
        answer = yield from ask(call, again, text("got_it_now"))
    else:
        if answer.intent in {"no", "unclear"}:
            return (yield from ask(call, text("never_mind"), text("else")))
    return None if agreed(answer) and answer.intent in {"yes", "thanks"} else answer
