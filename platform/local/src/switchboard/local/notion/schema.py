"""The columns of a data source: which kinds there are, how they are made, changed and shown.

Notion API 2026-03-11, property schema object.
"""

from dataclasses import dataclass, replace
from typing import Any

from switchboard.local.notion.errors import failed, invalid
from switchboard.local.notion.ids import decoded, encoded, property_id, stable

Config = dict[str, Any]

COLOURS = ("gray", "blue", "green", "orange", "purple", "pink", "brown", "yellow", "red")
WRITABLE = frozenset(
    [
        "title",
        "rich_text",
        "number",
        "select",
        "multi_select",
        "status",
        "date",
        "people",
        "checkbox",
        "url",
        "email",
        "phone_number",
        "relation",
        "files",
    ]
)
COMPUTED = frozenset(["created_time", "created_by", "last_edited_time", "last_edited_by"])
WITH_OPTIONS = frozenset({"select", "multi_select", "status"})
DEFAULT_STATUS = ("Not started", "In progress", "Done")


@dataclass(frozen=True)
class Property:
    """One column; `raw_id` is kept undecorated and URL-encoded only when sent."""

    name: str
    raw_id: str
    kind: str
    config: Config
    description: str | None = None

    @property
    def options(self) -> list[Config]:
        return list(self.config.get("options", []))

    def option(self, key: str) -> Config | None:
        """The option with that name or id."""
        options: list[Config] = self.config.get("options", [])
        return next((o for o in options if key in (o["name"], o["id"])), None)

    def with_option(self, name: str) -> "Property":
        """The same column with one more option."""
        options = [*self.options, _option(self.raw_id, {"name": name}, len(self.options))]
        return replace(self, config={**self.config, "options": options})

    def body(self) -> Config:
        """As stored."""
        body = {"name": self.name, "raw_id": self.raw_id, "kind": self.kind, "config": self.config}
        return {**body, "description": self.description}

    def shown(self) -> Config:
        """As the API shows it in a data source."""
        config = dict(self.config)
        if self.kind == "status":
            config["groups"] = _groups(self.options)
        return {
            "id": encoded(self.raw_id),
            "name": self.name,
            "type": self.kind,
            "description": self.description,
            self.kind: config,
        }


def stored(body: Config) -> Property:
    """The column behind a stored body."""
    return Property(
        body["name"], body["raw_id"], body["kind"], body["config"], body.get("description")
    )


def find(columns: list[Property], key: str) -> Property | None:
    """By name, or by id in either form."""
    by_name = next((column for column in columns if column.name == key), None)
    return by_name or next((c for c in columns if c.raw_id in (key, decoded(key))), None)


def create(data_source_id: str, given: object) -> list[Property]:
    """The columns of a new data source.

    Raises:
        NotionError: a kind we do not know, or not exactly one title.
    """
    if not isinstance(given, dict):
        raise failed("properties", "be defined", "undefined")
    columns = [_new(data_source_id, name, config) for name, config in given.items()]
    titles = [column for column in columns if column.kind == "title"]
    if len(titles) != 1:
        raise invalid("A data source must have exactly one title property.")
    return columns


def change(data_source_id: str, columns: list[Property], given: Config) -> list[Property]:
    """Columns added, renamed, reconfigured or (with null) removed.

    Raises:
        NotionError: the title would go, or a definition is not understood.
    """
    for key, config in given.items():
        column = find(columns, key)
        if column is None:
            columns = [*columns, _new(data_source_id, key, config)]
        elif config is None:
            if column.kind == "title":
                raise invalid("Cannot delete the title property of a data source.")
            columns = [c for c in columns if c.raw_id != column.raw_id]
        else:
            columns = [_changed(c, config) if c is column else c for c in columns]
    return columns


def _new(data_source_id: str, name: str, given: object) -> Property:
    kind = _kind(given)
    if kind is None or not isinstance(given, dict):
        raise failed(f"properties.{name}", "be a known property schema", given)
    raw_id = "title" if kind == "title" else property_id(data_source_id, name)
    config = _config(raw_id, kind, given.get(kind) or {}, [])
    return Property(name, raw_id, kind, config, given.get("description"))


def _changed(column: Property, given: Config) -> Property:
    kind = _kind(given) or column.kind
    if kind != column.kind and "title" in (kind, column.kind):
        raise invalid("Cannot change the type of the title property.")
    known = column.options if kind == column.kind else []
    config = _config(column.raw_id, kind, given.get(kind) or {}, known)
    if kind not in given and kind == column.kind:
        config = column.config
    described = given.get("description", column.description)
    return Property(str(given.get("name", column.name)), column.raw_id, kind, config, described)


def _kind(given: object) -> str | None:
    if not isinstance(given, dict):
        return None
    named = [key for key in given if key in WRITABLE | COMPUTED]
    return (
        str(given["type"]) if given.get("type") in WRITABLE | COMPUTED else next(iter(named), None)
    )


def _config(raw_id: str, kind: str, given: Config, known: list[Config]) -> Config:
    if kind in WITH_OPTIONS:
        return {"options": _options(raw_id, kind, given, known)}
    if kind == "number":
        return {"format": given.get("format", "number")}
    if kind == "relation":
        if not given.get("data_source_id"):
            raise failed("properties.relation.data_source_id", "be defined", "undefined")
        return {**given, "type": "single_property", "single_property": {}}
    return {}


def _options(raw_id: str, kind: str, given: Config, known: list[Config]) -> list[Config]:
    """What was sent replaces what was there; an option keeps its id by its name."""
    sent = given.get("options")
    if sent is None:
        sent = known or ([{"name": name} for name in DEFAULT_STATUS] if kind == "status" else [])
    kept = {option["name"]: option for option in known}
    return [
        {**_option(raw_id, option, place), **kept.get(option["name"], {})}
        for place, option in enumerate(sent)
    ]


def _option(raw_id: str, given: Config, place: int) -> Config:
    name = str(given.get("name", ""))
    if not name or "," in name:
        raise invalid(f"Invalid option name {name!r}: an option needs a name without commas.")
    return {
        "id": stable(f"option/{raw_id}/{name}"),
        "name": name,
        "color": given.get("color") or COLOURS[place % len(COLOURS)],
        "description": given.get("description"),
    }


def _groups(options: list[Config]) -> list[Config]:
    """Notion sorts status options into three groups; ours go by their words."""
    names = ("To-do", "In progress", "Complete")
    members: dict[str, list[str]] = {name: [] for name in names}
    for option in options:
        members[group_of(option["name"])].append(option["id"])
    colours = ("gray", "blue", "green")
    return [
        {"id": stable(f"group/{name}"), "name": name, "color": colour, "option_ids": members[name]}
        for name, colour in zip(names, colours, strict=True)
    ]


def group_of(option: str) -> str:
    """The group of a status option: waiting, being worked on, or over."""
    if option in ("To Do", "Not started", "Backlog"):
        return "To-do"
    verbs = ("Generate ", "Synthesize ", "Review Code", "In progress", "Running", "Queued")
    return "In progress" if option.startswith(verbs) else "Complete"
