"""Whatever people write, the criteria are found in it."""

import pytest

from switchboard.local.playbooks.criteria import MAX_CRITERIA, MAX_LENGTH, criteria_of
from switchboard.local.playbooks.story import read_story, slug


@pytest.mark.parametrize(
    "body",
    [
        "## Acceptance criteria\n- one\n- two\n\n## Notes\n- not this",
        "**Acceptance Criteria**\n* one\n* two",
        "Acceptance criteria:\n1. one\n2) two",
        "Prose.\n\n### Akzeptanzkriterien\n- [ ] one\n- [x] two\n",
        "## Critères d'acceptation\n• one\n• two",
        "# Criterios de aceptación\n+ one\n+ two\n# Otros\n+ three",
        "Some text\n- one\n- two",
        "## Acceptance criteria\none\ntwo",
    ],
)
def test_lists_in_every_form_give_their_items(body: str) -> None:
    assert criteria_of("Title", body, []) == ("one", "two")


def test_given_criteria_win_over_the_body() -> None:
    found = criteria_of("Title", "- from the body", ["- from the property\n- and more"])

    assert found == ("from the property", "and more")


def test_a_scenario_becomes_one_criterion() -> None:
    body = "Given a cart\nWhen I pay\nThen it is empty\n\nGiven no cart\nWhen I pay\nThen I see why"

    assert criteria_of("Title", body, []) == (
        "Given a cart, When I pay, Then it is empty",
        "Given no cart, When I pay, Then I see why",
    )


def test_prose_is_cut_into_sentences() -> None:
    assert criteria_of("T", "The list must load. It shows ten rows.", []) == (
        "The list must load.",
        "It shows ten rows.",
    )


@pytest.mark.parametrize("body", ["", "   \n\n", "---", "***"])
def test_without_text_the_title_is_the_criterion(body: str) -> None:
    assert criteria_of("Only a title", body, []) == ("Only a title",)


def test_markup_repetition_and_endless_text_are_tamed() -> None:
    body = "- **Bold** [link](https://x)\n- bold link\n- " + "x" * 5_000 + "\n"
    body += "\n".join(f"- item {number}" for number in range(200))

    found = criteria_of("T", body, [])

    assert found[0] == "Bold link"
    assert len(found) == MAX_CRITERIA
    assert max(map(len, found)) == MAX_LENGTH


def test_an_indented_line_belongs_to_its_item() -> None:
    assert criteria_of("T", "- one\n  goes on\n- two", []) == ("one goes on", "two")


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Discount at checkout", "discount_at_checkout"),
        ("Größe & Straße", "grosse_strasse"),
        ("Déjà vu 🎉", "deja_vu"),
        ("2 factors", "story_2_factors"),
        ("日本語", ""),
        ("a" * 100, "a" * 32),
    ],
)
def test_a_title_becomes_an_identifier(title: str, name: str) -> None:
    assert slug(title) == name


def test_stories_with_the_same_title_get_packages_of_their_own() -> None:
    first = read_story({"title": "Same"}, "", page_id="one")
    second = read_story({"title": "Same"}, "", page_id="two")

    assert first.package != second.package
    assert first.package.isidentifier()
