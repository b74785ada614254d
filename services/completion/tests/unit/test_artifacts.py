"""What counts as an artifact (F7)."""

from datetime import UTC, datetime
from typing import Any

import pytest

from switchboard.completion.domain.artifacts import METADATA, parse_artifacts
from switchboard.events.values import Artifact

SOUND: dict[str, dict[str, Any]] = {
    "pull_request": {"repo": "acme/shop", "branch": "b", "pr_number": 12, "files_changed": 2},
    "prototype": {
        "s3_key": "id/index.html",
        "cloudfront_url": "https://p.example.com/id/index.html",
        "expiry_days": 7,
        "screenshot_url": None,
    },
    "notion_page": {"page_id": "p", "parent_page_id": "story", "page_type": "design"},
    "notion_database": {"database_id": "d", "record_count": 0},
    "insight_report": {
        "page_id": "p",
        "parent_page_id": "story",
        "feedback_database_id": "d",
        "response_count": 9,
    },
}
OPTIONAL = {("prototype", "screenshot_url")}
FIELDS = [
    (kind, name)
    for kind, fields in SOUND.items()
    for name in fields
    if (kind, name) not in OPTIONAL
]


def artifact(kind: str, **changes: Any) -> Artifact:
    fields = {"type": kind, "url": "https://x.example.com/1", "title": "T", "metadata": SOUND[kind]}
    return Artifact(**{**fields, **changes})


@pytest.mark.requirement("CMP-01", "U")
@pytest.mark.requirement("DAT-05", "C")
def test_an_artifact_of_each_of_the_five_types_is_taken_over_as_it_is() -> None:
    reported = [artifact(kind) for kind in SOUND]

    found = parse_artifacts(reported)

    assert found.sound == tuple(reported)
    assert found.flagged == ()
    assert set(SOUND) == set(METADATA)


@pytest.mark.requirement("DAT-06", "C")
@pytest.mark.parametrize(("kind", "name"), FIELDS)
def test_metadata_without_one_of_its_fields_is_flagged_by_that_name(kind: str, name: str) -> None:
    lacking = {key: value for key, value in SOUND[kind].items() if key != name}

    (flagged,) = parse_artifacts([artifact(kind, metadata=lacking)]).flagged

    assert flagged.reason == f"metadata without a usable {name}"
    assert flagged.openable


@pytest.mark.requirement("DAT-06", "C")
def test_metadata_of_the_wrong_type_is_flagged() -> None:
    wrong = {**SOUND["pull_request"], "pr_number": "12"}

    (flagged,) = parse_artifacts([artifact("pull_request", metadata=wrong)]).flagged

    assert flagged.reason == "metadata without a usable pr_number"


@pytest.mark.requirement("DAT-05", "C")
def test_an_unknown_type_is_flagged() -> None:
    (flagged,) = parse_artifacts([artifact("notion_page", type="spreadsheet")]).flagged

    assert flagged.reason == "unknown type 'spreadsheet'"


@pytest.mark.requirement("DAT-05", "C")
def test_only_a_prototype_may_expire() -> None:
    soon = datetime(2026, 2, 11, tzinfo=UTC)

    assert parse_artifacts([artifact("prototype", expires_at=soon)]).flagged == ()
    assert len(parse_artifacts([artifact("notion_page", expires_at=soon)]).flagged) == 1


@pytest.mark.requirement("CMP-01", "U")
@pytest.mark.parametrize(
    "url", ["", "javascript:alert(1)", "pull/12", "https://", "ftp://x.example.com", "http://[x"]
)
def test_what_cannot_be_opened_is_no_link(url: str) -> None:
    (flagged,) = parse_artifacts([artifact("pull_request", url=url)]).flagged

    assert flagged.reason == "its url cannot be opened"
    assert not flagged.openable
