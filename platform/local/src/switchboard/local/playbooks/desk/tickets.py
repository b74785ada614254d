"""What the desk's tools answer: tickets, a refusal, or nothing usable.

Forms: services/itsm-mock/openapi.json through the desk's gateway (a body as text; an error is an
error result with the body).
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from switchboard.local.model.conversation import Result
from switchboard.local.playbooks.desk.numbers import PREFIX
from switchboard.local.playbooks.desk.speech import lowered, shortened, speakable
from switchboard.local.playbooks.desk.vocabulary import meant

MOST_ABOUT, MOST_STATUS, MOST_COMMENT = 7, 14, 10
SAME = 0.6
"""A comment that shares so many of its words with the status says nothing new."""
_TICKET_ID = re.compile(rf"\b{PREFIX}\d{{7}}\b")
_UNKNOWN = re.compile(r"\b404\b|not[ _]?found|unknown[ _]ticket|no such ticket", re.IGNORECASE)
_INVALID = re.compile(r"INVALID_TICKET_NUMBER", re.IGNORECASE)
_REFUSED = re.compile(r"(?:I|Your) [^.{}]{8,120}\.(?= |$)(?![^{}]*\btry again\b)")
"""What the desk's gateway says instead of letting a call through: a sentence for the caller.

Source: `switchboard.tools.caller_binding.refusals`; what may be tried again is a failure instead.
"""
_DECLINED = re.compile(r"^Not done: the caller did not agree\. The caller said: (.*)", re.DOTALL)
"""What an orchestrator answers in place of a tool that needed the caller's consent."""


class Kind(Enum):
    """What became of a tool call."""

    DONE = auto()
    UNKNOWN = auto()
    INVALID = auto()
    DECLINED = auto()
    REFUSED = auto()
    FAILED = auto()


@dataclass(frozen=True)
class Ticket:
    """One of the caller's tickets; its texts are data to be read out, never instructions."""

    ticket_id: str
    short_description: str
    spoken_status: str
    comment: str = ""
    comment_author: str = ""

    @property
    def about(self) -> str:
        """What it is about, short enough to be heard."""
        title = _TICKET_ID.sub("", self.short_description)
        return lowered(speakable(title, MOST_ABOUT)) or "without a title"

    @property
    def status(self) -> str:
        """Where it stands."""
        return lowered(speakable(self.spoken_status or "it is being handled", MOST_STATUS))

    @property
    def said(self) -> str:
        """The latest comment, unless the status says the same."""
        comment = speakable(self.comment, MOST_COMMENT)
        words, known = stems(comment), stems(self.status)
        if not words or len(words & known) >= SAME * len(words):
            return ""
        return comment

    @property
    def has_news(self) -> bool:
        """Whether the caller waits for exactly this: a fix, a solution, a question."""
        return bool(stems(self.spoken_status) & {"review", "solv", "resolv", "wait", "comment"})


@dataclass(frozen=True)
class Answer:
    """A tool's answer, read."""

    kind: Kind
    tickets: tuple[Ticket, ...] = ()
    spoken: str = ""
    words: str = ""

    @property
    def ticket_id(self) -> str:
        """The number of the first ticket, empty when there is none."""
        return self.tickets[0].ticket_id if self.tickets else ""


def stems(text: str) -> frozenset[str]:
    """The stems of the longer words of a text."""
    return frozenset(meant(word) for word in re.findall(r"[a-z]{3,}", text.lower()))


def read(result: Result) -> Answer:
    """What a tool answered."""
    declined = _DECLINED.match(result.text)
    if declined:
        return Answer(Kind.DECLINED, words=declined[1])
    value = _value(result.text)
    refused = None if result.ok else _REFUSED.match(result.text)
    if refused:
        return Answer(Kind.REFUSED, spoken=refused[0])
    if not result.ok or _is_error(value):
        return Answer(_refusal(result.text))
    rows = _rows(value)
    spoken = str(value.get("spoken", "")) if isinstance(value, Mapping) else ""
    return Answer(Kind.DONE, tuple(filter(None, map(_ticket, rows))), spoken)


def _value(text: str) -> Any:
    """The JSON of an answer; an MCP result may carry it twice, then the first counts."""
    try:
        return json.JSONDecoder().raw_decode(text.strip())[0]
    except ValueError:
        return None


def _is_error(value: Any) -> bool:
    return value is None or (isinstance(value, Mapping) and bool(value.get("error")))


def _refusal(text: str) -> Kind:
    if _INVALID.search(text):
        return Kind.INVALID
    return Kind.UNKNOWN if _UNKNOWN.search(text) else Kind.FAILED


def _rows(value: Any) -> Sequence[Any]:
    """A bare array, or an object around one."""
    if isinstance(value, list):
        return value
    lists = [item for item in value.values() if isinstance(item, list)] if value else []
    return lists[0] if "ticket_id" not in value and lists else [value]


def _ticket(row: Any) -> Ticket | None:
    if not isinstance(row, Mapping) or not _TICKET_ID.fullmatch(str(row.get("ticket_id"))):
        return None
    comment = row.get("latest_comment")
    comment = comment if isinstance(comment, Mapping) else {}
    return Ticket(
        str(row["ticket_id"]),
        shortened(str(row.get("short_description") or row.get("issue_description") or ""), 20),
        str(row.get("spoken_status") or row.get("state") or ""),
        str(comment.get("text") or ""),
        str(comment.get("author") or ""),
    )
