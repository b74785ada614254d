"""The workspace every local run starts with: people, the three data sources, one project."""

import json
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from switchboard.local.engine.resource_kinds import name_code
from switchboard.local.notion import shapes
from switchboard.local.notion.databases import Databases
from switchboard.local.notion.events import WORKSPACE_ID, WORKSPACE_NAME, Actor, Outbox
from switchboard.local.notion.ids import stable
from switchboard.local.notion.pages import Pages
from switchboard.local.notion.rich_text import text_item
from switchboard.local.notion.state import NotionState
from switchboard.local.settings import LocalSettings
from switchboard.local.standin.documents import DocumentStore

BOT = stable("user/switchboard")
ADA = stable("user/ada")
OWEN = stable("user/owen")
HOME = stable("page/home")
STORIES_DATABASE = stable("database/stories")
STORIES_SOURCE = stable("data_source/stories")
DASHBOARD_DATABASE = stable("database/executions")
DASHBOARD_SOURCE = stable("data_source/executions")
PROJECTS_DATABASE = stable("database/projects")
PROJECTS_SOURCE = stable("data_source/projects")
PROJECT_PAGE = stable("page/proj-demo")
PROJECT = "proj-demo"
REPOSITORY = "acme/storefront"

STATUSES = (
    "To Do",
    "Generate Code",
    "Generate Prototype",
    "Generate Demo Deck",
    "Synthesize Feedback",
    "Generate Spec",
    "Review Code",
    "Generate A/B Variants",
    "Code Generated",
    "Prototype Ready",
    "Demo Deck Ready",
    "Feedback Synthesized",
    "Spec Ready",
    "Review Posted",
    "Variants Ready",
    "Failed",
    "Cancelled",
    "Done",
)
CHAINS = ("story-to-code", "story-to-mock-to-deck", "story-to-spec-to-code", "custom")
STANDARDS = """\
- Python 3.11, type annotations on every public function.
- Small pure functions; no global state.
- Every behaviour has a pytest test; names are sentences.
- Docstrings in the Google convention."""


@dataclass(frozen=True)
class Workspace:
    """Ids and token of the seeded workspace, as written to `<home>/notion/workspace.json`."""

    token: str
    workspace_id: str
    bot_id: str
    people: dict[str, str]
    stories_database_id: str
    stories_data_source_id: str
    dashboard_data_source_id: str
    projects_data_source_id: str
    project_page_id: str
    project_id: str

    @classmethod
    def read(cls, path: Path) -> "Workspace":
        """What an earlier seed wrote.

        Raises:
            FileNotFoundError: nothing has been seeded yet.
        """
        return cls(**json.loads(path.read_text(encoding="utf-8")))


def open_store(settings: LocalSettings) -> DocumentStore:
    """The workspace's documents."""
    return DocumentStore(settings.home / "notion" / "workspace.db")


def seed_workspace(settings: LocalSettings, store: DocumentStore | None = None) -> Workspace:
    """Make what is missing; what people changed since is left alone."""
    opened = store or open_store(settings)
    try:
        state = NotionState(opened, Outbox(opened), settings.notion_url)
        workspace = _seed(state, knowledge_base_id(settings.environment))
    finally:
        if store is None:
            opened.close()
    _write(settings.folder.notion_workspace, workspace)
    return workspace


def knowledge_base_id(environment: str) -> str:
    """The id that the environment's knowledge base gets when it is deployed here."""
    return name_code(f"switchboard-{environment}")


def _seed(state: NotionState, knowledge_base: str) -> Workspace:
    with state.change():
        token = _users_and_token(state)
        owner = Actor(OWEN, "person")
        if state.store.get("page", HOME) is None:
            parent = {"type": "workspace", "workspace": True}
            home = state.born(owner, id=HOME, parent=parent, values={})
            home["values"] = {"title": [text_item("Switchboard")]}
            state.save_page(home)
            state.save_segments(HOME, [])
        _data_sources(state, owner)
        _project(state, owner, knowledge_base)
    return Workspace(
        token=token,
        workspace_id=WORKSPACE_ID,
        bot_id=BOT,
        people={"ada": ADA, "owen": OWEN},
        stories_database_id=STORIES_DATABASE,
        stories_data_source_id=STORIES_SOURCE,
        dashboard_data_source_id=DASHBOARD_SOURCE,
        projects_data_source_id=PROJECTS_SOURCE,
        project_page_id=PROJECT_PAGE,
        project_id=PROJECT,
    )


def _users_and_token(state: NotionState) -> str:
    for user in (
        shapes.bot(BOT, "Switchboard", WORKSPACE_NAME),
        shapes.person(ADA, "Ada Product", "ada@example.org"),
        shapes.person(OWEN, "Owen Owner", "owen@example.org"),
    ):
        state.store.put("user", user["id"], user)
    known = state.store.list("token")
    if known:
        return str(known[0]["token"])
    token = f"ntn_local_{secrets.token_hex(16)}"
    state.store.put("token", token, {"token": token, "bot_id": BOT})
    return token


def _columns(**kinds: str) -> dict[str, Any]:
    return {name.replace("_", " "): {kind: {}} for name, kind in kinds.items()}


def _stories() -> dict[str, Any]:
    status = {"options": [{"name": name} for name in STATUSES]}
    return {
        **_columns(Name="title"),
        "Status": {"status": status},
        **_columns(
            Acceptance_Criteria="rich_text",
            Assignee="people",
            Artifacts="url",
            Last_Result="rich_text",
            Ticket="rich_text",
            # What agents work on besides the story, when a person names it (K-57).
            Prototype="url",
            Pull_Request="url",
            Feedback_Database="url",
            Related_Sources="rich_text",
            Variants="rich_text",
        ),
    }


def _executions() -> dict[str, Any]:
    columns = _columns(Name="title", Invocation="rich_text", Agent="select", Status="select")
    columns |= _columns(Summary="rich_text", Cost_USD="number", Turns="number", Duration_s="number")
    columns |= _columns(Artifacts="rich_text", Parent="rich_text")
    columns["Story"] = {"relation": {"data_source_id": STORIES_SOURCE, "single_property": {}}}
    return columns | _columns(Requested="date", Started="date", Ended="date", Updated="date")


def _projects() -> dict[str, Any]:
    strategies = [{"name": "feature-branch"}, {"name": "direct-to-main"}]
    columns = _columns(
        Name="title",
        Stories_Database="rich_text",
        Stories_Data_Source="rich_text",
        Dashboard_Data_Source="rich_text",
        GitHub_Repo="rich_text",
    )
    columns["Branch Strategy"] = {"select": {"options": strategies}}
    columns |= _columns(Coding_Standards="rich_text", Frameworks="multi_select")
    columns["Chain"] = {"select": {"options": [{"name": name} for name in CHAINS]}}
    return columns | _columns(
        Chain_Steps="rich_text",
        Triggers="rich_text",
        Prototype_Expiry_Days="number",
        Cost_Limit_Per_Invocation="number",
        Cost_Limit_Per_Month="number",
        Knowledge_Base="rich_text",
        Owners="people",
        Defect_Status="rich_text",
    )


def _data_sources(state: NotionState, owner: Actor) -> None:
    plan = (
        (STORIES_DATABASE, STORIES_SOURCE, "User Stories", _stories()),
        (DASHBOARD_DATABASE, DASHBOARD_SOURCE, "Executions", _executions()),
        (PROJECTS_DATABASE, PROJECTS_SOURCE, "Projects", _projects()),
    )
    for database_id, source_id, title, columns in plan:
        Databases(state).ensure(HOME, (database_id, source_id), title, columns, owner)


def _project(state: NotionState, owner: Actor, knowledge_base: str) -> None:
    if state.store.get("page", PROJECT_PAGE) is not None:
        return

    def text(content: str) -> dict[str, Any]:
        return {"rich_text": [{"text": {"content": content}}]}

    properties: dict[str, Any] = {
        "Name": {"title": [{"text": {"content": PROJECT}}]},
        "Stories Database": text(STORIES_DATABASE),
        "Stories Data Source": text(STORIES_SOURCE),
        "Dashboard Data Source": text(DASHBOARD_SOURCE),
        "GitHub Repo": text(REPOSITORY),
        "Branch Strategy": {"select": {"name": "feature-branch"}},
        "Coding Standards": text(STANDARDS),
        "Frameworks": {"multi_select": [{"name": "pytest"}]},
        "Chain": {"select": {"name": "story-to-code"}},
        "Prototype Expiry Days": {"number": 7},
        "Cost Limit Per Invocation": {"number": 2},
        "Cost Limit Per Month": {"number": 50},
        "Knowledge Base": text(knowledge_base),
        "Owners": {"people": [{"id": OWEN}]},
        # A trigger: a defect that a caller reports is worked on without anybody's click.
        "Defect Status": text("Generate Code"),
    }
    body = {"parent": {"data_source_id": PROJECTS_SOURCE}, "properties": properties}
    Pages(state).create(body, owner, page_id=PROJECT_PAGE)


def _write(path: Path, workspace: Workspace) -> None:
    """Replace the file in one step; it holds a token, so only its owner may read it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".json.new")
    fresh.touch(mode=0o600)
    fresh.write_text(json.dumps(asdict(workspace), indent=2) + "\n", encoding="utf-8")
    fresh.replace(path)
