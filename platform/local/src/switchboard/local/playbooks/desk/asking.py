"""Asking and being answered, with everything that may come in between at any moment.

Silence, "say that again", "a person please", a joke, an injected instruction: all are dealt with
here, so that the parts that handle matters only see answers. Each part is a generator and returns;
`GONE` is the answer of a caller who was passed on.
"""

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any, TypeVar

from switchboard.local.model.engine import Call, Say, Step
from switchboard.local.playbooks.desk.conversation import Conversation
from switchboard.local.playbooks.desk.handover import escalation
from switchboard.local.playbooks.desk.hearing import Heard
from switchboard.local.playbooks.desk.speech import MOST_WORDS, message, say, shortened, text
from switchboard.local.playbooks.desk.topics import meaning_of
from switchboard.local.playbooks.desk.understanding import Meaning

T = TypeVar("T")
Part = Generator[Step | Say, Any, T]
MOST_SILENCES = 2
MOST_MISSES = 2
_ALWAYS = frozenset({"silence", "forbidden", "wait"})
_ASIDE = frozenset({"out_of_scope", "abilities", "challenge"})
GONE = Meaning(Heard("", ()), "gone", {}, frozenset())


@dataclass(frozen=True)
class Question:
    """A turn of the desk: something said, and what is asked."""

    statement: str
    ask: str
    is_free: bool = False
    """Whether anything can be the answer, also words that would be out of place elsewhere."""

    @property
    def words(self) -> str:
        """The turn, short enough for a telephone."""
        room = MOST_WORDS - len(self.ask.split())
        told = self.statement
        if len(told.split()) > room:
            told = f"{shortened(told, room)}."
        return f"{told} {self.ask}".strip()


def ask(
    call: Conversation, statement: str, question: str, *, number: bool = False, free: bool = False
) -> Part[Meaning]:
    """Say something and ask; returns an answer, or `GONE`."""
    asked = Question(statement, question, is_free=free)
    said = yield Say(message(asked.words))
    return (yield from attend(call, asked, said, number=number))


def attend(
    call: Conversation, asked: Question, said: str, *, number: bool = False
) -> Part[Meaning]:
    """What the caller answered, after everything that came in between."""
    while True:
        meaning = meaning_of(said, asked_number=number)
        call.note(meaning)
        if meaning.intent == "person":
            if meaning.has("ticket", "thing", "failing"):
                call.tell(meaning.heard.text)
            yield from hand_over(call, "asked_for_person")
            return GONE
        if meaning.intent == "silence":
            call.silences += 1
            if call.silences > MOST_SILENCES:
                yield from hand_over(call, "silence")
                return GONE
        reply = _between(meaning, asked)
        if reply is None:
            call.silences = 0
            return meaning
        said = yield Say(message(reply.words))


def _between(meaning: Meaning, asked: Question) -> Question | None:
    """The reply to what is no answer; None for an answer."""
    if meaning.intent == "repeat":
        return asked
    if meaning.intent in (_ALWAYS if asked.is_free else _ALWAYS | _ASIDE):
        return Question(text(meaning.intent), asked.ask, is_free=asked.is_free)
    return None


def ask_yes(call: Conversation, statement: str, question: str) -> Part[Meaning]:
    """Ask for a yes or a no; an answer that is neither and says nothing is asked again once."""
    meaning = yield from ask(call, statement, question)
    if meaning.intent in {"unclear", "greeting"} and not meaning.has("failing", "opening", "help"):
        meaning = yield from ask(call, text("yes_or_no"), question)
    return meaning


def agreed(meaning: Meaning) -> bool:
    """A clear yes."""
    return meaning.intent in {"yes", "thanks"} or (
        meaning.has("first_yes") and meaning.intent not in {"no", "correction", "goodbye"}
    )


def hand_over(call: Conversation, reason: str) -> Part[None]:
    """Pass the caller on to a colleague; nothing is promised."""
    words = text("at_once" if reason == "asked_for_person" else "passing_on")
    yield Call("Escalate", escalation(call, reason), message(words))


def offer_colleague(call: Conversation, statement: str, reason: str) -> Part[Meaning]:
    """The desk cannot go on by itself: a colleague, if the caller wants one."""
    answer = yield from ask_yes(call, statement, text("colleague"))
    if agreed(answer):
        yield from hand_over(call, reason)
        return GONE
    if answer.intent == "no":
        return (yield from ask(call, text("all_right"), text("what_else")))
    return answer


def misunderstood(call: Conversation, statement: str = "unclear") -> Part[Meaning]:
    """Ask again what is wrong, the second time offer a colleague."""
    call.misses += 1
    if call.misses >= MOST_MISSES:
        return (yield from offer_colleague(call, text("unclear_again"), "no_match"))
    return (yield from ask(call, say(statement), text("details")))
