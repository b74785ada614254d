"""Writing tools: what they make hangs under the story's own page.

The gateway's policies say so too; the target checks it again (defence in depth).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from switchboard.tools.arguments import Arguments
from switchboard.tools.errors import AuthFailedError, InvalidArgumentsError
from switchboard.tools.ledger import Result
from switchboard.tools.notion.api import Body, NotionApi
from switchboard.tools.notion.existing import Existing
from switchboard.tools.notion.reading import id_in
from switchboard.tools.notion.values import (
    page_title,
    plain_text,
    property_objects,
    rich_text,
    same_id,
    title_of,
)
from switchboard.tools.tool_target import Call

Clock = Callable[[], datetime]


def own_page(page_id: str | None, call: Call) -> str:
    """The story's page, if that is what `page_id` names.

    Raises:
        AuthFailedError: it names another page, or none.
    """
    own = call.invocation.own_page()
    if page_id is None or not same_id(page_id, own):
        raise AuthFailedError(
            "This invocation may write only at its story's page",
            f"Use the page {own}",
        )
    return own


@dataclass(frozen=True)
class CreatePages:
    """Create pages under the story's page."""

    api: NotionApi
    existing: Existing
    now: Clock

    def __call__(self, arguments: Arguments, call: Call) -> Result:
        """Answer `{pages: [{id, url, title, parent_page_id}]}`."""
        parent = own_page(arguments["parent"].get("page_id"), call)
        pages = [self._create(parent, page, call) for page in arguments["pages"]]
        return {"pages": pages}

    def _create(self, parent: str, page: dict[str, Any], call: Call) -> Body:
        title = page_title(page["properties"])
        body: Body = {
            "parent": {"type": "page_id", "page_id": parent},
            "properties": {"title": {"title": rich_text(title)}},
        }
        if page.get("content"):
            body["markdown"] = page["content"]
        since = call.resumed_since or self.now()
        found = self._found(parent, title, since) if call.resumed_since else None
        made = found or self.api.create("pages", body, lambda: self._found(parent, title, since))
        return {
            "id": made["id"],
            "url": made.get("url"),
            "title": title_of(made) or title,
            "parent_page_id": parent,
        }

    def _found(self, parent: str, title: str, since: datetime) -> Body | None:
        return self.existing.child(parent, "child_page", title, since)


@dataclass(frozen=True)
class UpdatePage:
    """Change the story's page."""

    api: NotionApi

    def __call__(self, arguments: Arguments, call: Call) -> Result:
        """Answer `{id, url, title}`."""
        page_id = own_page(arguments["page_id"], call)
        command = arguments["command"]
        if command == "update_properties":
            page = self._properties(page_id, arguments.get("properties", {}))
        elif command in {"replace_content", "update_content"}:
            self.api.patch(f"pages/{page_id}/markdown", _content(command, arguments))
            page = self.api.get(f"pages/{page_id}")
        else:
            raise InvalidArgumentsError(
                "command must be update_properties, replace_content or update_content"
            )
        return {"id": page["id"], "url": page.get("url"), "title": title_of(page)}

    def _properties(self, page_id: str, given: dict[str, Any]) -> Body:
        schema = self.api.get(f"pages/{page_id}")["properties"]
        return self.api.patch(f"pages/{page_id}", {"properties": property_objects(given, schema)})


def _content(command: str, arguments: Arguments) -> Body:
    if command == "replace_content":
        if "new_str" not in arguments:
            raise InvalidArgumentsError("replace_content needs new_str")
        return {"type": command, command: {"new_str": arguments["new_str"]}}
    if not arguments.get("content_updates"):
        raise InvalidArgumentsError("update_content needs content_updates")
    return {"type": command, command: {"content_updates": arguments["content_updates"]}}


@dataclass(frozen=True)
class CreateDatabase:
    """Create a database under the story's page."""

    api: NotionApi
    existing: Existing
    now: Clock

    def __call__(self, arguments: Arguments, call: Call) -> Result:
        """Answer `{id, data_source_id, url, title, parent_page_id}`."""
        parent = own_page(arguments["parent"].get("page_id"), call)
        title = arguments["title"]
        body = {
            "parent": {"type": "page_id", "page_id": parent},
            "title": rich_text(title),
            "initial_data_source": {"properties": arguments["properties"]},
        }
        since = call.resumed_since or self.now()
        found = self._found(parent, title, since) if call.resumed_since else None
        made = found or self.api.create(
            "databases", body, lambda: self._found(parent, title, since)
        )
        sources = made.get("data_sources") or [{}]
        return {
            "id": made["id"],
            "data_source_id": sources[0].get("id"),
            "url": made.get("url"),
            "title": title,
            "parent_page_id": parent,
        }

    def _found(self, parent: str, title: str, since: datetime) -> Body | None:
        return self.existing.child(parent, "child_database", title, since)


@dataclass(frozen=True)
class CreateComment:
    """Comment on the story's page."""

    api: NotionApi
    existing: Existing
    now: Clock

    def __call__(self, arguments: Arguments, call: Call) -> Result:
        """Answer `{id, page_id}`."""
        page_id = own_page(arguments["parent"].get("page_id"), call)
        body: Body = {"parent": {"page_id": id_in(page_id)}}
        if arguments.get("rich_text"):
            body["rich_text"] = arguments["rich_text"]
            text = plain_text(arguments["rich_text"])
        elif arguments.get("markdown"):
            body["markdown"] = text = arguments["markdown"]
        else:
            raise InvalidArgumentsError("Give markdown or rich_text")
        since = call.resumed_since or self.now()
        found = self.existing.comment(page_id, text, since) if call.resumed_since else None
        made = found or self.api.create(
            "comments", body, lambda: self.existing.comment(page_id, text, since)
        )
        return {"id": made["id"], "page_id": page_id}
