"""What clients do to databases and data sources: create, change, search."""

from dataclasses import dataclass, replace
from typing import Any

from switchboard.local.notion import rich_text, schema, shapes
from switchboard.local.notion.errors import failed, invalid
from switchboard.local.notion.events import Actor
from switchboard.local.notion.ids import normal
from switchboard.local.notion.pages import Pages, refuse_unknown
from switchboard.local.notion.state import NotionState
from switchboard.local.standin.documents import Document

Body = dict[str, Any]

DATABASE_KEYS = frozenset(
    [
        "parent",
        "title",
        "description",
        "is_inline",
        "is_locked",
        "icon",
        "cover",
        "initial_data_source",
        "in_trash",
    ]
)
DATA_SOURCE_KEYS = frozenset(["parent", "title", "properties", "icon", "in_trash", "description"])


@dataclass(frozen=True)
class Databases:
    """Databases hold data sources, data sources hold rows (which are pages)."""

    state: NotionState

    def create(self, body: Body, actor: Actor) -> Document:
        """A database below a page, with its first data source.

        Raises:
            NotionError: no parent page, or a schema that is not understood.
        """
        refuse_unknown(body, DATABASE_KEYS)
        parent = Pages(self.state).parent(body.get("parent"))
        if parent["type"] != "page_id":
            raise failed("parent.page_id", "be defined", "undefined")
        with self.state.change():
            database = self.add(parent, self._title(body), actor)
            database = {
                **database,
                "is_inline": bool(body.get("is_inline")),
                "icon": body.get("icon"),
            }
            self.state.store.put("database", database["id"], database)
            first = body.get("initial_data_source") or {}
            self.add_source(database, database["title"], first.get("properties"), actor)
            self._list_in_page(database, parent["page_id"])
            data = {"parent": {"id": parent["page_id"], "type": "page"}}
            self.state.tell("database.created", (database["id"], "database"), data, actor)
        return database

    def ensure(
        self, page_id: str, ids: tuple[str, str], title: str, columns: Body, actor: Actor
    ) -> None:
        """A database and data source of known ids below a page; missing columns are added."""
        database_id, source_id = ids
        if self.state.store.get("data_source", source_id) is not None:
            self._complete(source_id, columns)
            return
        text = [rich_text.text_item(title)]
        parent = {"type": "page_id", "page_id": page_id}
        database = self.state.born(
            actor, id=database_id, parent=parent, title=text, is_inline=False
        )
        self.state.store.put("database", database_id, database)
        self.add_source(database, text, columns, actor, source_id)
        self._list_in_page(database, page_id)

    def _complete(self, source_id: str, columns: Body) -> None:
        """Add what a newer release has; a column somebody renamed still has its id."""
        known = self.state.columns(source_id)
        ids = {column.raw_id for column in known}
        fresh = [c for c in schema.create(source_id, columns) if c.raw_id not in ids]
        if fresh:
            self.state.save_columns(source_id, [*known, *map(self._related, fresh)])

    def add(self, parent: Document, title: list[rich_text.Item], actor: Actor) -> Document:
        """Store a database without data sources."""
        database = self.state.born(actor, parent=parent, title=title, is_inline=False)
        self.state.store.put("database", database["id"], database)
        return database

    def add_source(
        self,
        database: Document,
        title: list[rich_text.Item],
        properties: object,
        actor: Actor,
        source_id: str | None = None,
    ) -> Document:
        """Store a data source of a database."""
        source = self.state.born(actor, database_id=database["id"], title=title)
        source["id"] = source_id or source["id"]
        given = {"Name": {"title": {}}} if properties is None else properties
        columns = schema.create(source["id"], given)
        source["columns"] = [self._related(column).body() for column in columns]
        self.state.store.put("data_source", source["id"], source, database["id"])
        return source

    def _related(self, column: schema.Property) -> schema.Property:
        """A relation names the database of its data source, too."""
        if column.kind != "relation":
            return column
        source_id = normal(column.config["data_source_id"], "data_source_id")
        database_id = self.state.data_source(source_id)["database_id"]
        config = {**column.config, "data_source_id": source_id, "database_id": database_id}
        return replace(column, config=config)

    def _title(self, body: Body) -> list[rich_text.Item]:
        return rich_text.complete(body.get("title") or [], "title", self.state.name_of)

    def _list_in_page(self, database: Document, page_id: str) -> None:
        title = rich_text.plain(database["title"])
        child = {"id": database["id"], "type": "child_database", "child_database": {"title": title}}
        child["url"] = f"{self.state.url}/d/{database['id'].replace('-', '')}"
        self.state.save_segments(page_id, [*self.state.segments(page_id), {"block": child}])

    def update(self, database_id: str, body: Body, actor: Actor) -> Document:
        """Change title, icon or trash of a database."""
        refuse_unknown(body, DATABASE_KEYS)
        with self.state.change():
            database = self.state.database(database_id)
            changes: Body = {
                key: body[key] for key in ("icon", "is_inline", "in_trash") if key in body
            }
            if "title" in body:
                changes["title"] = self._title(body)
            database = self.state.touch_page({**database, **changes}, actor)
            self.state.store.put("database", database_id, database)
        return database

    def create_source(self, body: Body, actor: Actor) -> Document:
        """Another data source in an existing database."""
        refuse_unknown(body, DATA_SOURCE_KEYS)
        parent = body.get("parent") or {}
        with self.state.change():
            database = self.state.database(normal(parent.get("database_id"), "database_id"))
            source = self.add_source(database, self._title(body), body.get("properties"), actor)
            self._tell_source("data_source.created", source, [], actor)
        return source

    def update_source(self, data_source_id: str, body: Body, actor: Actor) -> Document:
        """Change title or columns.

        Raises:
            NotionError: a column definition is not understood.
        """
        refuse_unknown(body, DATA_SOURCE_KEYS)
        with self.state.change():
            source = self.state.data_source(data_source_id)
            columns = self.state.columns(data_source_id)
            after = schema.change(data_source_id, columns, body.get("properties") or {})
            source["columns"] = [self._related(column).body() for column in after]
            if "title" in body:
                source["title"] = self._title(body)
            source["in_trash"] = bool(body.get("in_trash", source["in_trash"]))
            source = self.state.touch_page(source, actor)
            self.state.store.put("data_source", source["id"], source, source["database_id"])
            touched = [column for column in after if column not in columns]
            if touched:
                self._tell_source("data_source.schema_updated", source, touched, actor)
        return source

    def _tell_source(
        self, kind: str, source: Document, touched: list[schema.Property], actor: Actor
    ) -> None:
        data: Body = {"parent": {"id": source["database_id"], "type": "database"}}
        if touched:
            data["updated_properties"] = [
                {"id": column.shown()["id"], "name": column.name, "action": "updated"}
                for column in touched
            ]
        self.state.tell(kind, (source["id"], "data_source"), data, actor)

    def search(self, body: Body) -> list[shapes.Shown]:
        """Pages and data sources whose title holds the words, last edited first.

        Raises:
            NotionError: the filter names another kind of object.
        """
        kind = (body.get("filter") or {}).get("value")
        if kind not in (None, "page", "data_source"):
            raise invalid(
                "body failed validation: body.filter.value should be `page` or `data_source`."
            )
        words = str(body.get("query") or "").lower()
        found: list[shapes.Shown] = []
        if kind in (None, "page"):
            pages = [page for page in self.state.store.list("page") if not page["in_trash"]]
            hits = [page for page in pages if words in shapes.title_of(self.state, page).lower()]
            found += [shapes.page(self.state, page) for page in hits]
        if kind in (None, "data_source"):
            sources = self.state.store.list("data_source")
            hits = [s for s in sources if words in rich_text.plain(s["title"]).lower()]
            found += [shapes.data_source(self.state, source) for source in hits]
        newest_first = (body.get("sort") or {}).get("direction") != "ascending"
        return sorted(found, key=lambda item: str(item["last_edited_time"]), reverse=newest_first)
