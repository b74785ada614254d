"""The knowledge base in memory and on bedrock-agent-runtime answer the same questions alike."""

from typing import Any

import boto3
import pytest
from botocore.config import Config

from switchboard.tools.notion.adapters.bedrock import BedrockKnowledge
from switchboard.tools.notion.adapters.memory_knowledge import MemoryKnowledge
from switchboard.tools.notion.knowledge import Knowledge, KnowledgeUnavailableError, Passage

BASE = "KB12345678"
RETRIEVE = f"POST /knowledgebases/{BASE}/retrieve"
FOUND = Passage(
    "page-1",
    "Checkout",
    "https://notion.so/page-1",
    "It takes discount codes.",
    "2026-11-20T09:00:00+00:00",
    "2026-11-21T09:00:00+00:00",
)


def result(project_id: str, passage: Passage) -> dict[str, Any]:
    """As Retrieve answers it."""
    return {
        "content": {"type": "TEXT", "text": passage.text},
        "location": {"type": "CUSTOM", "customDocumentLocation": {"id": "d"}},
        "metadata": {
            "project_id": project_id,
            "page_id": passage.page_id,
            "title": passage.title,
            "url": passage.url,
            "last_edited_at": passage.last_edited_at,
            "ingested_at": passage.ingested_at,
        },
        "score": 0.5,
    }


def bedrock(server: Any) -> BedrockKnowledge:
    client: Any = boto3.Session("111122223333", "local", region_name="us-east-1").client(
        "bedrock-agent-runtime",
        endpoint_url=server.url,
        config=Config(retries={"total_max_attempts": 1}),
    )
    return BedrockKnowledge(client, BASE)


@pytest.fixture(params=["memory", "bedrock"])
def knowledge(request: pytest.FixtureRequest) -> Knowledge:
    """One page of proj-1, and one of proj-2 that no filter kept out."""
    if request.param == "memory":
        return MemoryKnowledge([("proj-1", FOUND), ("proj-2", FOUND)])
    server: Any = request.getfixturevalue("server")
    results = [result("proj-1", FOUND), result("proj-2", FOUND)]
    server.on(RETRIEVE, 200, {"retrievalResults": results})
    return bedrock(server)


def test_a_project_finds_its_own_pages_and_no_other(knowledge: Knowledge) -> None:
    assert knowledge.retrieve("discount", "proj-1", 5) == [FOUND]


def test_the_question_is_filtered_by_the_project(server: Any) -> None:
    server.on(RETRIEVE, 200, {"retrievalResults": []})

    assert bedrock(server).retrieve("discount", "proj-1", 5) == []

    sent = server.requests[0][1]
    assert sent["retrievalQuery"] == {"text": "discount"}
    assert sent["retrievalConfiguration"]["vectorSearchConfiguration"] == {
        "numberOfResults": 5,
        "filter": {"equals": {"key": "project_id", "value": "proj-1"}},
    }


@pytest.mark.parametrize(
    ("status", "code"),
    [(404, "ResourceNotFoundException"), (429, "ThrottlingException"), (500, "Internal")],
)
def test_a_service_that_refuses_or_fails_is_unavailable(
    server: Any, status: int, code: str
) -> None:
    server.on(RETRIEVE, status, {"message": "no", "__type": code})

    with pytest.raises(KnowledgeUnavailableError):
        bedrock(server).retrieve("discount", "proj-1", 5)


def test_a_service_that_is_not_there_is_unavailable() -> None:
    class Nowhere:
        url = "http://127.0.0.1:9"

    with pytest.raises(KnowledgeUnavailableError):
        bedrock(Nowhere()).retrieve("discount", "proj-1", 5)
    with pytest.raises(KnowledgeUnavailableError, match="it is broken"):
        MemoryKnowledge(broken=True).retrieve("discount", "proj-1", 5)


def test_what_names_no_page_is_dropped(server: Any) -> None:
    bare = {"content": {"text": "x"}, "metadata": {"project_id": "proj-1"}}
    server.on(RETRIEVE, 200, {"retrievalResults": [bare, {"content": {}}]})

    assert bedrock(server).retrieve("discount", "proj-1", 5) == []
