"""Comments on pages; a user mention in one is what notifies a person in Notion."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from switchboard.local.notion import rich_text
from switchboard.local.notion.errors import failed, not_found
from switchboard.local.notion.events import Actor
from switchboard.local.notion.ids import normal
from switchboard.local.notion.pages import refuse_unknown
from switchboard.local.notion.state import NotionState
from switchboard.local.standin.documents import Document

KEYS = frozenset(
    ["parent", "discussion_id", "rich_text", "markdown", "attachments", "display_name"]
)


@dataclass(frozen=True)
class Comments:
    """Create, read and list comments of a page."""

    state: NotionState

    def create(self, body: dict[str, Any], actor: Actor) -> Document:
        """A comment on a page or an answer in a discussion.

        Raises:
            NotionError: neither text nor markdown, no such page, or a mention of nobody.
        """
        refuse_unknown(body, KEYS)
        page_id, discussion_id = self._place(body)
        text = self._text(body)
        with self.state.change():
            comment = self.state.born(
                actor, page_id=page_id, discussion_id=discussion_id, rich_text=text
            )
            self.state.store.put("comment", comment["id"], comment, page_id)
            data = {"page_id": page_id, "parent": {"id": page_id, "type": "page"}}
            self.state.tell("comment.created", (comment["id"], "comment"), data, actor)
        return comment

    def _place(self, body: dict[str, Any]) -> tuple[str, str]:
        if body.get("discussion_id"):
            discussion_id = normal(body["discussion_id"], "discussion_id")
            for comment in self.state.store.list("comment"):
                if comment["discussion_id"] == discussion_id:
                    return str(comment["page_id"]), discussion_id
            raise not_found("discussion", discussion_id)
        parent = body.get("parent")
        if not isinstance(parent, dict):
            raise failed("parent", "be defined", "undefined")
        page_id = normal(parent.get("page_id") or parent.get("block_id"), "page_id")
        self.state.page(page_id)
        return page_id, str(uuid4())

    def _text(self, body: dict[str, Any]) -> list[rich_text.Item]:
        if isinstance(body.get("markdown"), str):
            return rich_text.from_markdown(body["markdown"], self.state.name_of)
        if "rich_text" not in body:
            raise failed("rich_text", "be defined", "undefined")
        return rich_text.complete(body["rich_text"], "rich_text", self.state.name_of)

    def one(self, comment_id: str) -> Document:
        """A comment by id.

        Raises:
            NotionError: there is none.
        """
        comment = self.state.store.get("comment", comment_id)
        if comment is None:
            raise not_found("comment", comment_id)
        return comment
