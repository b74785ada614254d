"""A small world for ingress's tests: its ports in memory, a clock and ids that only tests move."""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from switchboard.events.content import ContentChangedV1
from switchboard.events.envelope import Event, new_event
from switchboard.events.ticket import TicketCreatedV1
from switchboard.ingress.adapters.memory import (
    Crashing,
    CrashPlan,
    MemoryBodies,
    MemoryBot,
    MemoryJournal,
    MemoryLeases,
    MemoryOrigins,
    MemoryPages,
    MemoryProjects,
    MemoryReceipts,
    MemoryTable,
    MemoryVault,
)
from switchboard.ingress.adapters.memory_stories import MemoryStories
from switchboard.ingress.adapters.notion_pages import page_from
from switchboard.ingress.domain.accept_webhook import AcceptWebhook, Delivery, Receipt
from switchboard.ingress.domain.authenticity import CredentialCache
from switchboard.ingress.domain.envelopes import Envelopes
from switchboard.ingress.domain.follow_change import FollowChange
from switchboard.ingress.domain.make_story import MakeStory
from switchboard.ingress.domain.model import Body, BotIdentity, Outcome
from switchboard.ingress.domain.ports import Credentials
from switchboard.ingress.domain.request_invocation import RequestInvocation
from switchboard.ingress.domain.sync_project import SyncProject

TOKEN = "secret_of_the_subscription"
AUTOMATION = "shared-secret-of-the-automation"
WORKSPACE = "11111111-0000-4000-8000-000000000001"
BOT = "11111111-0000-4000-8000-000000000002"
PERSON = "11111111-0000-4000-8000-000000000003"
PROJECTS = "22222222-0000-4000-8000-000000000001"
STORIES = "22222222-0000-4000-8000-000000000002"
STORIES_DATABASE = "22222222-0000-4000-8000-000000000003"
STORY = "33333333-0000-4000-8000-000000000001"
CONFIG = "33333333-0000-4000-8000-000000000002"
TICKET = "INC0000013"
CALL = "5f0a3c52-8c1d-4f5e-9a77-2b1f4d3c6e10"
START = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


def sign(raw: bytes, token: str = TOKEN) -> str:
    return "sha256=" + hmac.new(token.encode(), raw, hashlib.sha256).hexdigest()


def rich(text: str) -> dict[str, Any]:
    return {"type": "rich_text", "rich_text": [{"plain_text": text}] if text else []}


def title(text: str) -> dict[str, Any]:
    return {"type": "title", "title": [{"plain_text": text}]}


def page_object(
    page_id: str, parent: dict[str, Any], properties: dict[str, Any], **more: Any
) -> dict[str, Any]:
    """A page as `GET /v1/pages/{id}` answers it; property ids are derived from the names."""
    return {
        "object": "page",
        "id": page_id,
        "created_time": "2026-11-01T09:00:00.000Z",
        "last_edited_time": "2026-11-20T09:59:00.000Z",
        "in_trash": False,
        "parent": parent,
        "url": f"https://www.notion.so/{page_id.replace('-', '')}",
        "properties": {
            name: {"id": name[:2].lower() + "%3A", **value} for name, value in properties.items()
        },
        **more,
    }


def story_object(status: str | None = "Generate Code", **more: Any) -> dict[str, Any]:
    parent = more.pop("parent", None) or {
        "type": "data_source_id",
        "data_source_id": STORIES,
        "database_id": STORIES_DATABASE,
    }
    properties = {
        "Name": title("Preview the dashboard"),
        "Status": {"type": "status", "status": {"name": status} if status else None},
        "Acceptance Criteria": rich("It opens in a second"),
        "Assignee": {"type": "people", "people": [{"id": PERSON, "name": "Ada"}]},
    }
    return page_object(STORY, parent, properties, **more)


def config_object(**changes: Any) -> dict[str, Any]:
    """The configuration page of proj-demo, with some properties changed."""
    properties = {
        "Name": title("proj-demo"),
        "Stories Database": rich(STORIES_DATABASE),
        "Stories Data Source": rich(STORIES),
        "Dashboard Data Source": rich("22222222000040008000000000000009"),
        "GitHub Repo": rich("acme/shop"),
        "Branch Strategy": {"type": "select", "select": {"name": "feature-branch"}},
        "Coding Standards": rich("PEP 8"),
        "Frameworks": {"type": "multi_select", "multi_select": [{"name": "React"}]},
        "Chain": {"type": "select", "select": {"name": "story-to-mock-to-deck"}},
        "Chain Steps": rich(""),
        "Triggers": rich(""),
        "Prototype Expiry Days": {"type": "number", "number": 14},
        "Cost Limit Per Invocation": {"type": "number", "number": 1.5},
        "Cost Limit Per Month": {"type": "number", "number": 50},
        "Knowledge Base": rich(""),
        "Owners": {"type": "people", "people": [{"id": PERSON}]},
        **changes,
    }
    parent = {"type": "data_source_id", "data_source_id": PROJECTS}
    return page_object(CONFIG, parent, properties)


def notion_body(page_id: str = STORY, **changes: Any) -> dict[str, Any]:
    """A delivery of Notion's webhook (Notion API 2026-03-11)."""
    return {
        "id": "44444444-0000-4000-8000-000000000001",
        "timestamp": "2026-11-20T09:59:30.000Z",
        "workspace_id": WORKSPACE,
        "workspace_name": "Acme",
        "subscription_id": "44444444-0000-4000-8000-000000000002",
        "integration_id": "44444444-0000-4000-8000-000000000003",
        "type": "page.properties_updated",
        "authors": [{"id": PERSON, "type": "person"}],
        "attempt_number": 1,
        "api_version": "2026-03-11",
        "entity": {"id": page_id, "type": "page"},
        "data": {
            "parent": {"id": STORIES_DATABASE, "type": "database", "data_source_id": STORIES},
            "updated_properties": ["st%3A"],
        },
        **changes,
    }


def ticket_event(**changes: Any) -> Event[TicketCreatedV1]:
    """A defect reported in a call; its flow is the call's (K-63)."""
    metadata = {"event_id": "01KGM2T5D90000000000000000", "correlation_id": CALL}
    metadata |= {name: changes.pop(name) for name in tuple(metadata) if name in changes}
    values: dict[str, Any] = {
        "ticket_id": TICKET,
        "caller_id": "+15555550100",
        "short_description": "Discount code SAVE10 is ignored at checkout",
        "issue_description": "When I enter the discount code SAVE10 at checkout, 10 % should come "
        "off the order total, but nothing happens.",
        "category": "software_defect",
        "impact": 2,
        "urgency": 2,
        "priority": 3,
        "state": "new",
        "assignment_group": "software-engineering",
        "contact_type": "phone",
        "contact_id": CALL,
        "created_at": START - timedelta(minutes=1),
        **changes,
    }
    data = TicketCreatedV1.model_validate(values)
    return new_event(data, service="itsm-mock", clock=lambda: START, **metadata)


@dataclass
class World:
    """Everything outside the process; `door` and `worker` are processes that may die."""

    now: datetime = START
    table: MemoryTable = field(default_factory=MemoryTable)
    pages: MemoryPages = field(default_factory=MemoryPages)
    bodies: MemoryBodies = field(default_factory=MemoryBodies)
    vault: MemoryVault = field(default_factory=lambda: MemoryVault(Credentials(TOKEN, AUTOMATION)))
    ids: Iterator[int] = field(default_factory=lambda: count(1))
    statuses: frozenset[str] | None = None
    """The options of the stories' Status; None: any."""

    def clock(self) -> datetime:
        return self.now

    def wait(self, **duration: float) -> None:
        self.now += timedelta(**duration)

    def new_id(self) -> str:
        return f"01JD{next(self.ids):022d}"

    @property
    def envelopes(self) -> Envelopes:
        return Envelopes(self.clock, self.new_id)

    def door(self, plan: CrashPlan | None = None) -> AcceptWebhook:
        plan = plan or CrashPlan()
        return AcceptWebhook(
            CredentialCache(Crashing(self.vault, plan), self.clock),
            Crashing(MemoryReceipts(self.table), plan),
            self.envelopes,
            self.clock,
        )

    def worker(self, plan: CrashPlan | None = None) -> FollowChange:
        plan = plan or CrashPlan()
        pages: Any = Crashing(self.pages, plan)
        bot: Any = Crashing(MemoryBot(BotIdentity(BOT, WORKSPACE)), plan)
        projects: Any = Crashing(MemoryProjects(self.table), plan)
        return FollowChange(
            pages=pages,
            bot=bot,
            journal=Crashing(MemoryJournal(self.table), plan),
            origins=Crashing(MemoryOrigins(self.table), plan),
            request=RequestInvocation(pages, Crashing(self.bodies, plan), projects, self.envelopes),
            sync=SyncProject(projects, bot, self.envelopes),
            projects_data_source_id=PROJECTS,
            clock=self.clock,
        )

    def desk(self, plan: CrashPlan | None = None) -> MakeStory:
        plan = plan or CrashPlan()
        return MakeStory(
            stories=Crashing(MemoryStories(self.pages, self.clock, self.statuses), plan),
            projects=Crashing(MemoryProjects(self.table), plan),
            journal=Crashing(MemoryJournal(self.table), plan),
            leases=Crashing(MemoryLeases(self.table), plan),
            envelopes=self.envelopes,
            clock=self.clock,
            new_holder=self.new_id,
        )

    def stories(self) -> list[Any]:
        """The pages that name a ticket."""
        return [page for page in self.pages.pages.values() if page.text("Ticket")]

    def show(self, value: dict[str, Any], markdown: str = "As a PM I see a preview.") -> None:
        """Put a page into Notion."""
        self.pages.pages[value["id"]] = page_from(value)
        self.pages.bodies[value["id"]] = Body(markdown)

    def deliver(self, body: dict[str, Any]) -> Receipt:
        """Post a signed body."""
        raw = json.dumps(body).encode()
        return self.door()(Delivery(raw, sign(raw)))

    def events(self, detail_type: str) -> list[Event[Any]]:
        return [event for event in self.table.outbox if event.detail_type == detail_type]

    def follow(self, **changes: Any) -> Outcome:
        """Follow one change of the story, as the bus would hand it over."""
        self.wait(seconds=1)
        data = ContentChangedV1(
            **{
                "source_event_id": f"event-{next(self.ids)}",
                "shape": "notion",
                "page_id": STORY,
                "workspace_id": WORKSPACE,
                "authors": [PERSON],
                "changed_property_ids": ["st%3A"],
                "occurred_at": self.now,
                **changes,
            }
        )
        return self.worker()(self.envelopes.first(data))

    def configure(self, **changes: Any) -> Outcome:
        """Edit the configuration page and follow that change."""
        self.show(config_object(**changes))
        return self.follow(page_id=CONFIG, changed_property_ids=[])


@pytest.fixture
def world() -> World:
    """An empty workspace and table."""
    return World()


@pytest.fixture
def board(world: World) -> World:
    """A workspace with a configured project and a story that asks for code."""
    world.configure()
    world.show(story_object())
    return world


@pytest.fixture
def desk(world: World) -> World:
    """A workspace whose project takes defects, and starts work on them at once."""
    world.configure(**{"Defect Status": rich("Generate Code")})
    return world


@dataclass(frozen=True)
class Make:
    """Builders for wire values; test modules cannot import this file."""

    notion_body: Callable[..., dict[str, Any]] = notion_body
    story: Callable[..., dict[str, Any]] = story_object
    config: Callable[..., dict[str, Any]] = config_object
    rich: Callable[[str], dict[str, Any]] = rich
    title: Callable[[str], dict[str, Any]] = title
    ticket: Callable[..., Event[TicketCreatedV1]] = ticket_event
    sign: Callable[..., str] = sign
    token: str = TOKEN
    automation: str = AUTOMATION
    workspace: str = WORKSPACE
    bot: str = BOT
    person: str = PERSON
    stories: str = STORIES
    stories_database: str = STORIES_DATABASE
    projects: str = PROJECTS
    page: str = STORY
    config_page: str = CONFIG
    call: str = CALL
    ticket_id: str = TICKET


@pytest.fixture
def make() -> Make:
    """Wire values."""
    return Make()
