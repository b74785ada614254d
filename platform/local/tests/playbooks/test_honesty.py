"""A criterion is ticked only when the code does all it says."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from switchboard.local.playbooks.change import Change, change_for
from switchboard.local.playbooks.dates import first_date
from switchboard.local.playbooks.pages.page import prototype_for
from switchboard.local.playbooks.story import Story, read_story

CASES = tomllib.loads(Path(__file__).with_name("honesty.toml").read_text())["case"]
DOCS = Path(__file__).parents[4] / "docs" / "examples"


def _story(title: str, criteria: list[str]) -> Story:
    return read_story({"title": title, "acceptance_criteria": criteria}, "", page_id=title)


def _documented(name: str) -> Story:
    title, _, body = (DOCS / name).read_text().partition("\n")
    return read_story({"title": title.lstrip("# ")}, body, page_id=name)


def _change(case: dict[str, list[str]]) -> Change:
    return change_for(_story(str(case["title"]), [*case["ticked"], *case["open"]]))


def _files(change: Change) -> str:
    return "\n".join(text for _, text in change.files)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["title"])
def test_what_says_more_than_the_code_does_stays_open(case: dict[str, list[str]]) -> None:
    change = _change(case)
    missing = [change.story.criteria[index] for index in change.missing]

    assert missing == case["open"]


@pytest.mark.parametrize("criterion", [text for case in CASES for text in case["open"]])
def test_alone_it_stays_open_too(criterion: str) -> None:
    change = change_for(_story("Something else", [criterion]))

    assert change.missing == (0,)


@pytest.mark.parametrize("name", ["discount-codes.md", "any-story.md", "returns-form.md"])
def test_the_examples_of_the_documentation_are_implemented_whole(name: str) -> None:
    assert change_for(_documented(name)).missing == ()


def test_the_code_of_all_these_works(tmp_path: Path) -> None:
    changes = [_change(case) for case in CASES]
    changes += [change_for(_documented(path.name)) for path in DOCS.glob("*.md")]
    for path, text in (item for change in changes for item in change.files):
        place = tmp_path / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)

    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_a_code_with_a_threshold_is_tried_below_at_and_above_it() -> None:
    source = _files(change_for(_documented("discount-codes.md")))

    assert 'discount(Decimal("99.00"), "SAVE25") == Decimal("0.00")' in source
    assert 'discount(Decimal("100.00"), "SAVE25") == Decimal("25.00")' in source
    assert 'discount(Decimal("101.00"), "SAVE25") == Decimal("25.25")' in source


def test_what_is_not_ticked_is_not_half_done() -> None:
    source = _files(change_for(_story("Discount", ["Orders over 70 EUR get 9 % off on Mondays"])))

    assert "Tier(" not in source
    assert "NOT_IMPLEMENTED" in source


def test_a_list_has_only_the_functions_that_are_asked_for() -> None:
    change = change_for(_documented("any-story.md"))

    assert [part.summary for part in change.parts] == ["filters, searches and sorts products"]
    assert "def page" not in _files(change)
    assert 'id="next-page"' not in prototype_for(change.story).html


def test_only_what_is_called_optional_is_optional() -> None:
    story = _documented("returns-form.md")
    html, source = prototype_for(story).html, _files(change_for(story))

    assert html.count("(optional)") == 1
    assert '<label for="f-comment">Comment <span class="muted">(optional)' in html
    assert 'Field("order_number", "Order number", "text", required=True)' in source


def test_choices_of_the_notes_become_the_options_of_a_field() -> None:
    story = _documented("returns-form.md")
    html, source = prototype_for(story).html, _files(change_for(story))

    assert '<select id="f-reason"' in html
    assert "<option>not as described</option>" in html
    assert 'options=("wrong size", "damaged", "not as described", "changed my mind")' in source
    assert '"return number"' in html


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("valid until 2026-08-31", "2026-08-31"),
        ("expires on 31 August 2026", "2026-08-31"),
        ("ends August 31st, 2026", "2026-08-31"),
        ("gültig bis 31.8.2026", "2026-08-31"),
        ("jusqu'au 31 août 2026", "2026-08-31"),
        ("on 31 February 2026", "None"),
        ("some day", "None"),
    ],
)
def test_dates_are_read_as_people_write_them(text: str, day: str) -> None:
    assert str(first_date(text)) == day


def test_long_titles_do_not_make_long_lines_of_code() -> None:
    change = change_for(_story("A title that goes on and on " * 5, ["The tone is friendly"]))
    heads = [text.splitlines()[0] for _, text in change.files]

    assert max(map(len, heads)) <= 100
