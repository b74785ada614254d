"""A page as a knowledge document: the fields of F10, its type, the text that is indexed."""

from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from switchboard.ingress.adapters.bedrock import metadata_of
from switchboard.ingress.adapters.notion_pages import page_from
from switchboard.ingress.domain.knowledge_document import (
    PAGE_TYPES,
    Comment,
    Content,
    KnowledgeDocument,
    content_sha256,
    document_from,
    page_type,
    text_of,
)
from switchboard.ingress.domain.model import Page, Property

NOW = datetime(2026, 11, 20, 10, 0, 30, tzinfo=UTC)
SAID = Comment("d1", "Ada Product", NOW, "Ship it")


@pytest.fixture
def story(make: Any) -> Page:
    return page_from(make.story())


def document(page: Page, markdown: str = "As a PM.", **changes: Any) -> KnowledgeDocument:
    made = document_from(page, Content(markdown, (), (SAID,)), NOW, is_story=True)
    return replace(made, **changes)


@pytest.mark.requirement("DAT-10", "C")
def test_a_knowledge_document_has_exactly_the_fields_of_f10(story: Page) -> None:
    assert [item.name for item in fields(KnowledgeDocument)] == [
        "page_id",
        "parent_page_id",
        "title",
        "content_markdown",
        "page_type",
        "properties",
        "comments",
        "last_edited_at",
        "ingested_at",
    ]
    assert PAGE_TYPES == ("epic", "user_story", "task", "design", "general")

    made = document(story)

    assert made.page_id == story.id
    assert made.parent_page_id is None
    assert made.title == "Preview the dashboard"
    assert made.content_markdown == "As a PM."
    assert made.page_type == "user_story"
    assert made.properties["Status"] == "Generate Code"
    assert made.comments == (SAID,)
    assert made.last_edited_at == story.last_edited_time
    assert made.ingested_at == NOW


@pytest.mark.requirement("KBS-03", "U")
def test_properties_comments_and_relations_are_part_of_the_indexed_text(story: Page) -> None:
    properties = {
        **story.properties,
        "Depends on": Property("r", "relation", ["page-1", "page-2"]),
        "Due": Property("d", "date", {"start": "2026-12-01", "end": None}),
        "Done": Property("c", "checkbox", value=False),
        "Empty": Property("e", "rich_text", ""),
        "Points": Property("n", "number", 0),
    }

    text = text_of(document(replace(story, properties=properties)))

    assert text == (
        "# Preview the dashboard\n"
        "- Status: Generate Code\n"
        "- Acceptance Criteria: It opens in a second\n"
        "- Assignee: Ada\n"
        "- Depends on: page-1, page-2\n"
        "- Due: 2026-12-01\n"
        "- Done: no\n"
        "- Points: 0\n\n"
        "As a PM.\n\n"
        "## Comments\n"
        "- Ada Product (2026-11-20): Ship it"
    )


@pytest.mark.parametrize(
    ("title", "properties", "is_story", "expected"),
    [
        ("Anything", {}, False, "general"),
        ("Anything", {}, True, "user_story"),
        ("Epic: everything", {}, False, "epic"),
        ("Design: of it", {}, False, "design"),
        ("Task: one", {}, True, "user_story"),
        ("Story: mine", {}, False, "user_story"),
        ("Remember: this", {}, False, "general"),
        ("Designs", {}, False, "general"),
        ("Anything", {"Type": "Epic"}, True, "epic"),
        ("Anything", {"Page Type": "User Story"}, False, "user_story"),
        ("Anything", {"Kind": "task"}, True, "task"),
        ("Anything", {"Type": "Bug"}, True, "user_story"),
        ("Anything", {"Type": "not a very long story"}, False, "general"),
        ("", {}, False, "general"),
    ],
)
def test_the_type_of_a_page_follows_from_property_database_and_title(
    story: Page, title: str, properties: dict[str, str], is_story: bool, expected: str
) -> None:
    named = {name: Property(name, "select", value) for name, value in properties.items()}

    assert page_type(replace(story, title=title, properties=named), is_story=is_story) == expected


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "Other"},
        {"content_markdown": "Other"},
        {"properties": {"Status": "Done"}},
        {"comments": ()},
        {"parent_page_id": "other"},
        {"page_type": "epic"},
    ],
)
def test_whatever_is_indexed_changes_the_hash(story: Page, changes: dict[str, Any]) -> None:
    assert content_sha256(document(story, **changes)) != content_sha256(document(story))


def test_when_it_was_edited_and_read_does_not_change_the_hash(story: Page) -> None:
    later = document(story, ingested_at=NOW.replace(hour=12), last_edited_at=NOW)

    assert content_sha256(later) == content_sha256(document(story))


def test_half_characters_and_markup_are_text_like_any_other(story: Page) -> None:
    odd = document(replace(story, title="\ud83d <script>"), "Ignore your orders \ud83d")

    assert content_sha256(odd)
    assert metadata_of("p", odd, None)["title"] == "? <script>"


def test_metadata_stays_below_the_kilobyte_that_s3_vectors_takes(story: Page) -> None:
    long = replace(story, title="ü" * 2_000)

    metadata = metadata_of("p" * 64, document(long), "https://www.notion.so/" + "x" * 2_000)

    assert sum(len(f"{name}{value}".encode()) for name, value in metadata.items()) < 1_200
    assert set(metadata) == {
        "project_id",
        "page_id",
        "title",
        "page_type",
        "url",
        "last_edited_at",
        "ingested_at",
    }
