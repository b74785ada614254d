"""Acceptance criteria and related pages are found wherever people write them."""

from typing import Any

import pytest

from switchboard.orchestrator.domain.story import acceptance_criteria, related_page_ids

NOTION_TEXT = {
    "type": "rich_text",
    "rich_text": [{"plain_text": "- one\n"}, {"plain_text": "- two"}],
}
PAGE = "0123abcd-0123-4567-89ab-0123456789ab"


@pytest.mark.parametrize(
    "value",
    [
        "one\ntwo",
        "- one\n- two",
        "1. one\n2) two",
        "- [ ] one\n- [x] two",
        ["one", "two"],
        NOTION_TEXT,
    ],
)
def test_criteria_are_read_from_the_property_in_any_shape(value: Any) -> None:
    assert acceptance_criteria({"Acceptance Criteria": value}, "") == ["one", "two"]


@pytest.mark.parametrize(
    "markdown",
    [
        "## Acceptance criteria\n- one\n- two\n",
        "# Acceptance Criteria:\n\n* one\n* two\n\n## Notes\n- not this\n",
        "intro\n- not this\n### acceptance criteria ##\n1. one\n2. two",
        "## Acceptance criteria\nThese must hold:\n- one\n- two",
    ],
)
def test_criteria_are_read_from_the_section_of_the_text(markdown: str) -> None:
    assert acceptance_criteria({}, markdown) == ["one", "two"]


def test_a_criterion_over_two_lines_is_one_criterion() -> None:
    markdown = "## Acceptance criteria\n- one that is\n  long\n- two"

    assert acceptance_criteria({}, markdown) == ["one that is long", "two"]


def test_pages_that_agents_made_below_the_story_are_no_part_of_a_criterion() -> None:
    children = (
        '<database url="https://n/d/1">Feedback</database>\n<page url="https://n/p/2">D</page>'
    )
    markdown = f"## Acceptance criteria\n- one\n- two\n{children}"

    assert acceptance_criteria({}, markdown) == ["one", "two"]


def test_property_and_section_together_do_not_repeat_a_criterion() -> None:
    markdown = "## Acceptance criteria\n- two\n- three"

    assert acceptance_criteria({"acceptance criteria ": "one\ntwo"}, markdown) == [
        "one",
        "two",
        "three",
    ]


@pytest.mark.parametrize("value", [None, 3, {}, [], {"rich_text": None}, {"select": {"name": "x"}}])
def test_a_property_without_text_holds_no_criteria(value: Any) -> None:
    assert acceptance_criteria({"Acceptance Criteria": value}, "no section here") == []


def test_related_pages_are_read_from_relations_in_both_shapes() -> None:
    other = PAGE.replace("0123abcd", "fedc0123")
    properties = {
        "Epic": {"type": "relation", "relation": [{"id": PAGE}]},
        "Blocks": [other, PAGE],
        "Tags": ["red", "green"],
        "Name": "x",
    }

    assert related_page_ids(properties) == [PAGE, other]
