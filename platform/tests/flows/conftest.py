"""A whole platform of its own for the flow tests: own ports, own state, thrown away at the end.

Bundles and the engine's environment are kept in `build/flows`, so only the first run is slow.
"""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from switchboard.local import embedded, wiring
from switchboard.local.access import Access
from switchboard.local.bus import LocalBus, Tail
from switchboard.local.journey import FollowStory, Journey
from switchboard.local.notion.client import LocalWorkspace
from switchboard.local.settings import LocalSettings

ROOT = Path(__file__).parents[3]
PORTS = ("engine", "agentcore", "gateway", "notion", "github", "prototypes", "connect")
RUN_LIMIT_SECONDS = 20
"""Long enough for every run here, short enough to wait for a dead one."""
STORY = """As a shopper I want to enter a discount code.

## Acceptance criteria

- The code SAVE10 takes 10 % off the order total
- An unknown code changes nothing
"""


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
