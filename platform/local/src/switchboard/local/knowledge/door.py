"""Knowledge bases on the wire: bedrock-agent API 2023-06-05, bedrock-agent-runtime 2023-07-26."""

import asyncio
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
from switchboard.local.agentcore.registry import Registry
from switchboard.local.knowledge.filters import compiled
from switchboard.local.knowledge.index import Document, Hit, Index

BASE = "AWS::Bedrock::KnowledgeBase"
SOURCE = "AWS::Bedrock::DataSource"
MOST_DOCUMENTS = 10
MOST_BYTES = 5_242_880
MOST_ATTRIBUTES = 50
MOST_METADATA_BYTES = 2_048
"""Filterable metadata of a vector (S3 Vectors)."""
MOST_RESULTS = 100
DEFAULT_RESULTS = 5
_DOCUMENTS = "/knowledgebases/{base}/datasources/{source}/documents"
_VALUES = {
    "STRING": "stringValue",
    "NUMBER": "numberValue",
    "BOOLEAN": "booleanValue",
    "STRING_LIST": "stringListValue",
}


def utc_now() -> datetime:
    """The instant, aware."""
    return datetime.now(UTC)


class KnowledgeDoor:
    """Serves the deployed knowledge bases from one index."""

    def __init__(
        self, registry: Registry, index: Index, now: Callable[[], datetime] = utc_now
    ) -> None:
        """Bases and data sources come from `registry`, documents from `index`."""
        self._registry = registry
        self._index = index
        self._now = now

    def routes(self) -> list[Route]:
        """The operations."""
        return [
            Route(_DOCUMENTS, self.ingest, methods=["PUT"]),
            Route(_DOCUMENTS, self.list, methods=["POST"]),
            Route(f"{_DOCUMENTS}/getDocuments", self.get, methods=["POST"]),
            Route(f"{_DOCUMENTS}/deleteDocuments", self.delete, methods=["POST"]),
            Route("/knowledgebases/{base}/retrieve", self.retrieve, methods=["POST"]),
        ]

    def close(self) -> None:
        """Close the index."""
        self._index.close()

    async def ingest(self, request: Request) -> Response:
        """IngestKnowledgeBaseDocuments: answered STARTING, as on AWS; then they are there."""
        base, source = self._where(request)
        given = _some((await json_body(request)).get("documents"), "documents")
        read = [_read(item, source, self._now()) for item in given]
        for document, text in read:
            await asyncio.to_thread(self._index.put, base, document, text)
        details = [_detail(base, source, document.id, "STARTING") for document, _ in read]
        return JSONResponse({"documentDetails": details}, 202)

    async def get(self, request: Request) -> Response:
        """GetKnowledgeBaseDocuments."""
        base, source = self._where(request)
        details = []
        for name in _names(await json_body(request)):
            found = await asyncio.to_thread(self._index.find, base, source, name)
            status = "INDEXED" if found else "NOT_FOUND"
            details.append(_detail(base, source, name, status, found))
        return JSONResponse({"documentDetails": details})

    async def list(self, request: Request) -> Response:
        """ListKnowledgeBaseDocuments, on one page."""
        base, source = self._where(request)
        found = await asyncio.to_thread(self._index.all, base, source)
        details = [_detail(base, source, item.id, "INDEXED", item) for item in found]
        return JSONResponse({"documentDetails": details})

    async def delete(self, request: Request) -> Response:
        """DeleteKnowledgeBaseDocuments; one that is not there is no error."""
        base, source = self._where(request)
        details = []
        for name in _names(await json_body(request)):
            was = await asyncio.to_thread(self._index.delete, base, source, name)
            details.append(_detail(base, source, name, "DELETING" if was else "NOT_FOUND"))
        return JSONResponse({"documentDetails": details}, 202)

    async def retrieve(self, request: Request) -> Response:
        """Retrieve."""
        base = self._base(request)
        body = await json_body(request)
        query = (body.get("retrievalQuery") or {}).get("text")
        if not isinstance(query, str) or not query:
            raise ValidationError("retrievalQuery.text is missing")
        search = (body.get("retrievalConfiguration") or {}).get("vectorSearchConfiguration") or {}
        most = search.get("numberOfResults", DEFAULT_RESULTS)
        if not isinstance(most, int) or not 1 <= most <= MOST_RESULTS:
            raise ValidationError(f"numberOfResults must be 1 to {MOST_RESULTS}")
        if search.get("overrideSearchType") == "HYBRID":
            raise ValidationError("HYBRID search is not supported by S3 Vectors")
        matches = compiled(search.get("filter"))
        hits = await asyncio.to_thread(self._index.search, base, query, matches, most)
        return JSONResponse({"retrievalResults": [_result(hit) for hit in hits]})

    def _base(self, request: Request) -> str:
        demand_signature(request)
        base: str = request.path_params["base"]
        if base not in {item.physical_id for item in self._registry.of_type(BASE)}:
            raise NotFoundError(f"Knowledge base {base} is not found")
        return base

    def _where(self, request: Request) -> tuple[str, str]:
        base = self._base(request)
        source: str = request.path_params["source"]
        known = {
            str(item.attributes.get("DataSourceId"))
            for item in self._registry.of_type(SOURCE)
            if item.property("KnowledgeBaseId") == base
        }
        if source not in known:
            raise NotFoundError(f"Data source {source} of knowledge base {base} is not found")
        return base, source


def _some(given: Any, what: str) -> list[Any]:
    if not isinstance(given, list) or not 1 <= len(given) <= MOST_DOCUMENTS:
        raise ValidationError(f"{what} must have 1 to {MOST_DOCUMENTS} members")
    return given


def _names(body: Mapping[str, Any]) -> list[str]:
    given = _some(body.get("documentIdentifiers"), "documentIdentifiers")
    return [_custom_id((item or {}).get("custom")) for item in given]


def _custom_id(holder: Any) -> str:
    name = holder.get("id") if isinstance(holder, dict) else None
    if not isinstance(name, str) or not name:
        raise ValidationError("the data source is of type CUSTOM: custom.id is missing")
    return name


def _read(item: Any, source: str, now: datetime) -> tuple[Document, str]:
    custom = ((item or {}).get("content") or {}).get("custom") or {}
    name = _custom_id(custom.get("customDocumentIdentifier"))
    inline = custom.get("inlineContent") or {}
    text = (inline.get("textContent") or {}).get("data")
    if custom.get("sourceType") != "IN_LINE" or not isinstance(text, str) or not text:
        raise ValidationError("only inline text is served locally")
    if len(text.encode()) > MOST_BYTES:
        raise ValidationError(f"the text has more than {MOST_BYTES} bytes")
    return Document(source, name, _metadata(item.get("metadata") or {}), now), text


def _metadata(given: Mapping[str, Any]) -> dict[str, Any]:
    attributes = given.get("inlineAttributes") or []
    if len(attributes) > MOST_ATTRIBUTES:
        raise ValidationError(f"a document has at most {MOST_ATTRIBUTES} attributes")
    values = {}
    for item in attributes:
        value = item.get("value") or {}
        values[str(item.get("key"))] = value.get(_VALUES.get(str(value.get("type")), ""))
    size = sum(len(f"{key}{value}".encode()) for key, value in values.items())
    if None in values.values() or size > MOST_METADATA_BYTES:
        raise ValidationError("metadata is of an unknown type, or has more than 2048 bytes")
    return values


def _detail(
    base: str, source: str, name: str, status: str, found: Document | None = None
) -> dict[str, Any]:
    detail = {
        "knowledgeBaseId": base,
        "dataSourceId": source,
        "status": status,
        "identifier": {"dataSourceType": "CUSTOM", "custom": {"id": name}},
    }
    return detail | ({"updatedAt": found.updated_at.isoformat()} if found else {})


def _result(hit: Hit) -> dict[str, Any]:
    return {
        "content": {"type": "TEXT", "text": hit.text},
        "location": {"type": "CUSTOM", "customDocumentLocation": {"id": hit.document.id}},
        "metadata": {
            **hit.document.metadata,
            "x-amz-bedrock-kb-data-source-id": hit.document.source,
        },
        "score": hit.score,
    }
