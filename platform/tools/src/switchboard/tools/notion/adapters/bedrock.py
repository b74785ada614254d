"""The knowledge base on Amazon Bedrock (bedrock-agent-runtime API 2023-07-26, Retrieve)."""

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from switchboard.tools.notion.knowledge import KnowledgeUnavailableError, Passage

PROJECT = "project_id"
"""The attribute that ingress gives every document."""


class BedrockKnowledge:
    """One knowledge base, always filtered by project."""

    def __init__(self, client: Any, knowledge_base_id: str) -> None:
        """`client`: bedrock-agent-runtime."""
        self._client = client
        self._id = knowledge_base_id

    def retrieve(self, query: str, project_id: str, limit: int) -> list[Passage]:
        """Retrieve; what is not of this project is dropped again, should the filter be ignored."""
        search = {
            "numberOfResults": limit,
            "filter": {"equals": {"key": PROJECT, "value": project_id}},
        }
        try:
            answer = self._client.retrieve(
                knowledgeBaseId=self._id,
                retrievalQuery={"text": query},
                retrievalConfiguration={"vectorSearchConfiguration": search},
            )
        except (ClientError, BotoCoreError) as error:
            raise KnowledgeUnavailableError(f"{type(error).__name__}: {error}") from error
        found = (_passage(item, project_id) for item in answer["retrievalResults"])
        return [passage for passage in found if passage]


def _passage(item: Mapping[str, Any], project_id: str) -> Passage | None:
    attributes = item.get("metadata") or {}
    page_id = attributes.get("page_id")
    if attributes.get(PROJECT) != project_id or not page_id:
        return None
    return Passage(
        page_id=str(page_id),
        title=str(attributes.get("title", "")),
        url=attributes.get("url"),
        text=str(item.get("content", {}).get("text") or ""),
        last_edited_at=attributes.get("last_edited_at"),
        ingested_at=attributes.get("ingested_at"),
    )
