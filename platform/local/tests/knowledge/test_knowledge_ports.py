"""The services' own adapters, in memory and over boto3 on the stand-in, answer alike."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, ClassVar

import pytest

from switchboard.ingress.adapters.bedrock import BedrockKnowledgeBase
from switchboard.ingress.adapters.memory_sync import MemoryKnowledgeBase
from switchboard.ingress.domain.knowledge_document import Comment, KnowledgeDocument
from switchboard.ingress.domain.sync_ports import (
    KnowledgeBase,
    KnowledgeBaseRefusedError,
    KnowledgeBaseUnavailableError,
)
from switchboard.tools.notion.adapters.bedrock import BedrockKnowledge

READ_AT = datetime(2026, 11, 20, 10, 0, 30, tzinfo=UTC)
DOCUMENT = KnowledgeDocument(
    page_id="page-1",
    parent_page_id="page-0",
    title="Discount codes",
    content_markdown="At checkout a customer may enter one code.",
    page_type="design",
    properties={"Status": "Done", "Depends on": ["page-7"]},
    comments=(Comment("d", "Ada", READ_AT, "Only one per order!"),),
    last_edited_at=READ_AT.replace(second=0),
    ingested_at=READ_AT,
)


@pytest.fixture
def bedrock(standin: Any) -> BedrockKnowledgeBase:
    return BedrockKnowledgeBase(standin.client("bedrock-agent"), standin.base, standin.source)


@pytest.fixture(params=["memory", "bedrock"])
def base(request: pytest.FixtureRequest) -> KnowledgeBase:
    if request.param == "memory":
        return MemoryKnowledgeBase()
    found: KnowledgeBase = request.getfixturevalue("bedrock")
    return found


def test_a_document_is_pending_when_it_is_sent_and_indexed_afterwards(base: KnowledgeBase) -> None:
    assert base.state("proj-1", "page-1").state == "absent"
    assert base.put("proj-1", DOCUMENT, None).state == "pending"
    assert base.state("proj-1", "page-1").state == "indexed"
    assert base.state("proj-2", "page-1").state == "absent"


def test_a_document_is_taken_out_and_twice_is_no_error(base: KnowledgeBase) -> None:
    base.put("proj-1", DOCUMENT, None)
    base.put("proj-2", DOCUMENT, None)

    base.remove("proj-1", "page-1")
    base.remove("proj-1", "page-1")

    assert base.state("proj-1", "page-1").state == "absent"
    assert base.state("proj-2", "page-1").state == "indexed"


@pytest.mark.requirement("DAT-10", "C")
def test_every_field_of_a_document_can_be_found_again(
    standin: Any, bedrock: BedrockKnowledgeBase
) -> None:
    bedrock.put("proj-1", DOCUMENT, "https://notion.so/page-1")

    (hit,) = standin.search("discount")

    assert hit["metadata"] == {
        "project_id": "proj-1",
        "page_id": "page-1",
        "parent_page_id": "page-0",
        "title": "Discount codes",
        "page_type": "design",
        "url": "https://notion.so/page-1",
        "last_edited_at": "2026-11-20T10:00:00+00:00",
        "ingested_at": "2026-11-20T10:00:30+00:00",
        "x-amz-bedrock-kb-data-source-id": standin.source,
    }
    assert hit["content"]["text"] == (
        "# Discount codes\n- Status: Done\n- Depends on: page-7\n\n"
        "At checkout a customer may enter one code.\n\n"
        "## Comments\n- Ada (2026-11-20): Only one per order!"
    )


def test_a_tool_finds_what_a_sync_has_put_in_for_its_own_project_only(
    standin: Any, bedrock: BedrockKnowledgeBase
) -> None:
    bedrock.put("proj-1", DOCUMENT, "https://notion.so/page-1")
    bedrock.put("proj-2", replace(DOCUMENT, page_id="page-2"), None)
    knowledge = BedrockKnowledge(standin.client("bedrock-agent-runtime"), standin.base)

    (passage,) = knowledge.retrieve("discounted orders", "proj-1", 5)

    assert (passage.page_id, passage.title) == ("page-1", "Discount codes")
    assert passage.ingested_at == "2026-11-20T10:00:30+00:00"
    assert knowledge.retrieve("discount", "proj-3", 5) == []


def test_a_document_without_end_is_refused_before_it_is_sent(
    bedrock: BedrockKnowledgeBase,
) -> None:
    with pytest.raises(KnowledgeBaseRefusedError, match="sub-pages"):
        bedrock.put("proj-1", replace(DOCUMENT, content_markdown="x" * 5_000_001), None)


def test_a_base_that_is_not_there_refuses(standin: Any) -> None:
    nowhere = BedrockKnowledgeBase(standin.client("bedrock-agent"), "KBBBBBBBBB", standin.source)

    with pytest.raises(KnowledgeBaseRefusedError, match="not found"):
        nowhere.put("proj-1", DOCUMENT, None)


def test_a_service_that_is_throttled_is_unavailable_for_now() -> None:
    class Throttled:
        class exceptions:  # noqa: N801 - boto3's name
            class ClientError(Exception):
                response: ClassVar[Any] = {"Error": {"Code": "ThrottlingException"}}

        def get_knowledge_base_documents(self, **_: Any) -> None:
            raise self.exceptions.ClientError

    with pytest.raises(KnowledgeBaseUnavailableError):
        BedrockKnowledgeBase(Throttled(), "KB", "DS").state("proj-1", "page-1")
