"""AgentCore Memory on the wire: CreateEvent, ListEvents, RetrieveMemoryRecords.

Source: botocore 1.44.5 service model `bedrock-agentcore` (API 2024-02-28). Branches, filters and
payloads other than conversations are refused: nothing here uses them.
"""

import asyncio
import hashlib
import re
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from switchboard.local.agentcore.aws_answers import (
    NotFoundError,
    ValidationError,
    demand_signature,
    json_body,
)
from switchboard.local.agentcore.memory_store import MemoryStore, Session
from switchboard.local.agentcore.registry import Registry, Resource
from switchboard.local.knowledge.index import Hit

TYPE = "AWS::BedrockAgentCore::Memory"
MOST_PAYLOADS, MOST_TEXT, MOST_METADATA = 100, 100_000, 15
MOST_RESULTS = 100
DEFAULT_EVENTS, DEFAULT_RECORDS = 20, 10
_ACTOR = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9-_/]*(?::[a-zA-Z0-9-_/]+)*[a-zA-Z0-9-_/]*")
_SESSION = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9-_]{0,99}")
_ROLES = ("ASSISTANT", "USER", "TOOL", "OTHER")


def utc_now() -> datetime:
    """The instant, aware."""
    return datetime.now(UTC)


class MemoryDoor:
    """Serves the deployed memories from one store."""

    def __init__(
        self, registry: Registry, store: MemoryStore, now: Callable[[], datetime] = utc_now
    ) -> None:
        """Memories and their strategies come from `registry`, what they hold from `store`."""
        self._registry = registry
        self._store = store
        self._now = now

    def routes(self) -> list[Route]:
        """The operations."""
        sessions = "/memories/{memory}/actor/{actor}/sessions/{session}"
        return [
            Route("/memories/{memory}/events", self.create_event, methods=["POST"]),
            Route(sessions, self.list_events, methods=["POST"]),
            Route("/memories/{memory}/retrieve", self.retrieve, methods=["POST"]),
        ]

    def close(self) -> None:
        """Close the store."""
        self._store.close()

    async def create_event(self, request: Request) -> Response:
        """CreateEvent; the records of its strategies are there when it answers."""
        memory = self._memory(request)
        body = await json_body(request)
        session = _session(memory, body.get("actorId"), body.get("sessionId"))
        texts = _texts(body.get("payload"))
        metadata = body.get("metadata") or {}
        if len(metadata) > MOST_METADATA:
            raise ValidationError(f"an event has at most {MOST_METADATA} metadata keys")
        token = str(body.get("clientToken") or uuid.uuid4())
        now = self._now()
        digest = hashlib.sha256(token.encode()).hexdigest()
        event = {
            "memoryId": _id(memory),
            "actorId": session.actor,
            "sessionId": session.session,
            "eventId": f"{int(now.timestamp() * 1000)}#{digest[:8]}",
            "eventTimestamp": body.get("eventTimestamp"),
            "payload": body["payload"],
            "metadata": metadata,
        }
        kept = await asyncio.to_thread(self._store.add, session, token, event)
        if body.get("extractionMode") != "SKIP":
            await asyncio.to_thread(self._learn, memory, session, texts, now)
        return JSONResponse({"event": kept}, 201)

    def _learn(self, memory: Resource, session: Session, texts: list[str], now: datetime) -> None:
        for name, namespace in _strategies(memory):
            place = namespace.replace("{actorId}", session.actor)
            place = place.replace("{sessionId}", session.session)
            self._store.learn(_id(memory), name, place, texts, now)

    async def list_events(self, request: Request) -> Response:
        """ListEvents, the newest first."""
        memory = self._memory(request)
        path = request.path_params
        session = _session(memory, path["actor"], path["session"])
        body = await json_body(request)
        if body.get("filter"):
            raise ValidationError("filter is not served locally")
        most = _count(body, "maxResults", DEFAULT_EVENTS)
        after = body.get("nextToken") or "0"
        if not str(after).isdigit():
            raise ValidationError("nextToken is not one of ours")
        rows = await asyncio.to_thread(self._store.events, session, int(after), most)
        shown = [_shown(event, payloads=body.get("includePayloads", True)) for _, event in rows]
        more = {"nextToken": str(rows[-1][0])} if len(rows) == most else {}
        return JSONResponse({"events": shown, **more})

    async def retrieve(self, request: Request) -> Response:
        """RetrieveMemoryRecords."""
        memory = self._memory(request)
        body = await json_body(request)
        criteria = body.get("searchCriteria") or {}
        query, namespace = criteria.get("searchQuery"), body.get("namespace")
        if not isinstance(query, str) or not query or not isinstance(namespace, str):
            raise ValidationError("namespace and searchCriteria.searchQuery are needed")
        if criteria.get("metadataFilters"):
            raise ValidationError("metadataFilters are not served locally")
        hits = await asyncio.to_thread(
            self._store.search,
            _id(memory),
            namespace,
            query,
            _count(criteria, "topK", DEFAULT_RECORDS),
            criteria.get("memoryStrategyId"),
        )
        return JSONResponse({"memoryRecordSummaries": [_summary(hit) for hit in hits]})

    def _memory(self, request: Request) -> Resource:
        demand_signature(request)
        wanted = str(request.path_params["memory"]).rsplit("/", 1)[-1]
        for item in self._registry.of_type(TYPE):
            if _id(item) == wanted:
                return item
        raise NotFoundError(f"Memory {wanted} is not found")


def _id(memory: Resource) -> str:
    return str(memory.attributes.get("MemoryId") or memory.physical_id).rsplit("/", 1)[-1]


def _strategies(memory: Resource) -> list[tuple[str, str]]:
    """Id and namespace of each semantic strategy."""
    found = []
    for item in memory.property("MemoryStrategies", default=[]):
        semantic = item.get("SemanticMemoryStrategy") or {}
        for namespace in semantic.get("Namespaces") or semantic.get("NamespaceTemplates") or []:
            name = str(semantic.get("Name"))
            digest = hashlib.sha256(f"{_id(memory)} {name}".encode()).hexdigest()
            found.append((f"{name}-{digest[:10]}", str(namespace)))
    return found


def _session(memory: Resource, actor: Any, session: Any) -> Session:
    if not isinstance(actor, str) or not _ACTOR.fullmatch(actor):
        raise ValidationError("actorId is missing or has other characters than allowed")
    if not isinstance(session, str) or not _SESSION.fullmatch(session):
        raise ValidationError("sessionId must have 1 to 100 letters, digits, '-' and '_'")
    return Session(_id(memory), actor, session)


def _texts(payload: Any) -> list[str]:
    if not isinstance(payload, list) or len(payload) > MOST_PAYLOADS:
        raise ValidationError(f"payload must be a list of at most {MOST_PAYLOADS} members")
    texts = []
    for item in payload:
        said = item.get("conversational") if isinstance(item, dict) else None
        text = ((said or {}).get("content") or {}).get("text")
        if not isinstance(text, str) or not 1 <= len(text) <= MOST_TEXT:
            raise ValidationError(f"a payload is a conversation of 1 to {MOST_TEXT} characters")
        if (said or {}).get("role") not in _ROLES:
            raise ValidationError(f"role must be one of {', '.join(_ROLES)}")
        texts.append(text)
    return texts


def _count(body: Mapping[str, Any], name: str, default: int) -> int:
    value = body.get(name, default)
    if not isinstance(value, int) or not 1 <= value <= MOST_RESULTS:
        raise ValidationError(f"{name} must be 1 to {MOST_RESULTS}")
    return value


def _shown(event: dict[str, Any], *, payloads: bool) -> dict[str, Any]:
    return event if payloads else {**event, "payload": []}


def _summary(hit: Hit) -> dict[str, Any]:
    return {
        "memoryRecordId": hit.document.id,
        "content": {"text": hit.text},
        "memoryStrategyId": hit.document.metadata["strategy"],
        "namespaces": [hit.document.metadata["namespace"]],
        "createdAt": hit.document.updated_at.timestamp(),
        "score": hit.score,
    }
