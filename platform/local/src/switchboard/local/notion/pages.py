"""What clients and people do to pages: create, set properties, trash, write content."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from switchboard.local.notion import blocks, content, schema, shapes, values
from switchboard.local.notion.errors import failed, invalid
from switchboard.local.notion.events import Actor
from switchboard.local.notion.ids import encoded, normal
from switchboard.local.notion.state import NotionState
from switchboard.local.standin.documents import Document

Body = dict[str, Any]

CREATE_KEYS = frozenset(
    [
        "parent",
        "properties",
        "children",
        "markdown",
        "icon",
        "cover",
        "template",
        "position",
        "content",
        "allow_async",
    ]
)
UPDATE_KEYS = frozenset(
    [
        "properties",
        "in_trash",
        "archived",
        "icon",
        "cover",
        "is_locked",
        "template",
        "erase_content",
        "allow_async",
    ]
)


def refuse_unknown(body: Body, known: frozenset[str]) -> None:
    """Notion refuses keys it does not know.

    Raises:
        NotionError: naming the first one.
    """
    for key in body:
        if key not in known:
            raise failed(key, "be not present", body[key])


@dataclass(frozen=True)
class Pages:
    """Each call is one transaction and raises the events Notion would raise."""

    state: NotionState

    def create(self, body: Body, actor: Actor, page_id: str | None = None) -> Document:
        """A new page; `page_id` is for seeded pages, whose ids are known beforehand.

        Raises:
            NotionError: parent missing, property unknown or of the wrong type.
        """
        refuse_unknown(body, CREATE_KEYS)
        if "markdown" in body and body.get("children"):
            raise invalid("body failed validation: markdown and children cannot both be present.")
        with self.state.change():
            page = self.state.born(actor, parent=self.parent(body.get("parent")), values={})
            page = {**page, "icon": body.get("icon"), "cover": body.get("cover")}
            page["id"] = page_id or page["id"]
            segments = self._first_content(body)
            self._assign(page, body.get("properties") or {})
            self.state.save_page(page)
            self.state.save_segments(page["id"], segments)
            self._list_in_parent(page)
            data = {"parent": self.state.event_parent(page)}
            self.state.tell("page.created", (page["id"], "page"), data, actor)
        return page

    def parent(self, given: object) -> Document:
        """The parent as stored.

        Raises:
            NotionError: none given, or it does not exist.
        """
        if not isinstance(given, dict):
            raise failed("parent", "be defined", "undefined")
        if "page_id" in given:
            page_id = normal(given["page_id"], "page_id")
            if self.state.page(page_id)["in_trash"]:
                raise invalid(
                    "Can't edit block that is archived. "
                    "You must unarchive the block before editing."
                )
            return {"type": "page_id", "page_id": page_id}
        if "data_source_id" in given:
            source = self.state.data_source(normal(given["data_source_id"], "data_source_id"))
            return _row_parent(source)
        if "database_id" in given:
            database = self.state.database(normal(given["database_id"], "database_id"))
            return _row_parent(self.state.store.list("data_source", database["id"])[0])
        raise invalid(
            "Internal integrations aren't owned by a single user, so creating workspace-level "
            "private pages is not supported."
        )

    def _first_content(self, body: Body) -> list[content.Segment]:
        if body.get("markdown"):
            return content.rewritten([], str(body["markdown"]), may_delete=True)
        children = blocks.checked(body.get("children") or [], self.state.name_of)
        return [{"block": {**child, "id": str(uuid4())}} for child in children]

    def _list_in_parent(self, page: Document) -> None:
        if page["parent"]["type"] != "page_id":
            return
        parent_id = page["parent"]["page_id"]
        title = shapes.title_of(self.state, page)
        child = {"id": page["id"], "type": "child_page", "child_page": {"title": title}}
        child["url"] = shapes.page_url(self.state, page["id"])
        self.state.save_segments(parent_id, [*self.state.segments(parent_id), {"block": child}])

    def _assign(self, page: Document, properties: Body) -> list[str]:
        """Set properties; the raw ids of those whose value is now another."""
        columns = self.state.page_columns(page)
        changed: list[str] = []
        for key, given in properties.items():
            column = schema.find(columns, key)
            if column is None and key == "title":
                column = next(c for c in columns if c.kind == "title")
            if column is None:
                raise invalid(f"{key} is not a property that exists.")
            parsed = values.parse(column, given, self.state.lookups)
            if parsed.column is not column:
                columns = [parsed.column if c is column else c for c in columns]
                self.state.save_columns(page["parent"]["data_source_id"], columns)
            before = page["values"].get(column.raw_id, values.default(column))
            if before != parsed.value:
                changed.append(column.raw_id)
            page["values"][column.raw_id] = parsed.value
        return changed

    def update(self, page_id: str, body: Body, actor: Actor) -> Document:
        """Set properties, icon, cover or trash; only what really changes raises an event.

        Raises:
            NotionError: no such page or property, or a wrong value.
        """
        refuse_unknown(body, UPDATE_KEYS)
        with self.state.change():
            page = self.state.page(page_id)
            in_trash = bool(body.get("in_trash", body.get("archived", page["in_trash"])))
            if page["in_trash"] and in_trash and body.get("properties"):
                raise invalid("Can't edit page that is in the trash. You must restore it first.")
            changed = self._assign(page, body.get("properties") or {})
            looks: Body = {key: body[key] for key in ("icon", "cover") if key in body}
            if changed or looks or in_trash != page["in_trash"]:
                was_in_trash = page["in_trash"]
                page = self.state.touch_page({**page, **looks, "in_trash": in_trash}, actor)
                self.state.save_page(page)
                self._tell_trash(page, actor, was_in_trash=was_in_trash)
            if changed:
                self.tell_properties(page, changed, actor)
        return page

    def _tell_trash(self, page: Document, actor: Actor, *, was_in_trash: bool) -> None:
        if page["in_trash"] != was_in_trash:
            kind = "page.deleted" if page["in_trash"] else "page.undeleted"
            data = {"parent": self.state.event_parent(page)}
            self.state.tell(kind, (page["id"], "page"), data, actor)

    def tell_properties(self, page: Document, raw_ids: list[str], actor: Actor) -> None:
        """Raise `page.properties_updated` with URL-encoded ids, as Notion does."""
        data = {
            "parent": self.state.event_parent(page),
            "updated_properties": [encoded(raw_id) for raw_id in raw_ids],
        }
        self.state.tell("page.properties_updated", (page["id"], "page"), data, actor)

    def touch(self, page_id: str, actor: Actor) -> Document:
        """Say again that every property of the page changed."""
        with self.state.change():
            page = self.state.page(page_id)
            raw_ids = [column.raw_id for column in self.state.page_columns(page)]
            self.tell_properties(page, raw_ids, actor)
        return page

    def edit_markdown(self, page_id: str, body: Body, actor: Actor) -> Document:
        """Insert, update or replace content; child pages that vanish go to the trash."""
        with self.state.change():
            page = self.state.page(page_id)
            before = self.state.segments(page_id)
            after = content.edited(before, body)
            for lost in content.child_ids(before) - content.child_ids(after):
                self._trash_child(lost)
            return self._save_content(page, after, actor)

    def _trash_child(self, page_id: str) -> None:
        child = self.state.store.get("page", page_id)
        if child is not None:
            self.state.save_page({**child, "in_trash": True})

    def append(self, page_id: str, body: Body, actor: Actor) -> list[blocks.Block]:
        """Add blocks at the start, the end or after a block.

        Raises:
            NotionError: more than 100 blocks, or a position that does not exist.
        """
        with self.state.change():
            page = self.state.page(page_id)
            checked = blocks.checked(body.get("children"), self.state.name_of)
            added = [{**child, "id": str(uuid4())} for child in checked]
            fresh: list[content.Segment] = [{"block": block} for block in added]
            segments = self.state.segments(page_id)
            place = _place(segments, body.get("position") or {"type": "end"})
            self._save_content(page, [*segments[:place], *fresh, *segments[place:]], actor)
        return added

    def _save_content(
        self, page: Document, segments: list[content.Segment], actor: Actor
    ) -> Document:
        page = self.state.touch_page(page, actor)
        self.state.save_page(page)
        self.state.save_segments(page["id"], segments)
        data = {"parent": self.state.event_parent(page), "updated_blocks": []}
        self.state.tell("page.content_updated", (page["id"], "page"), data, actor)
        return page


def _row_parent(source: Document) -> Document:
    return {
        "type": "data_source_id",
        "data_source_id": source["id"],
        "database_id": source["database_id"],
    }


def _place(segments: list[content.Segment], position: Body) -> int:
    if position.get("type") == "start":
        return 0
    if position.get("type") == "end":
        return len(segments)
    wanted = (position.get("after_block") or {}).get("id")
    for place, segment in enumerate(segments):
        if "block" in segment and segment["block"]["id"] == wanted:
            return place + 1
    raise failed("position", "name a block of this page", wanted)
