"""One Notion for all: ingress reads its pages, completion writes on its board, agents below them.

The in-memory adapters of the services are the store; here is what they share, and what the real
Notion does between two calls: it has no conditional write, so looking and making are two steps.
"""

import hashlib
import hmac
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from switchboard.completion.adapters.memory import MemoryBoard, MemoryComment
from switchboard.completion.domain.model import STATUS, Message, Values, plain
from switchboard.completion.domain.model import Page as BoardPage
from switchboard.events.project import ProjectConfiguredV1
from switchboard.ingress.adapters.memory import MemoryPages
from switchboard.ingress.adapters.memory_stories import MemoryStories
from switchboard.ingress.domain.model import Body, Page, Property
from switchboard.ingress.domain.story_draft import StoryDraft
from switchboard.local.simulation.kernel import Simulation
from switchboard.tools.notion.adapters.memory import MemoryNotion

TOKEN = "token-of-the-simulated-subscription"  # noqa: S105 - it proves nothing outside a schedule
WORKSPACE = "11111111-0000-4000-8000-000000000001"
BOT = "11111111-0000-4000-8000-000000000002"
PERSON = "11111111-0000-4000-8000-000000000003"
PROJECTS = "22222222-0000-4000-8000-000000000001"
STORIES = "22222222-0000-4000-8000-000000000002"
DASHBOARD = "22222222-0000-4000-8000-000000000009"
KINDS = {STATUS: "status", "Last Result": "rich_text", "Artifacts": "url", "Assignee": "people"}
ROW = {"Name": "title", "Invocation": "rich_text", "Status": "select", "Summary": "rich_text"}
ATTEMPTS = 8
"""Notion delivers a webhook up to eight times, later each time."""
STATUSES = {
    *("Generate Code", "Generate Prototype", "Generate Spec", "Code Generated", "Spec Ready"),
    *("Prototype Ready", "Demo Deck Ready", "Failed", "Cancelled"),
}


class Board(MemoryBoard):
    """The board, with the gaps of Notion's API between looking and making."""

    def __init__(self, sim: Simulation, status_written: Callable[[str, str], None]) -> None:
        """Tell `status_written` page and status."""
        super().__init__(statuses=set(STATUSES), schemas={DASHBOARD: dict(ROW)})
        self._sim = sim
        self._status_written = status_written
        self.rows_made: Counter[str] = Counter()

    def comment_once(self, page_id: str, mark: str, message: Message) -> str:
        """Look through the comments, then post: two calls."""
        self.page(page_id)
        if not self.marked(mark):
            self._sim.gap()
            self.comments.append(MemoryComment(page_id, message, f"{plain(message)}\n{mark}"))
        return f"comment {mark}"

    def marked(self, mark: str) -> list[MemoryComment]:
        """The comments with this mark; there should be one."""
        return [one for one in self.comments if one.text.endswith(f"\n{mark}")]

    def put_row(self, data_source_id: str, invocation_id: str, values: Values) -> str:
        """Look for the row, then make it: two calls."""
        if self.find_row(data_source_id, invocation_id) is None:
            self._sim.gap()
            self.rows_made[invocation_id] += 1
        return super().put_row(data_source_id, invocation_id, values)

    def write(self, page: BoardPage, values: Values) -> None:
        """A status that is written is a change of the page like any other."""
        super().write(page, values)
        if isinstance(status := values.get(STATUS), str):
            self._status_written(page.page_id, status)


class Stories(MemoryStories):
    """Pages for tickets; looked for, then made."""

    def __init__(self, notion: "Notion", sim: Simulation) -> None:
        """Make them in `notion`."""
        super().__init__(notion.pages, sim.clock)
        self._notion = notion
        self._sim = sim

    def ensure(self, project: ProjectConfiguredV1, draft: StoryDraft) -> Page:
        """Two calls: what another makes in between is not seen."""
        for page in list(self.pages.pages.values()):
            if page.text("Ticket") == draft.ticket_id:
                return page
        self._sim.gap()
        page = self._page(project, draft)
        self.made.append(page.id)
        self.pages.bodies[page.id] = Body("The caller's words")
        self._notion.show(page)
        return page


class Notion:
    """Pages, what happens to them, and the webhooks about it."""

    def __init__(self, sim: Simulation) -> None:
        """Start with an empty workspace."""
        self._sim = sim
        self.pages = MemoryPages()
        self.board = Board(sim, self._written)
        self.tools = MemoryNotion(sim.clock)
        self.deliver: Callable[[bytes, str], bool] = lambda _raw, _signature: True
        """Post a signed webhook; whether it was answered well."""
        self.accepted: set[str] = set()
        """Ids of the events that were answered well."""

    def show(self, page: Page) -> None:
        """A page is there for everybody."""
        self.pages.pages[page.id] = page
        status = {STATUS: page.value(STATUS)}
        url = page.url or ""
        self.board.pages[page.id] = BoardPage(page.id, url, page.title, status, KINDS)
        self.board.bodies[page.id] = self.pages.bodies.get(page.id, Body("")).markdown
        self.tools.add_page(page.id, page.title)

    def story(self, page_id: str, title: str, markdown: str) -> None:
        """A person writes a story."""
        self.pages.bodies[page_id] = Body(markdown)
        properties = {
            "Name": Property("title", "title", title),
            STATUS: Property("st:", "status", "Draft"),
        }
        self.show(self._page(page_id, title, STORIES, properties))

    def configuration(self, page_id: str, **values: Any) -> None:
        """A person writes a configuration page."""
        properties = {
            name: Property(name, "rich_text", value)
            for name, value in {
                "Stories Database": "22222222-0000-4000-8000-000000000003",
                "Stories Data Source": STORIES,
                "Dashboard Data Source": DASHBOARD,
                "GitHub Repo": "acme/app",
                "Owners": {"people": [{"id": PERSON, "name": "Ada"}]},
                **values,
            }.items()
        }
        self.pages.pages[page_id] = self._page(page_id, "proj", PROJECTS, properties)

    def set_status(self, page_id: str, status: str) -> None:
        """A person moves the card."""
        page = self.board.pages[page_id]
        self.board.pages[page_id] = replace(page, properties={**page.properties, STATUS: status})
        self._changed(page_id, status)

    def tell(self, page_id: str, authors: list[str], wait: float | None = None) -> str:
        """A webhook about a page goes out, within a minute; its id."""
        body = {
            "id": self._sim.new_id(),
            "timestamp": self._sim.now.isoformat(),
            "workspace_id": WORKSPACE,
            "type": "page.properties_updated",
            "authors": [{"id": author, "type": "person"} for author in authors],
            "entity": {"id": page_id, "type": "page"},
            "data": {"updated_properties": []},
        }
        raw = json.dumps(body).encode()
        event_id = str(body["id"])
        self._later(raw, event_id, 1, wait or self._sim.chance.uniform(1, 50))
        return event_id

    def _later(self, raw: bytes, event_id: str, attempt: int, seconds: float) -> None:
        def post() -> None:
            if self.deliver(raw, _sign(raw)):
                self.accepted.add(event_id)
            elif attempt < ATTEMPTS:
                self._later(raw, event_id, attempt + 1, 60.0 * 2**attempt)

        self._sim.later(seconds, f"Notion posts webhook {event_id}, attempt {attempt}", post)

    def _written(self, page_id: str, status: str) -> None:
        """Our own write comes back, sometimes together with a person's edit."""
        self._changed(page_id, status)
        self.tell(page_id, [BOT, PERSON] if self._sim.luck(0.2) else [BOT])

    def _changed(self, page_id: str, status: str) -> None:
        page = self.pages.pages[page_id]
        properties = {**page.properties, STATUS: Property("st:", "status", status)}
        edited = self._sim.now.replace(second=0, microsecond=0)
        self.pages.pages[page_id] = replace(page, properties=properties, last_edited_time=edited)

    def _page(self, page_id: str, title: str, parent: str, properties: dict[str, Property]) -> Page:
        url = f"https://www.notion.so/{page_id.replace('-', '')}"
        now = self._sim.now
        return Page(page_id, title, url, (parent,), now, now, properties)


def _sign(raw: bytes) -> str:
    return "sha256=" + hmac.new(TOKEN.encode(), raw, hashlib.sha256).hexdigest()
