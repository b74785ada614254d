"""A front on free ports, with a stub engine that holds the zip of a tiny agent."""

import hashlib
import io
import json
import shutil
import socket
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import pytest
import uvicorn
from botocore.config import Config
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from switchboard.local.agentcore.app import create_app
from switchboard.local.agentcore.identity import SigningKey
from switchboard.local.agentcore.sessions import Timing
from switchboard.local.settings import LocalSettings

Serve = Callable[[Any], str]

# One for all tests: it keeps the service models it has read.
SESSION = boto3.Session("111122223333", "local", region_name="us-east-1")

AGENT = """
import json, os, sys, threading, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
import reply

busy = threading.Event()

class Agent(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def log_message(self, *_): pass
    def send(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def do_GET(self):
        self.send(200, {"status": "HealthyBusy" if busy.is_set() else "Healthy"})
    def do_POST(self):
        raw = self.rfile.read(int(self.headers["content-length"]))
        payload = json.loads(raw)
        action = payload.get("action")
        if action == "fail":
            self.send(500, {"error": "it broke"})
        elif action == "stream":
            self.send_response(200)
            self.send_header("content-type", "text/event-stream")
            self.send_header("transfer-encoding", "chunked")
            self.end_headers()
            for n in range(3):
                line = b"data: %d\\n\\n" % n
                self.wfile.write(b"%x\\r\\n%s\\r\\n" % (len(line), line))
                self.wfile.flush()
            self.wfile.write(b"0\\r\\n\\r\\n")
        elif action == "import":
            try:
                __import__(payload["module"])
                self.send(200, {"found": True})
            except ModuleNotFoundError:
                self.send(200, {"found": False})
        else:
            if "busy" in payload:
                busy.set() if payload["busy"] else busy.clear()
            if "write" in payload:
                open("note.txt", "w").write(payload["write"])
            self.send(200, reply.answer(payload, dict(self.headers), os.getpid()))

print("agent listens", flush=True)
ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Agent).serve_forever()
"""
REPLY = """
import os
def answer(payload, headers, pid):
    return {"pid": pid, "headers": {k.lower(): v for k, v in headers.items()},
            "files": sorted(os.listdir(".")), "env": dict(os.environ), "cwd": os.getcwd()}
"""


def zipped(**files: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in files.items():
            archive.writestr(f"{name}.py", text)
    return buffer.getvalue()


@contextmanager
def servers() -> Iterator[Serve]:
    """Run ASGI apps in threads on free ports; `serve(app)` gives the URL."""
    running: list[tuple[uvicorn.Server, threading.Thread, socket.socket]] = []

    def start(app: Any) -> str:
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        listener.listen(128)  # who connects before the server runs waits
        config = uvicorn.Config(app, log_level="error", ws="none", lifespan="on")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        running.append((server, thread, listener))
        return f"http://127.0.0.1:{listener.getsockname()[1]}"

    yield start
    for server, _, _ in running:
        server.should_exit = True
    for _, thread, listener in running:
        thread.join(20)
        assert not thread.is_alive()
        listener.close()


@dataclass
class StubEngine:
    """Objects by GET and HEAD, secrets by GetSecretValue: as much as the front asks for."""

    objects: dict[str, bytes] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    downloads: int = 0

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/", self._secret, methods=["POST"]),
                Route("/{key:path}", self._object, methods=["GET", "HEAD"]),
            ]
        )

    async def _secret(self, request: Request) -> Response:
        assert request.headers["x-amz-target"] == "secretsmanager.GetSecretValue"
        secret = self.secrets.get((await request.json())["SecretId"])
        if secret is None:
            return JSONResponse({"__type": "ResourceNotFoundException"}, 400)
        return JSONResponse({"SecretString": secret})

    async def _object(self, request: Request) -> Response:
        data = self.objects.get(request.path_params["key"])
        if data is None:
            return Response(status_code=404)
        self.downloads += request.method == "GET"
        etag = hashlib.md5(data, usedforsecurity=False).hexdigest()
        return Response(data, headers={"ETag": f'"{etag}"'})


@dataclass
class Clock:
    """Seconds that pass when the test says so."""

    value: float = 0.0

    def __call__(self) -> float:
        return self.value


@dataclass
class Front:
    """The front under test and everything around it."""

    url: str
    home: Path
    engine: StubEngine
    clock: Clock
    issuer: str

    def client(self, service: str = "bedrock-agentcore") -> Any:
        return SESSION.client(
            service,
            endpoint_url=self.url,
            config=Config(retries={"max_attempts": 0}, read_timeout=30),
        )

    def register(self, name: str, content: dict[str, Any]) -> None:
        folder = self.home / "registry"
        folder.mkdir(exist_ok=True)
        (folder / f"{name}.json").write_text(json.dumps(content))

    def runtime(self, agent: str, **properties: Any) -> str:
        """Deploy a runtime of the tiny agent; returns its ARN."""
        name = f"switchboard_{agent}_dev"
        arn = f"arn:aws:bedrock-agentcore:us-east-1:111122223333:runtime/{name}-AbCdEf1234"
        code = {
            "Code": {"S3": {"Bucket": "assets", "Prefix": "agent.zip"}},
            "EntryPoint": ["opentelemetry-instrument", "main.py"],
        }
        self.register(
            name,
            {
                "type": "AWS::BedrockAgentCore::Runtime",
                "physical_id": arn.rsplit("/", 1)[-1],
                "properties": {
                    "AgentRuntimeName": name,
                    "AgentRuntimeArtifact": {"CodeConfiguration": code},
                    "EnvironmentVariables": {"MODEL_ID": "offline.playbook"},
                    **properties,
                },
                "attributes": {"AgentRuntimeArn": arn},
            },
        )
        return arn

    def journal(self, name: str) -> list[dict[str, Any]]:
        path = self.home / "journal" / f"{name}.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def _port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A signing key made once: making one takes longer than a test."""
    path = tmp_path_factory.mktemp("identity") / "key.pem"
    SigningKey.kept_in(path)
    return path


def start_front(home: Path, key_file: Path, serve: Serve, *, spares: bool = False) -> Front:
    (home / "identity").mkdir()
    shutil.copy(key_file, home / "identity" / "key.pem")
    stub = StubEngine({"assets/agent.zip": zipped(main=AGENT, reply=REPLY)})
    engine = int(serve(stub.app()).rsplit(":", 1)[1])
    clock = Clock()
    settings = LocalSettings(
        home=home, port_engine=engine, port_agentcore=_port(), port_gateway=_port()
    )
    timing = Timing(now=clock, poll_seconds=0.02, refill_seconds=0.0, spares=spares)
    return Front(serve(create_app(settings, timing)), home, stub, clock, settings.agentcore_url)


@pytest.fixture
def front(tmp_path: Path, key_file: Path) -> Iterator[Front]:
    with servers() as serve:
        yield start_front(tmp_path, key_file, serve)


@pytest.fixture
def front_with_spares(tmp_path: Path, key_file: Path) -> Iterator[Front]:
    with servers() as serve:
        yield start_front(tmp_path, key_file, serve, spares=True)


@pytest.fixture(scope="module")
def shared_front(tmp_path_factory: pytest.TempPathFactory, key_file: Path) -> Iterator[Front]:
    """One front for all tests of a module that deploy nothing."""
    with servers() as serve:
        yield start_front(tmp_path_factory.mktemp("home"), key_file, serve)


@pytest.fixture
def wait_until() -> Callable[[Callable[[], Any]], None]:
    """Wait for a condition, at most ten seconds."""

    def wait(condition: Callable[[], Any]) -> None:
        pause = threading.Event()
        for _ in range(1000):
            if condition():
                return
            pause.wait(0.01)
        pytest.fail("the condition did not come true in ten seconds")

    return wait


@pytest.fixture
def zip_of() -> Callable[..., bytes]:
    """The tiny agent's zip with some modules replaced."""
    return lambda **files: zipped(**{"main": AGENT, "reply": REPLY, **files})
