"""What a run says it made, checked field by field (F7)."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from switchboard.events.values import Artifact


class _Metadata(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)


class PullRequest(_Metadata):
    """Metadata of a `pull_request`."""

    repo: str = Field(min_length=1)
    branch: str = Field(min_length=1)
    pr_number: int = Field(gt=0)
    files_changed: int = Field(ge=0)


class Prototype(_Metadata):
    """Metadata of a `prototype`; a screenshot is not always to be had."""

    s3_key: str = Field(min_length=1)
    cloudfront_url: str = Field(min_length=1)
    expiry_days: int = Field(ge=1)
    screenshot_url: str | None = None


class NotionPage(_Metadata):
    """Metadata of a `notion_page`."""

    page_id: str = Field(min_length=1)
    parent_page_id: str | None
    page_type: str = Field(min_length=1)


class NotionDatabase(_Metadata):
    """Metadata of a `notion_database`."""

    database_id: str = Field(min_length=1)
    record_count: int = Field(ge=0)


class InsightReport(_Metadata):
    """Metadata of an `insight_report`."""

    page_id: str = Field(min_length=1)
    parent_page_id: str | None
    feedback_database_id: str = Field(min_length=1)
    response_count: int = Field(ge=0)


METADATA: dict[str, type[_Metadata]] = {
    "pull_request": PullRequest,
    "prototype": Prototype,
    "notion_page": NotionPage,
    "notion_database": NotionDatabase,
    "insight_report": InsightReport,
}
"""The metadata fields of each artifact type."""


@dataclass(frozen=True)
class Flagged:
    """An artifact that does not fit its contract, and why; `openable` if people can follow it."""

    artifact: Artifact
    reason: str
    openable: bool


@dataclass(frozen=True)
class Artifacts:
    """The sound ones go to properties and to the next step; the flagged ones are shown only."""

    sound: tuple[Artifact, ...]
    flagged: tuple[Flagged, ...]


def parse_artifacts(reported: Sequence[Artifact]) -> Artifacts:
    """Sort a run's artifacts: what machines may use, and what is only shown with its flaw."""
    checked = [(artifact, _flaw(artifact)) for artifact in reported]
    return Artifacts(
        sound=tuple(artifact for artifact, flaw in checked if flaw is None),
        flagged=tuple(
            Flagged(artifact, flaw, _openable(artifact.url)) for artifact, flaw in checked if flaw
        ),
    )


def _openable(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc)


def _flaw(artifact: Artifact) -> str | None:
    if not _openable(artifact.url):
        return "its url cannot be opened"
    if artifact.type not in METADATA:
        return f"unknown type {artifact.type!r}"
    if artifact.expires_at is not None and artifact.type != "prototype":
        return "only a prototype expires"
    try:
        METADATA[artifact.type].model_validate(artifact.metadata)
    except ValidationError as error:
        fields = sorted({str(item["loc"][0]) for item in error.errors()})
        return f"metadata without a usable {', '.join(fields)}"
    return None
