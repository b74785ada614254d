"""The four bodies that arrive at the webhook door, and the one model they become (F3).

Sources: the seed's design (`page.updated`); Notion API 2026-03-11, webhooks (event delivery and
handshake); Notion database automations, "Send webhook" action (public captures, no documentation).
"""

import hashlib
from datetime import datetime
from typing import Annotated, Any, TypeVar

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    TypeAdapter,
    ValidationError,
)

from switchboard.events.content import ContentChangedV1
from switchboard.ingress.domain.model import notion_id

PAGE_CHANGES = ("page.created", "page.properties_updated", "page.updated")
"""The event types that can change a Status or a configuration."""
KNOWLEDGE_CHANGES = {
    "page.content_updated": "content",
    "page.moved": "moved",
    "page.deleted": "removed",
    "page.undeleted": "restored",
    "comment.created": "comments",
    "comment.updated": "comments",
    "comment.deleted": "comments",
}
"""Those that only concern the knowledge base; all others are acknowledged."""
_PARENT_IDS = ("id", "page_id", "database_id", "data_source_id")

MAX_ID = 128
Identifier = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,128}$")]
"""An id that is safe inside a path; what else a body may say is treated as text."""


class MalformedWebhookError(ValueError):
    """A true webhook whose body is none of the known shapes; says which field and why."""


class _Body(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _Handshake(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    verification_token: str = Field(pattern=r"^[\x21-\x7e]{8,512}$")


class _Reference(_Body):
    id: Identifier
    type: str = ""


class _NotionData(_Body):
    updated_properties: list[str] = Field(default_factory=list, max_length=1000)
    parent: Any = None
    page_id: Identifier | None = None


class NotionBody(_Body):
    """A delivery of a Notion webhook subscription."""

    id: Identifier
    timestamp: AwareDatetime
    workspace_id: Identifier
    type: str
    entity: _Reference
    authors: list[_Reference] = Field(default_factory=list, max_length=1000)
    data: _NotionData = Field(default_factory=_NotionData)

    def change(self, raw: bytes, received_at: datetime) -> ContentChangedV1 | None:  # noqa: ARG002 - one signature for all shapes
        """The change it reports, None for types that cannot start anything."""
        change = KNOWLEDGE_CHANGES.get(self.type)
        if self.type in PAGE_CHANGES:
            change = "properties"
        # A comment names its page among its data.
        page_id = self.data.page_id if self.entity.type == "comment" else self.entity.id
        if change is None or page_id is None or self.entity.type not in ("page", "comment"):
            return None
        return ContentChangedV1(
            source_event_id=self.id,
            shape="notion",
            page_id=notion_id(page_id),
            workspace_id=self.workspace_id,
            authors=[author.id for author in self.authors],
            changed_property_ids=list(self.data.updated_properties),
            occurred_at=self.timestamp,
            change=change,
            parent_ids=_parent_ids(self.data.parent) if self.entity.type == "page" else [],
        )


class SeedBody(_Body):
    """The body of the first design; `id` and `timestamp` may be added by a sender that has them."""

    type: str
    page_id: Identifier
    workspace_id: Identifier
    properties_changed: list[str] = Field(default_factory=list, max_length=1000)
    id: Identifier | None = None
    timestamp: AwareDatetime | None = None

    def change(self, raw: bytes, received_at: datetime) -> ContentChangedV1 | None:
        """The change it reports.

        Without an id, two deliveries of one minute are the same event: Notion's edit times have no
        finer grain, and a body without any identity must not block the next day's trigger.
        """
        if self.type not in PAGE_CHANGES:
            return None
        minute = received_at.strftime("%Y%m%dT%H%M")
        return ContentChangedV1(
            source_event_id=self.id or f"seed-{hashlib.sha256(raw).hexdigest()}-{minute}",
            shape="seed",
            page_id=notion_id(self.page_id),
            workspace_id=self.workspace_id,
            changed_property_ids=list(self.properties_changed),
            occurred_at=self.timestamp or received_at,
        )


class _Source(_Body):
    type: str
    event_id: Identifier
    user_id: Identifier | None = None


class _Row(_Body):
    object: str
    id: Identifier
    parent: Any = None


class AutomationBody(_Body):
    """What the "Send webhook" action of a database button or automation posts."""

    source: _Source
    data: _Row

    def change(self, raw: bytes, received_at: datetime) -> ContentChangedV1 | None:  # noqa: ARG002 - one signature for all shapes
        """The change it reports; the body names neither workspace nor changed properties."""
        if self.data.object != "page":
            return None
        return ContentChangedV1(
            source_event_id=self.source.event_id,
            shape="automation",
            page_id=notion_id(self.data.id),
            workspace_id="",
            authors=[self.source.user_id] if self.source.user_id else [],
            occurred_at=received_at,
            parent_ids=_parent_ids(self.data.parent),
        )


def _parent_ids(parent: Any) -> list[str]:
    """The ids of what a page lies in; the id is sometimes the database's, sometimes the source's.

    Read leniently: whatever else stands there, the change itself counts.
    """
    if not isinstance(parent, dict) or parent.get("type") in ("space", "workspace"):
        return []
    found = (parent.get(name) for name in _PARENT_IDS)
    named = (notion_id(item) for item in found if isinstance(item, str) and len(item) <= MAX_ID)
    return list(dict.fromkeys(named))


Shape = TypeVar("Shape", bound=BaseModel)
# Nesting of any depth and bytes of any encoding end in a ValidationError.
_JSON: TypeAdapter[Any] = TypeAdapter(JsonValue)


def handshake_token(raw: bytes) -> str | None:
    """The token, when the body is `{"verification_token": "..."}` and nothing else."""
    try:
        return _Handshake.model_validate_json(raw).verification_token
    except ValidationError:
        return None


def read_body(raw: bytes) -> NotionBody | SeedBody | AutomationBody:
    """Read a body whose truth has been established.

    Raises:
        MalformedWebhookError: it is none of the three shapes.
    """
    try:
        value: Any = _JSON.validate_json(raw)
    except ValidationError as error:
        raise MalformedWebhookError("the body is not JSON") from error
    shape: type[NotionBody | AutomationBody | SeedBody]
    for field, shape in (("entity", NotionBody), ("source", AutomationBody), ("page_id", SeedBody)):
        if isinstance(value, dict) and field in value:
            return _validated(shape, value)
    raise MalformedWebhookError("the body has neither entity, nor source, nor page_id")


def _validated(shape: type[Shape], value: dict[str, Any]) -> Shape:
    try:
        return shape.model_validate(value)
    except ValidationError as error:
        where = "; ".join(
            f"{'.'.join(str(part) for part in item['loc'])}: {item['msg']}"
            for item in error.errors()
        )
        raise MalformedWebhookError(where) from error
