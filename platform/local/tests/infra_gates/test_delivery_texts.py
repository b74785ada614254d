"""The comment on a pull request, and the notes of a release."""

from pathlib import Path

import pytest

from switchboard.local.infra_gates.account_diff import MARKER, comment, diff_of
from switchboard.local.infra_gates.release_notes import NoSuchReleaseError, notes

SAID = """\
Stack switchboard-dev-shop
Resources
[~] AWS::Lambda::Function Door DoorFunction1
 └─ [~] MemorySize
     ├─ [-] 256
     └─ [+] 512
[-] AWS::SQS::Queue Old OldQueue2 destroy
[~] AWS::DynamoDB::Table State Table3 (requires replacement)

Stack switchboard-dev-quiet
There were no differences
"""
CHANGELOG = "# Changelog\n\n## Unreleased\n\n- new\n\n## 0.2.0 (November)\n\n- two\n\n## 0.1.0\n"


def test_the_comment_begins_with_its_marker_and_counts_what_changes(tmp_path: Path) -> None:
    text = comment("dev", diff_of(tmp_path, lambda _words: SAID))

    assert text.splitlines()[0] == MARKER
    assert "| switchboard-dev-shop | 0 | 2 | 1 | **yes** |" in text
    assert "1 further stacks do not change." in text
    assert "! AWS::Lambda::Function Door" in text


def test_the_comment_says_so_when_nothing_changes(tmp_path: Path) -> None:
    quiet = "Stack switchboard-dev-quiet\nThere were no differences\n"

    assert "Nothing: 1 stacks are as they are deployed." in comment(
        "dev", diff_of(tmp_path, lambda _words: quiet)
    )


def test_the_comment_fits_into_what_github_takes(tmp_path: Path) -> None:
    long = SAID + "[+] AWS::SQS::Queue New NewQueue\n" * 5000

    assert len(comment("dev", diff_of(tmp_path, lambda _words: long))) < 65_536


@pytest.mark.parametrize(("version", "text"), [(None, "- new\n"), ("v0.2.0", "- two\n")])
def test_the_notes_of_a_release_are_its_section(version: str | None, text: str) -> None:
    assert notes(CHANGELOG, version) == text


@pytest.mark.parametrize("version", ["v0.3.0", "v0.1.0"])
def test_a_release_without_notes_is_refused_with_those_that_exist(version: str) -> None:
    with pytest.raises(NoSuchReleaseError, match=r"0\.2\.0"):
        notes(CHANGELOG, version)
