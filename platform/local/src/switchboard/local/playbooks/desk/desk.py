"""The l1_support agent's playbook: one call from the first word to the last."""

from switchboard.local.model.engine import Call, Context, Talk, dialogue
from switchboard.local.playbooks.desk.asking import (
    Part,
    Question,
    ask,
    attend,
    misunderstood,
)
from switchboard.local.playbooks.desk.commenting import comment
from switchboard.local.playbooks.desk.conversation import Conversation
from switchboard.local.playbooks.desk.looking_up import look_up
from switchboard.local.playbooks.desk.opening import opening_of
from switchboard.local.playbooks.desk.problem import Problem
from switchboard.local.playbooks.desk.reporting import report
from switchboard.local.playbooks.desk.speech import message, say, text
from switchboard.local.playbooks.desk.topics import matters
from switchboard.local.playbooks.desk.understanding import KINDS, SHORT, Meaning, understand

_ENOUGH = frozenset({"no", "goodbye", "thanks"})


@dialogue("l1_support")
def desk(ctx: Context) -> Talk:
    """Listen, handle one matter after the other, and end when the caller has no more."""
    call = Conversation(opening_of(ctx.system))
    meaning = yield from attend(call, Question("", text("what")), ctx.prompt)
    while True:
        turned = yield from _handle(call, meaning)
        meaning = turned if turned is not None else (yield from _next(call))


def _handle(call: Conversation, meaning: Meaning) -> Part[Meaning | None]:
    """One matter; returns what the caller turned to, or None when there is nothing open."""
    first, *others = matters(meaning)
    call.waiting.extend(others)
    if first.intent in KINDS:
        call.misses = 0
        return (yield from report(call, _problem(first, several=bool(others))))
    if first.intent == "status":
        call.news_told = True
        return (yield from look_up(call, first))
    if first.intent == "comment":
        return (yield from comment(call, first))
    return (yield from _small(call, first))


def _problem(meaning: Meaning, *, several: bool) -> Problem:
    problem = Problem.of(meaning)
    if several:
        problem.lead = "summary_first"
    return problem


def _small(call: Conversation, meaning: Meaning) -> Part[Meaning | None]:
    """What is no matter by itself: a greeting, a goodbye, a yes, something unclear."""
    if meaning.intent in {"goodbye", "no"}:
        return (yield from _complete(call))
    turn = _courtesy(call, meaning)
    if turn is not None:
        return (yield from ask(call, *turn))
    if meaning.has("opening", "failing", "help", "generic") or meaning.intent == "correction":
        return (yield from report(call, Problem.of(meaning)))
    return (yield from misunderstood(call))


def _courtesy(call: Conversation, meaning: Meaning) -> tuple[str, str] | None:
    """What is said to a caller who only wants to go on talking, and what is asked."""
    if meaning.intent == "greeting":
        return _greeting(call), text("what")
    if meaning.intent in {"yes", "correction"} and len(meaning.heard.words) <= SHORT:
        return _news(call, "news"), text("what_else" if call.tried else "what")
    turns = {"gone": ("back", "what"), "thanks": ("welcome", "else")}
    found = turns.get(meaning.intent)
    return (text(found[0]), text(found[1])) if found else None


def _greeting(call: Conversation) -> str:
    news = _news(call, "news")
    return news or ("" if call.opening.greeting else text("hello"))


def _news(call: Conversation, key: str) -> str:
    """News about a ticket of a caller who rings again; told once."""
    ticket = call.opening.news
    if ticket is None or call.news_told:
        return ""
    call.news_told = True
    call.ticket_id = call.ticket_id or ticket.ticket_id
    return say(key, about=ticket.about, status=ticket.status)


def _next(call: Conversation) -> Part[Meaning]:
    """The next matter: one that waits, one that was put off, or what the caller says."""
    if call.waiting:
        meaning = call.waiting.pop(0)
        if meaning.intent not in KINDS:
            return meaning
        problem = Problem.of(meaning)
        problem.lead = "summary_next"
        turned = yield from report(call, problem)
        return turned if turned is not None else (yield from _next(call))
    if call.put_off is not None:
        call.put_off.lead = "summary_back"
        turned = yield from report(call, call.put_off)
        return turned if turned is not None else (yield from _next(call))
    answer = yield from ask(call, call.close() or _news(call, "by_the_way"), text("else"))
    if answer.intent in _ENOUGH:
        return (yield from _complete(call))
    return answer


def _complete(call: Conversation) -> Part[Meaning]:
    """End the call; a caller who still talks is listened to."""
    reason = "; ".join(call.tried) or "nothing was needed"
    yield Call("Complete", {"reason": reason}, message(text("farewell")))
    return (yield from ask(call, text("back"), text("what_else")))


understand("hello")  # The tables are read at import: no caller waits for them.
