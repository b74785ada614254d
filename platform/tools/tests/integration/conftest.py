"""Tables and buckets on the in-memory AWS, and a server that answers what a test scripts."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import boto3
import pytest


@pytest.fixture
def table(aws: boto3.Session) -> Any:
    """The ledger table as the platform's stack declares it."""
    return aws.resource("dynamodb").create_table(
        TableName="ledger",
        KeySchema=[
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
        AttributeDefinitions=[
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "S"},
        ],
        BillingMode="PAY_PER_REQUEST",
    )


@dataclass
class Script:
    """Answers by `METHOD path`, used up in order; the last one stays. Notes every request."""

    url: str = ""
    answers: dict[str, list[tuple[int, dict[str, str], Any]]] = field(default_factory=dict)
    requests: list[tuple[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    def on(self, request: str, status: int, body: Any = None, **headers: str) -> "Script":
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers.setdefault(request, []).append((status, names, body))
        return self

    def next(self, request: str) -> tuple[int, dict[str, str], Any]:
        left = self.answers.get(request) or [(404, {}, {"message": "Not Found"})]
        return left.pop(0) if len(left) > 1 else left[0]

    def asked(self) -> list[str]:
        return [request for request, _ in self.requests]


@pytest.fixture
def server() -> Iterator[Script]:
    """An HTTP server on loopback that plays a `Script`."""
    script = Script()

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            raw = self.rfile.read(length)
            request = f"{self.command} {self.path.partition('?')[0]}"
            script.requests.append((request, json.loads(raw) if raw else None))
            script.headers.append({name.lower(): value for name, value in self.headers.items()})
            status, headers, body = script.next(request)
            content = body.encode() if isinstance(body, str) else json.dumps(body).encode()
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PATCH = _answer  # noqa: N815 - the library's names

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    script.url = f"http://127.0.0.1:{http.server_port}"
    yield script
    http.shutdown()
    thread.join()
    http.server_close()
