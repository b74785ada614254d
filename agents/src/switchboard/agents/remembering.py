"""What an agent keeps between turns and between sessions, for agents that opt in (K-27).

Short term: the turns of a session, so that a session that broke and began again knows what it has
done. Long term: facts of a project, found again in later sessions. Memory helps and never decides:
what it holds is data, and a memory that cannot be reached does not fail a run.
"""

import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeVar

from strands.hooks import MessageAddedEvent

from switchboard.agents.payload import RunRequest

log = logging.getLogger("switchboard.agents")

MOST_FACTS = 8
MOST_LESSONS = 20
MOST_TURNS = 20
"""Of a session that began again; the newest ones."""
MOST_TURN_TEXT = 2_000
MOST_FACT_TEXT = 500
MOST_QUESTION = 1_000
_Found = TypeVar("_Found")


@dataclass(frozen=True)
class Turn:
    """What was said in a session: by whom, and the text (of a tool: its answer)."""

    role: Literal["USER", "ASSISTANT", "TOOL"]
    text: str


@dataclass(frozen=True)
class Remembered:
    """What memory holds when a run begins."""

    facts: tuple[str, ...] = ()
    turns: tuple[Turn, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.facts or self.turns)


NOTHING = Remembered()


class Memory(Protocol):
    """Turns of sessions and facts of projects; nothing of one project is found by another."""

    def keep(self, project_id: str, session_id: str, number: int, turn: Turn) -> None:
        """Keep a turn; `number` orders the turns of a session."""
        ...

    def turns(self, project_id: str, session_id: str) -> list[Turn]:
        """The turns of a session, in order."""
        ...

    def learn(self, project_id: str, session_id: str, lessons: Sequence[str]) -> None:
        """Make facts of the project out of what a session has settled."""
        ...

    def facts(self, project_id: str, question: str, most: int) -> list[str]:
        """The project's facts that fit the question best, the best first."""
        ...


class Remembering:
    """One run's use of a memory; of none when its agent has not opted in."""

    def __init__(self, memory: Memory | None, request: RunRequest, session_id: str) -> None:
        """Remember for the project and the session of a run."""
        self._memory = memory
        self._request = request
        self._session = session_id
        self._number = 0

    def begin(self) -> Remembered:
        """What is known now: facts that fit the story, and turns when the session began before."""
        project = self._request.project_id
        turns: list[Turn] = self._tried(lambda memory: memory.turns(project, self._session), [])
        self._number = len(turns)
        question = self._question()
        facts: list[str] = self._tried(
            lambda memory: memory.facts(project, question, MOST_FACTS), []
        )
        return Remembered(
            tuple(fact[:MOST_FACT_TEXT] for fact in facts[:MOST_FACTS]), tuple(turns[-MOST_TURNS:])
        )

    def note(self, event: MessageAddedEvent) -> None:
        """Keep a message of the agent's loop as turns."""
        for turn in turns_of(event.message):
            self._keep(self._number, turn)
            self._number += 1

    def learn(self, lessons: Sequence[str]) -> None:
        """Hand on what the run has settled."""
        told = [lesson.strip()[:MOST_FACT_TEXT] for lesson in lessons if lesson.strip()]
        if told:
            project, session = self._request.project_id, self._session
            self._tried(lambda memory: memory.learn(project, session, told[:MOST_LESSONS]), None)

    def _keep(self, number: int, turn: Turn) -> None:
        project, session = self._request.project_id, self._session
        self._tried(lambda memory: memory.keep(project, session, number, turn), None)

    def _question(self) -> str:
        story = self._request.story
        return "\n".join([story.title, *story.acceptance_criteria])[:MOST_QUESTION]

    def _tried(self, use: Callable[[Memory], _Found], otherwise: _Found) -> _Found:
        """One refusal ends the use of memory in this run: it would be refused each time."""
        if self._memory is None:
            return otherwise
        try:
            return use(self._memory)
        except Exception:
            log.exception("memory cannot be used; the run goes on", extra=self._request.flow)
            self._memory = None
            return otherwise


def turns_of(message: Any) -> list[Turn]:
    """A message as turns, without what only machines need."""
    blocks = message["content"]
    results = [block["toolResult"] for block in blocks if "toolResult" in block]
    if results:
        return [Turn("TOOL", _short(_result_text(result))) for result in results]
    said = [_said(block) for block in blocks]
    text = "\n".join(part for part in said if part)
    role: Literal["USER", "ASSISTANT"] = "USER" if message["role"] == "user" else "ASSISTANT"
    return [Turn(role, _short(text))] if text else []


def _said(block: Any) -> str:
    if "toolUse" in block:
        use = block["toolUse"]
        return f"calls {use['name']} {json.dumps(use['input'], ensure_ascii=False, default=str)}"
    return str(block.get("text", ""))


def _result_text(result: Any) -> str:
    parts = [part.get("text") or json.dumps(part, default=str) for part in result["content"]]
    return f"{result.get('status', 'success')}: {' '.join(parts)}"


def _short(text: str) -> str:
    return text if len(text) <= MOST_TURN_TEXT else f"{text[: MOST_TURN_TEXT - 1]}…"
