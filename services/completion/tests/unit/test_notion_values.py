"""Notion's property and rich text objects."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from switchboard.completion.adapters.notion_values import (
    MAX_ITEMS,
    MAX_TEXT,
    decode,
    encode,
    rich_text,
)
from switchboard.completion.domain.model import Mention, StoryLink, Text, Value

NOON = datetime(2026, 2, 4, 12, 0, tzinfo=UTC)
LINK = StoryLink("page", "https://www.notion.so/page")


def words(message: list[dict[str, Any]]) -> list[str]:
    return [item["text"]["content"] for item in message]


@pytest.mark.parametrize("character", ["x", "é", "\N{PARTY POPPER}"])
def test_long_text_is_cut_into_items_that_notion_takes_and_nothing_is_lost(character: str) -> None:
    pieces = words(rich_text((Text(character * 4_100),)))

    assert all(len(piece.encode("utf-16-le")) // 2 <= MAX_TEXT for piece in pieces)
    assert "".join(pieces) == character * 4_100


def test_no_more_items_than_notion_takes() -> None:
    assert len(rich_text(tuple(Text("x") for _ in range(300)))) == MAX_ITEMS


def test_a_person_is_a_mention_and_a_link_is_a_link() -> None:
    mention, link = rich_text((Mention("ada"), Text("PR", "https://x.example.com")))

    assert mention == {"type": "mention", "mention": {"type": "user", "user": {"id": "ada"}}}
    assert link["text"] == {"content": "PR", "link": {"url": "https://x.example.com"}}


def test_empty_text_and_nul_characters_make_no_items() -> None:
    assert rich_text((Text(""), Text("\x00"))) == []


@pytest.mark.parametrize(
    ("kind", "value", "content"),
    [
        ("select", "a,b", {"name": "a b"}),
        ("status", "Failed", {"name": "Failed"}),
        ("number", Decimal("0.0375"), 0.0375),
        ("date", NOON, {"start": "2026-02-04T12:00:00+00:00"}),
        ("url", LINK, "https://www.notion.so/page"),
        ("url", "https://x.example.com", "https://x.example.com"),
        ("relation", LINK, [{"id": "page"}]),
    ],
)
def test_a_value_is_written_as_the_property_wants_it(kind: str, value: Value, content: Any) -> None:
    assert encode({"P": kind}, {"P": value}) == {"P": {kind: content}}


@pytest.mark.parametrize(
    ("kind", "value"),
    [("number", "x"), ("date", "x"), ("url", Decimal(1)), ("relation", "x"), ("select", NOON)],
)
def test_a_value_that_does_not_fit_the_property_is_left_out(kind: str, value: Value) -> None:
    assert encode({"P": kind}, {"P": value}) == {}


def test_properties_that_are_missing_or_computed_are_left_out() -> None:
    assert encode({"Formula": "formula"}, {"Formula": "x", "Gone": "y"}) == {}


def test_properties_are_read_as_plain_values() -> None:
    text = [{"plain_text": "As a "}, {"plain_text": "shopper"}]
    properties: dict[str, Any] = {
        "Criteria": {"type": "rich_text", "rich_text": text},
        "Status": {"type": "status", "status": {"name": "Backlog"}},
        "Empty": {"type": "select", "select": None},
        "Tags": {"type": "multi_select", "multi_select": [{"name": "a"}, {"name": "b"}]},
        "Assignee": {"type": "people", "people": [{"id": "ada", "name": "Ada"}]},
        "Epic": {"type": "relation", "relation": [{"id": "p"}]},
        "Due": {"type": "date", "date": {"start": "2026-02-04", "end": None}},
        "Files": {"type": "files", "files": [{"name": "a.png"}]},
        "Sum": {"type": "formula", "formula": {"type": "number", "number": 3}},
        "Key": {"type": "unique_id", "unique_id": {"prefix": "S-", "number": 7}},
        "Points": {"type": "number", "number": 3},
        "Roll": {"type": "rollup", "rollup": {}},
    }

    assert decode(properties) == {
        "Criteria": "As a shopper",
        "Status": "Backlog",
        "Empty": None,
        "Tags": ["a", "b"],
        "Assignee": [{"id": "ada", "name": "Ada"}],
        "Epic": ["p"],
        "Due": {"start": "2026-02-04", "end": None},
        "Files": ["a.png"],
        "Sum": 3,
        "Key": "S-7",
        "Points": 3,
        "Roll": None,
    }
