import queue
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest
from notion_client import Client
from notion_client.client import ClientOptions

from switchboard.local.notion.app import create_app
from switchboard.local.notion.client import LocalWorkspace
from switchboard.local.notion.seed import Workspace
from switchboard.local.settings import LocalSettings
from switchboard.local.standin.threaded import served

VERSION = "2026-03-11"


@dataclass
class Received:
    """A webhook receiver: answers the queued statuses first, then 200."""

    url: str = ""
    answers: "queue.Queue[int]" = field(default_factory=queue.Queue)
    requests: "queue.Queue[tuple[dict[str, str], bytes]]" = field(default_factory=queue.Queue)

    def next(self) -> tuple[dict[str, str], bytes]:
        return self.requests.get(timeout=10)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def settings(home: Path) -> Iterator[LocalSettings]:
    """The stand-in runs for the module; tests make their own pages."""

    def build(port: int) -> Any:
        made.append(LocalSettings(home=home, port_notion=port))
        return create_app(made[0], pauses=(0.01,))

    made: list[LocalSettings] = []
    with served(build):
        yield made[0]


@pytest.fixture(scope="module")
def workspace(settings: LocalSettings) -> Workspace:
    return Workspace.read(settings.folder.notion_workspace)


@pytest.fixture(scope="module")
def notion(settings: LocalSettings, workspace: Workspace) -> Iterator[Any]:
    """The official Python client."""
    options = ClientOptions(
        auth=workspace.token, base_url=settings.notion_url, notion_version=VERSION
    )
    with Client(options) as client:
        yield client


@pytest.fixture(scope="module")
def board(settings: LocalSettings) -> Iterator[LocalWorkspace]:
    with LocalWorkspace.of(settings) as client:
        yield client


@pytest.fixture
def http(settings: LocalSettings, workspace: Workspace) -> Iterator[httpx.Client]:
    """Raw requests with good headers."""
    headers = {"Authorization": f"Bearer {workspace.token}", "Notion-Version": VERSION}
    with httpx.Client(base_url=settings.notion_url, headers=headers) as client:
        yield client


@pytest.fixture
def receiver() -> Iterator[Received]:
    """Somebody's webhook URL."""
    received = Received()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            received.requests.put((headers, body))
            self.send_response(received.answers.get() if not received.answers.empty() else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            """Stay quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    received.url = f"http://127.0.0.1:{server.server_port}/webhook/notion"
    yield received
    server.shutdown()
    thread.join()
    server.server_close()
