"""Pages for people: the board, a story, the executions table. Everything shown is escaped."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from switchboard.local.notion import content, rich_text, schema, shapes
from switchboard.local.notion.errors import NotionError
from switchboard.local.notion.events import WORKSPACE_NAME, Actor
from switchboard.local.notion.ids import normal
from switchboard.local.notion.pages import Pages
from switchboard.local.notion.seed import ADA, DASHBOARD_SOURCE, PROJECTS_SOURCE, STORIES_SOURCE
from switchboard.local.notion.state import NotionState
from switchboard.local.notion.values import text_of
from switchboard.local.standin import html

Shown = dict[str, Any]

BRAND = Markup(
    '<strong>{}</strong><nav><a href="/">Board</a><a href="/executions">Executions</a>'
    '<a href="/d/{}">Projects</a></nav><span class="note">local stand-in for Notion</span>'
).format(WORKSPACE_NAME, PROJECTS_SOURCE.replace("-", ""))
TONES = {"To-do": "", "In progress": "busy", "Complete": "good"}
BAD = frozenset({"Failed", "Cancelled", "failed", "cancelled", "timed_out"})
BUSY = frozenset({"running", "queued", "pending"})
SHADED = BAD | BUSY | {"completed"}
CELLS = {"number": "n", "date": "d", "select": "d"}
LONG = 30
"""Longer texts in a table get a wider column."""
ALWAYS = ("To Do", "Done")
"""Columns that are shown even when empty; the other sixteen only when they hold a story."""


def tone(status: str) -> str:
    """The colour of a status."""
    if status in BAD:
        return "bad"
    return "busy" if status in BUSY else TONES[schema.group_of(status)]


@dataclass(frozen=True)
class Board:
    """The workspace as HTML."""

    state: NotionState

    def routes(self) -> list[Route]:
        """All pages, and the form that moves a story."""
        return [
            Route("/", self._answering(self.board)),
            Route("/executions", self._answering(self.executions)),
            Route("/p/{page_id}", self._answering(self.story)),
            Route("/d/{source_id}", self._answering(self.table)),
            Route("/p/{page_id}/status", self.move, methods=["POST"]),
        ]

    def _answering(self, show: Callable[[Request], Response]) -> Callable[[Request], Any]:
        async def answer(request: Request) -> Response:
            try:
                return show(request)
            except NotionError as error:
                body = Markup('<p class="empty">{}</p>').format(error.message)
                return html.page("Not found", BRAND, body, status=404)

        return answer

    def _rows(self, source_id: str) -> list[Shown]:
        columns = self.state.columns(source_id)
        return [shapes.page(self.state, row, columns) for row in self.state.pages_in(source_id)]

    def board(self, _request: Request) -> Response:
        """Stories by status."""
        columns: dict[str, list[Shown]] = {}
        status = schema.find(self.state.columns(STORIES_SOURCE), "Status")
        for name in [option["name"] for option in (status.options if status else [])]:
            columns[name] = []
        for story in self._rows(STORIES_SOURCE):
            columns.setdefault(_status(story), []).append(story)
        shown = [
            _column(name, stories) for name, stories in columns.items() if stories or name in ALWAYS
        ]
        body = Markup('<h1>User Stories</h1><div class="board">{}</div>').format(html.join(shown))
        return html.page("User Stories", BRAND, body, wide=True)

    def story(self, request: Request) -> Response:
        """One page: properties, text, comments."""
        page = self.state.page(normal(request.path_params["page_id"], "page_id"))
        shown = shapes.page(self.state, page)
        title = shapes.title_of(self.state, page) or "Untitled"
        text, _unknown = content.markdown_of(self.state.segments(page["id"]))
        rows = [self._property(page, name, value) for name, value in shown["properties"].items()]
        props = Markup('<div class="card"><dl class="props">{}</dl></div>').format(html.join(rows))
        comments = [_comment(self.state, c) for c in self.state.comments_on(page["id"])]
        none = Markup('<p class="soft small">No comments yet.</p>')
        body = Markup('<h1>{}</h1>{}{}<div class="card">{}</div><h2>Comments</h2>{}').format(
            title,
            _trashed(page),
            props if any(rows) else "",
            html.markdown(_linked(text))
            if text.strip()
            else Markup('<p class="soft">Empty page.</p>'),
            html.join(comments) if comments else none,
        )
        return html.page(title, BRAND, body)

    def _property(self, page: Shown, name: str, value: Shown) -> Markup:
        if value["type"] == "title":
            return Markup("")
        shown = self._status_form(page, value) if value["type"] == "status" else self._value(value)
        return Markup("<dt>{}</dt><dd>{}</dd>").format(name, shown)

    def _status_form(self, page: Shown, value: Shown) -> Markup:
        """Choosing another status here is Ada doing it in Notion."""
        column = next(c for c in self.state.page_columns(page) if c.kind == "status")
        chosen = value["status"]["name"] if value["status"] else ""
        options = [
            Markup("<option{}>{}</option>").format(
                Markup(" selected") if option["name"] == chosen else "", option["name"]
            )
            for option in column.options
        ]
        return Markup(
            '<form method="post" action="/p/{}/status"><select name="status" data-submit '
            'aria-label="Status">{}</select></form>'
        ).format(page["id"].replace("-", ""), html.join(options))

    def _value(self, value: Shown) -> Markup:
        kind, text = value["type"], text_of(value)
        if kind == "url" and text:
            return html.external(text)
        if kind == "select" and text:
            return html.pill(text, tone(text) if text in SHADED else "")
        if kind == "date" and text:
            return Markup("{}").format(text.replace("T", " ").removesuffix("Z")[:19])
        if kind == "relation":
            return html.join([self._page_link(item["id"]) for item in value["relation"]])
        if kind == "rich_text":
            return _rich(value["rich_text"])
        return Markup("{}").format(text) if text else Markup('<span class="soft">empty</span>')

    def _page_link(self, page_id: str) -> Markup:
        page = self.state.store.get("page", page_id)
        title = shapes.title_of(self.state, page) if page else page_id
        return Markup('<a href="/p/{}">{}</a> ').format(page_id.replace("-", ""), title)

    def executions(self, _request: Request) -> Response:
        """The dashboard, newest first."""
        return self._table(DASHBOARD_SOURCE)

    def table(self, request: Request) -> Response:
        """Any data source (or the first one of a database) as a table."""
        source_id = normal(request.path_params["source_id"], "data_source_id")
        inside = self.state.store.list("data_source", source_id)
        return self._table(inside[0]["id"] if inside else source_id)

    def _table(self, source_id: str) -> Response:
        title = rich_text.plain(self.state.data_source(source_id)["title"])
        columns = self.state.columns(source_id)
        rows = [self._row(row, columns) for row in reversed(self._rows(source_id))]
        heads = html.join([_head(column) for column in columns])
        table = Markup(
            '<div class="scroll"><table><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>'
        ).format(heads, html.join(rows))
        body = Markup("<h1>{}</h1>{}").format(
            title, table if rows else Markup('<p class="empty">Nothing here yet.</p>')
        )
        return html.page(title, BRAND, body, wide=True)

    def _row(self, row: Shown, columns: list[schema.Property]) -> Markup:
        cells = []
        for column in columns:
            value = row["properties"][column.name]
            shown = self._value(value) if text_of(value) else Markup("")
            if column.kind == "title":
                shown = Markup('<a href="/p/{}">{}</a>').format(
                    row["id"].replace("-", ""), text_of(value) or "Untitled"
                )
            kind = CELLS.get(column.kind, "t" if len(text_of(value)) > LONG else "")
            cells.append(Markup('<td class="{}">{}</td>').format(kind, shown))
        return Markup("<tr>{}</tr>").format(html.join(cells))

    async def move(self, request: Request) -> Response:
        """The status form of a story."""
        form = parse_qs((await request.body()).decode())
        page_id = normal(request.path_params["page_id"], "page_id")
        properties = {"Status": {"status": {"name": form.get("status", [""])[0]}}}
        Pages(self.state).update(page_id, {"properties": properties}, Actor(ADA, "person"))
        return RedirectResponse(f"/p/{page_id.replace('-', '')}", 303)


def _head(column: schema.Property) -> Markup:
    """A column's name, and what it asks for."""
    asks = Markup('<br><span class="soft small">{}</span>').format(column.description)
    return Markup("<th>{}{}</th>").format(column.name, asks if column.description else "")


def _status(story: Shown) -> str:
    value = story["properties"]["Status"]["status"]
    return str(value["name"]) if value else ""


def _column(name: str, stories: list[Shown]) -> Markup:
    return Markup(
        '<section class="column"><h2>{} <span class="soft">{}</span></h2>{}</section>'
    ).format(
        html.pill(name or "No status", tone(name)),
        len(stories),
        html.join([_tile(s) for s in stories]),
    )


def _tile(story: Shown) -> Markup:
    texts = {name: text_of(value) for name, value in story["properties"].items()}
    ticket = texts.get("Ticket")
    return Markup(
        '<a class="tile" href="/p/{}"><b>{}</b>{}<span class="soft small">{}</span></a>'
    ).format(
        story["id"].replace("-", ""),
        texts["Name"] or "Untitled",
        html.pill(ticket, "accent") if ticket else "",
        texts.get("Last Result") or texts.get("Assignee") or "",
    )


def _comment(state: NotionState, comment: Shown) -> Markup:
    author = state.user(comment["created_by"])
    return Markup(
        '<div class="card"><p class="small soft"><b>{}</b> {} · {}</p>'
        '<div class="md"><p>{}</p></div></div>'
    ).format(
        author["name"],
        html.pill("bot", "accent") if author["type"] == "bot" else "",
        comment["created_time"].replace("T", " ")[:19],
        _rich(comment["rich_text"]),
    )


def _rich(items: list[rich_text.Item]) -> Markup:
    return html.join([_rich_item(item) for item in items])


def _rich_item(item: rich_text.Item) -> Markup:
    text = html.join(
        [
            Markup("{}{}").format(Markup("<br>") if place else "", line)
            for place, line in enumerate(item["plain_text"].split("\n"))
        ]
    )
    if item["type"] == "mention":
        return html.pill(item["plain_text"], "accent")
    looks = item["annotations"]
    for look, tag in (("code", "code"), ("bold", "b"), ("italic", "i")):
        if looks.get(look):
            text = Markup("<{0}>{1}</{0}>").format(tag, text)
    if item["href"] and item["href"].startswith(("http://", "https://")):
        return Markup('<a href="{}" rel="noreferrer">{}</a>').format(item["href"], text)
    return text


def _linked(text: str) -> str:
    """Notion's tags for child pages and mentions as markdown links."""
    text = content.CHILD_TAG.sub(lambda m: f"- [{m['title']}]({m['url']})", text)
    return content.MENTION_TAG.sub(lambda m: f"**@{m['name']}**", text)


def _trashed(page: Shown) -> Markup:
    return html.pill("in trash", "bad") if page["in_trash"] else Markup("")
