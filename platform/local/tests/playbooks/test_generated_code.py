"""The code a story becomes runs, and its tests pass, for every example at once."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from switchboard.local.playbooks.change import Change, change_for
from switchboard.local.playbooks.story import read_story


@pytest.fixture(scope="module")
def changes(examples: list[Any]) -> list[Change]:
    return [change_for(example.story) for example in examples]


def _write(changes: list[Change], folder: Path) -> None:
    for change in changes:
        for path, content in change.files:
            place = folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(content)


def _pytest(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_there_are_many_stories_of_many_kinds(examples: list[Any]) -> None:
    kinds = {module for example in examples for module in example.modules}

    assert len(examples) >= 40
    assert len(kinds) == 9


def test_the_tests_of_all_changes_pass(changes: list[Change], tmp_path: Path) -> None:
    _write(changes, tmp_path)

    done = _pytest(tmp_path)

    missing = [change for change in changes if change.missing]
    expected = sum(len(change.tests) for change in changes)
    expected += sum(len(change.missing) + 1 for change in missing)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{expected} passed" in done.stdout


def test_a_repository_with_src_on_the_path_needs_no_help(
    examples: list[Any], tmp_path: Path
) -> None:
    _write([change_for(examples[0].story, adds_src_to_path=False)], tmp_path)
    (tmp_path / "pyproject.toml").write_text('[tool.pytest.ini_options]\npythonpath = ["src"]\n')

    assert _pytest(tmp_path).returncode == 0


def test_each_story_gets_the_code_it_needs(examples: list[Any], changes: list[Change]) -> None:
    found = {change.story.title: {part.module for part in change.parts} for change in changes}

    assert found == {example.story.title: set(example.modules) for example in examples}


def test_what_is_not_implemented_is_said(examples: list[Any], changes: list[Change]) -> None:
    found = {change.story.title: change.missing for change in changes}

    assert found == {example.story.title: example.missing for example in examples}
    for change in changes:
        sources = dict(change.files)
        listed = sources.get(f"src/{change.story.package}/criteria.py", "")
        for index in change.missing:
            assert repr(change.story.criteria[index]) in listed.split("NOT_IMPLEMENTED")[1]


def test_tests_are_named_after_the_criteria_and_quote_them(changes: list[Change]) -> None:
    change = changes[0]
    source = dict(change.files)[change.test_path]

    assert "def test_ac1_orders_above_100_eur_get_a_10_discount__exactly_at" in source
    assert '"""AC 1: Orders above 100 EUR get a 10 % discount."""' in source


def test_numbers_of_the_story_reach_the_code(changes: list[Change]) -> None:
    by_title = {change.story.title: dict(change.files) for change in changes}
    reminders = by_title["Lock accounts after failed logins"]
    source = next(text for path, text in reminders.items() if path.endswith("access.py"))

    assert "MAX_ATTEMPTS = 5" in source
    assert "timedelta(minutes=15)" in source


def test_no_two_changes_write_the_same_file(changes: list[Change]) -> None:
    paths = [path for change in changes for path, _ in change.files]

    assert len(paths) == len(set(paths))
    assert all(re.fullmatch(r"(src|tests)/[a-z0-9_/]+\.py", path) for path in paths)


def test_the_same_story_gives_the_same_files(examples: list[Any]) -> None:
    story = examples[0].story
    again = read_story({"title": story.title}, story.body, page_id=story.page_id)

    assert change_for.__wrapped__(again).files == change_for(story).files


def test_a_test_that_claims_less_is_missing_breaks_when_it_is_implemented(tmp_path: Path) -> None:
    story = read_story({"title": "Unknown"}, "- The tone is friendly")
    change = change_for(story)
    _write([change], tmp_path)
    module = tmp_path / f"src/{story.package}/criteria.py"
    module.write_text(
        module.read_text().replace("NOT_IMPLEMENTED = (", "NOT_IMPLEMENTED = () and (")
    )

    assert change.is_scaffold
    assert _pytest(tmp_path).returncode == 1
