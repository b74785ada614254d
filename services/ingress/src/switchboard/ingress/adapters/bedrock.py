"""The knowledge base on Amazon Bedrock: a custom data source, documents ingested one by one.

Wire: bedrock-agent API 2023-06-05 (IngestKnowledgeBaseDocuments, GetKnowledgeBaseDocuments,
DeleteKnowledgeBaseDocuments). Properties and comments are part of the indexed text; the metadata
is what readers filter on and show. It stays below 1 KB, which is what a knowledge base on S3
Vectors takes (Amazon Bedrock user guide, vector stores).
"""

from collections.abc import Mapping
from typing import Any

from switchboard.ingress.domain.knowledge_document import KnowledgeDocument, text_of
from switchboard.ingress.domain.sync_ports import (
    Indexing,
    KnowledgeBaseRefusedError,
    KnowledgeBaseUnavailableError,
)

MAX_TEXT_BYTES = 5_000_000
"""A little less than one inline document may have."""
MAX_TITLE, MAX_URL = 200, 300
_FINAL = ("ValidationException", "ResourceNotFoundException", "AccessDeniedException")
_STATES = {
    "INDEXED": "indexed",
    "PARTIALLY_INDEXED": "failed",
    "METADATA_PARTIALLY_INDEXED": "failed",
    "METADATA_UPDATE_FAILED": "failed",
    "FAILED": "failed",
    "IGNORED": "failed",
    "NOT_FOUND": "absent",
}
"""Any other status means that it is not over yet."""


def document_id(project_id: str, page_id: str) -> str:
    """The name of a document: one knowledge base serves all projects of an environment."""
    return f"{project_id}/{page_id}"


def metadata_of(project_id: str, document: KnowledgeDocument, url: str | None) -> Mapping[str, str]:
    """What a reader filters on (`project_id`) and shows."""
    values = {
        "project_id": project_id,
        "page_id": document.page_id,
        "parent_page_id": document.parent_page_id,
        "title": document.title[:MAX_TITLE],
        "page_type": document.page_type,
        "url": (url or "")[:MAX_URL],
        "last_edited_at": document.last_edited_at.isoformat(timespec="seconds"),
        "ingested_at": document.ingested_at.isoformat(timespec="seconds"),
    }
    return {name: _encodable(value) for name, value in values.items() if value}


class BedrockKnowledgeBase:
    """One data source of one knowledge base."""

    def __init__(self, client: Any, knowledge_base_id: str, data_source_id: str) -> None:
        """`client`: bedrock-agent."""
        self._client = client
        self._where = {"knowledgeBaseId": knowledge_base_id, "dataSourceId": data_source_id}

    def put(self, project_id: str, document: KnowledgeDocument, url: str | None) -> Indexing:
        """IngestKnowledgeBaseDocuments with the text inline."""
        text = _encodable(text_of(document))
        if len(text.encode()) > MAX_TEXT_BYTES:
            raise KnowledgeBaseRefusedError(
                f"the page has more than {MAX_TEXT_BYTES:,} bytes; divide it into sub-pages"
            )
        identifier = {"id": document_id(project_id, document.page_id)}
        attributes = [
            {"key": name, "value": {"type": "STRING", "stringValue": value}}
            for name, value in metadata_of(project_id, document, url).items()
        ]
        answer = self._call(
            "ingest_knowledge_base_documents",
            documents=[
                {
                    "content": {
                        "dataSourceType": "CUSTOM",
                        "custom": {
                            "customDocumentIdentifier": identifier,
                            "sourceType": "IN_LINE",
                            "inlineContent": {
                                "type": "TEXT",
                                "textContent": {"data": text},
                            },
                        },
                    },
                    "metadata": {"type": "IN_LINE_ATTRIBUTE", "inlineAttributes": attributes},
                }
            ],
        )
        return _indexing(answer)

    def state(self, project_id: str, page_id: str) -> Indexing:
        """GetKnowledgeBaseDocuments."""
        named = [_named(project_id, page_id)]
        return _indexing(self._call("get_knowledge_base_documents", documentIdentifiers=named))

    def remove(self, project_id: str, page_id: str) -> None:
        """DeleteKnowledgeBaseDocuments; one that is not there is no error."""
        named = [_named(project_id, page_id)]
        self._call("delete_knowledge_base_documents", documentIdentifiers=named)

    def _call(self, operation: str, **parameters: Any) -> Any:
        try:
            return getattr(self._client, operation)(**self._where, **parameters)
        except self._client.exceptions.ClientError as error:
            if error.response["Error"]["Code"] in _FINAL:
                raise KnowledgeBaseRefusedError(str(error)) from error
            raise KnowledgeBaseUnavailableError(str(error)) from error


def _encodable(text: str) -> str:
    """Without halves of characters, which JSON may hold and UTF-8 may not."""
    return text.encode("utf-8", "replace").decode()


def _named(project_id: str, page_id: str) -> dict[str, Any]:
    return {"dataSourceType": "CUSTOM", "custom": {"id": document_id(project_id, page_id)}}


def _indexing(answer: Any) -> Indexing:
    details = answer.get("documentDetails") or []
    if not details:
        return Indexing("absent")
    detail = details[0]
    return Indexing(_STATES.get(detail["status"], "pending"), detail.get("statusReason") or "")
