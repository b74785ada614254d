"""Property values of Notion become plain values."""

from typing import Any

import pytest

from switchboard.ingress.adapters.notion_pages import page_from
from switchboard.ingress.domain.model import notion_id


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        ({"type": "rich_text", "rich_text": [{"plain_text": "a"}, {"plain_text": "b"}]}, "ab"),
        ({"type": "status", "status": {"name": "Done"}}, "Done"),
        ({"type": "select", "select": None}, None),
        ({"type": "multi_select", "multi_select": [{"name": "x"}, {"name": "y"}]}, ["x", "y"]),
        ({"type": "number", "number": 1.5}, 1.5),
        ({"type": "checkbox", "checkbox": True}, True),
        ({"type": "url", "url": "https://x.test"}, "https://x.test"),
        ({"type": "date", "date": {"start": "2026-01-01", "end": None, "time_zone": None}},
         {"start": "2026-01-01", "end": None}),
        ({"type": "date", "date": None}, None),
        ({"type": "relation", "relation": [{"id": "3" * 32}], "has_more": False},
         ["33333333-3333-3333-3333-333333333333"]),
        ({"type": "people", "people": [{"object": "user", "id": "u"}]},
         {"people": [{"id": "u", "name": None}]}),
        ({"type": "formula", "formula": {"type": "string", "string": "s"}}, "s"),
        ({"type": "unique_id", "unique_id": {"prefix": "ST-", "number": 7}}, "ST-7"),
        ({"type": "files", "files": [{"name": "a.png", "type": "external"}]}, ["a.png"]),
        ({"type": "invented_tomorrow", "invented_tomorrow": {"deep": 1}}, None),
    ],
)  # fmt: skip
def test_a_property_is_read_as_its_plain_value(
    make: Any, value: dict[str, Any], plain: Any
) -> None:
    story = make.story()
    story["properties"]["X"] = {"id": "x%3D", **value}

    page = page_from(story)

    assert page.value("X") == plain
    assert page.properties["X"].id == "x="


def test_archived_and_trashed_pages_are_both_in_the_trash(make: Any) -> None:
    assert page_from(make.story(archived=True)).in_trash
    assert page_from(make.story(in_trash=True)).in_trash
    assert not page_from(make.story()).in_trash


@pytest.mark.parametrize(
    ("text", "known_as"),
    [
        ("abc-123", "abc-123"),
        (" 33333333000040008000000000000001 ", "33333333-0000-4000-8000-000000000001"),
        ("33333333-0000-4000-8000-00000000000A", "33333333-0000-4000-8000-00000000000a"),
    ],
)
def test_an_id_has_one_spelling(text: str, known_as: str) -> None:
    assert notion_id(text) == known_as
