"""Events about pages in Notion."""

from datetime import datetime
from typing import ClassVar

from pydantic import Field

from switchboard.events.envelope import EventData


class ContentChangedV1(EventData):
    """Notion said that a page changed; what it holds now must be read."""

    DETAIL_TYPE: ClassVar[str] = "ContentChanged.v1"

    source_event_id: str = Field(description="Notion's id of the delivery, or a hash of its body")
    shape: str = Field(description="notion, automation or seed: which door it came through")
    page_id: str
    workspace_id: str
    authors: list[str] = Field(default_factory=list, description="Notion user ids")
    changed_property_ids: list[str] = Field(default_factory=list)
    occurred_at: datetime
    change: str = Field(
        default="properties",
        description="properties, content, comments, moved, removed or restored; only the first "
        "can ask for work, all of them concern the knowledge base",
    )
    parent_ids: list[str] = Field(
        default_factory=list, description="page, database and data source the page lies in"
    )


class TriggerRejectedV1(EventData):
    """A person asked for work that could not be accepted; they are told why."""

    DETAIL_TYPE: ClassVar[str] = "TriggerRejected.v1"

    notion_page_id: str
    workspace_id: str
    trigger_value: str
    code: str
    message: str
    remediation: str
    requested_by: list[str] = Field(default_factory=list)
