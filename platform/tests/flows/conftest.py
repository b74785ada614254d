"""A whole platform of its own for the flow tests: own ports, own state, thrown away at the end.

Bundles and the engine's environment are kept in `build/flows`, so only the first run is slow.
"""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from switchboard.events.envelope import new_id
from switchboard.local import embedded, wiring
from switchboard.local.access import Access
from switchboard.local.agentcore.identity import IssueToken, SigningKey, Workload
from switchboard.local.agentcore.identity_door import OAUTH2_PROVIDER
from switchboard.local.agentcore.registry import Registry
from switchboard.local.bus import LocalBus, Tail
from switchboard.local.journey import FollowStory, Journey
from switchboard.local.notion.client import LocalWorkspace
from switchboard.local.settings import LocalSettings
from switchboard.tools.manifest import ALLOW_LIST

ROOT = Path(__file__).parents[3]
PORTS = ("engine", "agentcore", "gateway", "notion", "github", "prototypes", "connect")
RUN_LIMIT_SECONDS = 20
"""Long enough for every run here, short enough to wait for a dead one."""
STORY = """As a shopper I want to enter a discount code.

## Acceptance criteria

- The code SAVE10 takes 10 % off the order total
- An unknown code changes nothing
"""


LAST = "test_usage.py"
"""Judges what all others did."""
WHOLE_SUITE = pytest.StashKey[bool]()


def pytest_configure(config: pytest.Config) -> None:
    """Register this folder's marker."""
    config.addinivalue_line("markers", "whole_suite: judges a run of all flow tests, and only that")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the usage proof last; of a part of the suite it judges a part."""
    here = Path(__file__).parent
    flows = {path.name for path in here.glob("test_*.py")}
    chosen = {item.path.name for item in items if item.path.parent == here}
    narrowed = any(
        (
            *(config.getoption(name, None) for name in ("keyword", "markexpr", "deselect", "lf")),
            *("::" in arg for arg in config.args),
        )
    )
    config.stash[WHOLE_SUITE] = whole = chosen == flows and not narrowed
    left_out = [item for item in items if item.get_closest_marker("whole_suite") and not whole]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
    kept = [item for item in items if item not in left_out]
    items[:] = sorted(kept, key=lambda item: item.path == here / LAST)


@pytest.fixture(scope="session")
def whole_suite(pytestconfig: pytest.Config) -> bool:
    """Whether every flow test is part of this run."""
    return pytestconfig.stash[WHOLE_SUITE]


def free_ports(count: int) -> list[int]:
    """Ports that were free a moment ago, all different."""
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    numbers = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return numbers


@pytest.fixture(scope="session")
def settings() -> Iterator[LocalSettings]:
    """The settings of a platform that is up with no state of earlier runs."""
    ports = {f"port_{name}": port for name, port in zip(PORTS, free_ports(len(PORTS)), strict=True)}
    chosen = LocalSettings(
        home=ROOT / "build" / "flows", run_limit_seconds=RUN_LIMIT_SECONDS, **ports
    )
    if chosen.home.exists():
        embedded.reset(chosen)
    embedded.up(print, chosen)
    yield chosen
    embedded.down(chosen)


@pytest.fixture(scope="session")
def access(settings: LocalSettings) -> Iterator[Access]:
    """The platform's public doors."""
    doors = Access(settings, lambda name: wiring.client(name, settings))
    yield doors
    doors.close()


@pytest.fixture(scope="session")
def bus(access: Access) -> LocalBus:
    """The platform's bus."""
    return LocalBus(access.events, access.queues, access.parameter("platform/bus/name"))


@pytest.fixture(scope="session")
def board(settings: LocalSettings) -> Iterator[LocalWorkspace]:
    """The Notion workspace, as people use it."""
    with LocalWorkspace.of(settings) as workspace:
        yield workspace


@pytest.fixture
def tail(bus: LocalBus) -> Iterator[Tail]:
    """Everything that passes on the bus during one test."""
    with bus.tail() as watching:
        yield watching


Travel = Callable[..., Journey]


@pytest.fixture
def travel(board: LocalWorkspace, tail: Tail) -> Travel:
    """Create a story, set its status and follow it to its end."""

    def go(
        title: str = "Discount codes",
        body: str = STORY,
        trigger: str = "Generate Code",
        on_event: Callable[[Journey, dict[str, Any]], None] = lambda *_: None,
        timeout: float = 90,
    ) -> Journey:
        page = board.create_story(title, body)
        return FollowStory(board, tail, on_event)(str(page["id"]), title, trigger, timeout)

    return go


def text_of(comment: dict[str, Any]) -> str:
    """The plain text of a Notion comment."""
    return "".join(part.get("plain_text", "") for part in comment["rich_text"])


@pytest.fixture
def comments(board: LocalWorkspace) -> Callable[[str], list[str]]:
    """The comments on a page as plain text, oldest first."""
    return lambda page_id: [text_of(comment) for comment in board.comments(page_id)]


@pytest.fixture
def eventually() -> Callable[[Callable[[], bool]], None]:
    """Wait until something is so, without sleeping through it."""

    def wait(is_so: Callable[[], bool], seconds: float = 30) -> None:
        end = time.monotonic() + seconds
        pause = threading.Event()
        while not is_so():
            assert time.monotonic() < end, "it did not become so in time"
            pause.wait(0.1)

    return wait


SEARCH_TOOL = "x_amz_bedrock_agentcore_search"


def client_id(settings: LocalSettings, kind: str) -> str:
    """The client of the credential provider that is deployed for this kind of agent."""
    (provider,) = (
        found
        for found in Registry(settings.home / "registry").of_type(OAUTH2_PROVIDER)
        if found.property("Name") == f"switchboard-gateway-dev-{kind.replace('_', '-')}"
    )
    config = provider.property("Oauth2ProviderConfigInput", "CustomOauth2ProviderConfig")
    return str(config["ClientId"])


def token(settings: LocalSettings, workload: Workload, kind: str) -> str:
    """What the client of this kind of agent presents to the gateway."""
    key = SigningKey.kept_in(settings.home / "identity/key.pem")
    issue = IssueToken(key, settings.agentcore_url, time.time)
    return issue(workload, client_id(settings, kind), [f"gateway/{kind}"])


class Agent:
    """An agent at the gateway: a token for one invocation, and plain JSON-RPC."""

    def __init__(
        self,
        settings: LocalSettings,
        http: httpx.Client,
        kind: str,
        page_id: str,
        invocation_id: str | None = None,
        user: str = "ada",
    ) -> None:
        self.invocation_id = invocation_id or new_id()
        self.correlation_id = new_id()
        self.branch = f"switchboard/{self.invocation_id.lower()}"
        payload = {
            "invocation_id": self.invocation_id,
            "correlation_id": self.correlation_id,
            "project_id": "proj-demo",
            "notion_page_id": page_id,
            "project": {"github_repo": "acme/storefront"},
        }
        self.token = token(settings, Workload.of_invocation(kind, user, payload), kind)
        self.page_id = page_id
        self._http = http
        self._url = settings.mcp_url

    def ask(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        answer = self._http.post(
            self._url,
            json={"jsonrpc": "2.0", "id": 1, "method": method, "params": params},
            headers={"Authorization": f"Bearer {self.token}"},
        )
        assert answer.status_code == 200, answer.text
        body = answer.json()
        refused = {"isError": True, "content": [{"text": str(body.get("error"))}]}
        result: dict[str, Any] = body.get("result", refused)
        return result

    def tools(self) -> set[str]:
        return {tool["name"] for tool in self.ask("tools/list", {})["tools"]} - {SEARCH_TOOL}

    def call(self, tool: str, **arguments: Any) -> dict[str, Any]:
        return self.ask("tools/call", {"name": tool, "arguments": arguments})

    def answer(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """What the tool answered, or `{"error": ...}`."""
        found: dict[str, Any] = json.loads(self.call(tool, **arguments)["content"][0]["text"])
        return found


@pytest.fixture(scope="session")
def http() -> Iterator[httpx.Client]:
    """One client for all: each new one reads the certificates of the machine."""
    with httpx.Client(timeout=30) as client:
        yield client


@pytest.fixture
def agent(
    settings: LocalSettings, board: LocalWorkspace, http: httpx.Client
) -> Callable[..., Agent]:
    """An agent of a type on a story of its own; `page_id` and `invocation_id` make it another's."""

    def present(kind: str, page_id: str | None = None, **more: str) -> Agent:
        page = page_id or str(board.create_story("At the gateway", "text")["id"])
        return Agent(settings, http, kind, page, **more)

    return present


@pytest.fixture
def client_of(settings: LocalSettings) -> Callable[[str], str]:
    """The client of a kind of agent, as it is deployed."""
    return lambda kind: client_id(settings, kind)


@pytest.fixture
def token_of(settings: LocalSettings) -> Callable[[dict[str, str]], str]:
    """A token with exactly these claims, of the client of their agent type."""

    def made(claims: dict[str, str]) -> str:
        kind = claims.get("agent_type", "code")
        known = kind if kind in ALLOW_LIST else "code"
        return token(settings, Workload("ada", claims), known)

    return made
