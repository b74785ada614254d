"""The workspace: users, databases, data sources, pages and comments, and who changed them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from switchboard.local.notion import schema, values
from switchboard.local.notion.content import Segment
from switchboard.local.notion.errors import not_found
from switchboard.local.notion.events import WORKSPACE_ID, Actor, Change, Outbox
from switchboard.local.notion.ids import Clock, instant, now
from switchboard.local.notion.schema import Property
from switchboard.local.standin.documents import Document, DocumentStore


@dataclass(frozen=True)
class NotionState:
    """Documents with Notion's meaning. `url` is where people open pages."""

    store: DocumentStore
    outbox: Outbox
    url: str
    clock: Clock = now

    @contextmanager
    def change(self) -> Iterator[None]:
        """A change and its events are committed together; delivery starts after the commit."""
        try:
            with self.store.transaction():
                yield
        except BaseException:
            self.outbox.discard()
            raise
        self.outbox.flush()

    def stamp(self) -> str:
        return instant(self.clock())

    def tell(self, kind: str, entity: tuple[str, str], data: Document, actor: Actor) -> None:
        """Record an event about `(id, type)`."""
        self.outbox.record(Change(kind, {"id": entity[0], "type": entity[1]}, data, actor))

    # Users

    def user(self, user_id: str) -> Document:
        """A user as shown.

        Raises:
            NotionError: there is none.
        """
        user = self.store.get("user", user_id)
        if user is None:
            raise not_found("user", user_id)
        return user

    def users(self) -> list[Document]:
        return self.store.list("user")

    def name_of(self, user_id: str) -> str:
        return str(self.user(user_id)["name"])

    def bot_of(self, token: str) -> Actor | None:
        """The integration behind a token."""
        found = self.store.get("token", token)
        return None if found is None else Actor(found["bot_id"], "bot")

    @property
    def lookups(self) -> values.Lookups:
        """What property values may refer to."""

        def require_page(page_id: str) -> None:
            self.page(page_id)

        return values.Lookups(self.name_of, self.user, require_page)

    # Data sources

    def database(self, database_id: str) -> Document:
        """A database as stored.

        Raises:
            NotionError: there is none.
        """
        found = self.store.get("database", database_id)
        if found is None:
            raise not_found("database", database_id)
        return found

    def data_source(self, data_source_id: str) -> Document:
        """A data source as stored.

        Raises:
            NotionError: there is none.
        """
        found = self.store.get("data_source", data_source_id)
        if found is None:
            raise not_found("data_source", data_source_id)
        return found

    def columns(self, data_source_id: str) -> list[Property]:
        return [schema.stored(body) for body in self.data_source(data_source_id)["columns"]]

    def save_columns(self, data_source_id: str, columns: list[Property]) -> None:
        """Keep the schema; a new select option is a change of it."""
        source = self.data_source(data_source_id)
        source["columns"] = [column.body() for column in columns]
        self.store.put("data_source", data_source_id, source, source["database_id"])

    # Pages

    def page(self, page_id: str) -> Document:
        """A page as stored, also one in the trash.

        Raises:
            NotionError: there is none.
        """
        found = self.store.get("page", page_id)
        if found is None:
            raise not_found("page", page_id)
        return found

    def save_page(self, page: Document) -> None:
        parent = page["parent"]
        self.store.put("page", page["id"], page, str(parent[parent["type"]]))

    def pages_in(self, parent_id: str) -> list[Document]:
        """The pages of a data source or below a page, oldest first, without the trash."""
        return [page for page in self.store.list("page", parent_id) if not page["in_trash"]]

    def page_columns(self, page: Document) -> list[Property]:
        """The columns of the page's data source; a page elsewhere has a title only."""
        if page["parent"]["type"] == "data_source_id":
            return self.columns(page["parent"]["data_source_id"])
        return [Property("title", "title", "title", {})]

    def segments(self, page_id: str) -> list[Segment]:
        """What is on the page."""
        found = self.store.get("content", page_id)
        return [] if found is None else list(found["segments"])

    def save_segments(self, page_id: str, segments: list[Segment]) -> None:
        self.store.put("content", page_id, {"segments": segments})

    def touch_page(self, page: Document, actor: Actor) -> Document:
        """The page with who edited it last, and when."""
        return {**page, "last_edited_time": self.stamp(), "last_edited_by": actor.user_id}

    def event_parent(self, page: Document) -> Document:
        """`data.parent` of an event about this page."""
        parent = page["parent"]
        if parent["type"] == "data_source_id":
            source = parent["data_source_id"]
            return {"id": parent["database_id"], "type": "database", "data_source_id": source}
        if parent["type"] == "page_id":
            return {"id": parent["page_id"], "type": "page"}
        return {"id": WORKSPACE_ID, "type": "space"}

    def born(self, actor: Actor, **more: Any) -> Document:
        """What every new object carries."""
        stamp = self.stamp()
        return {
            "id": str(uuid4()),
            "created_time": stamp,
            "last_edited_time": stamp,
            "created_by": actor.user_id,
            "last_edited_by": actor.user_id,
            "in_trash": False,
            **more,
        }

    def comments_on(self, page_id: str) -> list[Document]:
        """Comments of a page, oldest first."""
        return self.store.list("comment", page_id)
