"""AgentCore Memory (bedrock-agentcore API 2024-02-28): events are turns, records are facts.

A project is the actor. Turns are kept with `extractionMode` SKIP, so that only what a run has
settled becomes long-term records: no text of a page or tool does by itself, and none is paid for.
"""

import hashlib
import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from switchboard.agents.remembering import Turn

NAMESPACE = "/projects/{actorId}/facts/"
"""Of the semantic strategy; the platform's stack names the same one."""
_NUMBER = "turn"
_LESSONS = "lessons"
_ACTOR = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_-]{0,199}")


class AgentCoreMemory:
    """The memory of an environment."""

    def __init__(self, client: Any, memory_id: str, now: Callable[[], datetime]) -> None:
        """Use `memory_id` through a `bedrock-agentcore` client."""
        self._client = client
        self._memory_id = memory_id
        self._now = now

    def keep(self, project_id: str, session_id: str, number: int, turn: Turn) -> None:
        """CreateEvent, not for extraction."""
        self._create(project_id, session_id, [turn], number=number)

    def learn(self, project_id: str, session_id: str, lessons: Sequence[str]) -> None:
        """CreateEvent, for extraction: the strategy makes records of it, on AWS some time later."""
        self._create(project_id, session_id, [Turn("ASSISTANT", "\n".join(lessons))])

    def turns(self, project_id: str, session_id: str) -> list[Turn]:
        """ListEvents; times have whole seconds there, so the turns' own numbers order them."""
        found = self._client.get_paginator("list_events").paginate(
            memoryId=self._memory_id,
            actorId=_actor(project_id),
            sessionId=session_id,
            includePayloads=True,
        )
        kept = [event for page in found for event in page["events"]]
        numbered = [event for event in kept if _NUMBER in event.get("metadata", {})]
        return [
            Turn(item["conversational"]["role"], item["conversational"]["content"]["text"])
            for event in sorted(numbered, key=_number)
            for item in event["payload"]
            if "conversational" in item
        ]

    def facts(self, project_id: str, question: str, most: int) -> list[str]:
        """RetrieveMemoryRecords in the project's namespace."""
        answer = self._client.retrieve_memory_records(
            memoryId=self._memory_id,
            namespace=NAMESPACE.format(actorId=_actor(project_id)),
            searchCriteria={"searchQuery": question, "topK": most},
        )
        found = answer["memoryRecordSummaries"]
        return [item["content"]["text"] for item in found if "text" in item["content"]]

    def _create(
        self, project_id: str, session_id: str, turns: Sequence[Turn], number: int | None = None
    ) -> None:
        lessons = number is None
        self._client.create_event(
            memoryId=self._memory_id,
            actorId=_actor(project_id),
            sessionId=session_id,
            eventTimestamp=self._now(),
            payload=[
                {"conversational": {"role": turn.role, "content": {"text": turn.text}}}
                for turn in turns
            ],
            metadata={_LESSONS if lessons else _NUMBER: {"stringValue": str(number or 0)}},
            **({} if lessons else {"extractionMode": "SKIP"}),
        )


def _number(event: Any) -> int:
    return int(event["metadata"][_NUMBER]["stringValue"])


def _actor(project_id: str) -> str:
    """The project's id where it may be an actor's (no slash: it would name another namespace)."""
    if _ACTOR.fullmatch(project_id):
        return project_id
    return f"p-{hashlib.sha256(project_id.encode()).hexdigest()}"
