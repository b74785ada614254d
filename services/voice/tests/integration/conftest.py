"""Voice's table on moto, and Amazon Connect as an HTTP stand-in that boto3 talks to."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import boto3
import pytest

SESSION_DATA = re.compile(r"/assistants/([^/]+)/sessions/([^/]+)/data")
CONTACT = re.compile(r"/contacts/([^/]+)/([^/]+)")


@dataclass
class ConnectDouble:
    """DescribeContact and UpdateSessionData as botocore's service models have them."""

    session_of: dict[str, str] = field(default_factory=dict)
    sessions: set[str] = field(default_factory=set)
    data: dict[str, dict[str, str]] = field(default_factory=dict)
    namespaces: set[str] = field(default_factory=set)
    troubles: list[tuple[int, str]] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    url: str = ""

    def answer(self, method: str, path: str, body: Any) -> tuple[int, Any, str]:
        self.requests.append(f"{method} {path}")
        if self.troubles:
            status, code = self.troubles.pop(0)
            return status, {"message": "no"}, code
        if found := SESSION_DATA.fullmatch(path):
            return self.update(found[1], found[2], body)
        if found := CONTACT.fullmatch(path):
            return self.describe(found[2])
        return 404, {"message": path}, "ResourceNotFoundException"

    def update(self, assistant: str, session: str, body: Any) -> tuple[int, Any, str]:
        if f"{assistant}/{session}" not in self.sessions:
            return 404, {"message": "no such session"}, "ResourceNotFoundException"
        values = {item["key"]: item["value"]["stringValue"] for item in body["data"]}
        if not all(1 <= len(value) <= 4_096 for value in values.values()):
            return 400, {"message": "length"}, "ValidationException"
        self.namespaces.add(body["namespace"])
        self.data.setdefault(f"{assistant}/{session}", {}).update(values)
        answer = {"sessionArn": "x", "sessionId": session, "namespace": "Custom", "data": []}
        return 200, answer, ""

    def describe(self, contact: str) -> tuple[int, Any, str]:
        if contact not in self.session_of:
            return 404, {"Message": "no such contact"}, "ResourceNotFoundException"
        session = self.session_of[contact]
        wisdom = {"WisdomInfo": {"SessionArn": session}} if session else {}
        return 200, {"Contact": {"Id": contact, **wisdom}}, ""


@pytest.fixture
def double() -> Iterator[ConnectDouble]:
    connect = ConnectDouble()

    class Door(BaseHTTPRequestHandler):
        def answer(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            body = json.loads(raw) if raw else None
            status, answer, code = connect.answer(self.command, self.path, body)
            content = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            if code:
                self.send_header("x-amzn-ErrorType", code)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PATCH = answer  # noqa: N815 - http.server calls them so

        def log_message(self, *args: Any) -> None:
            """Stay quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    connect.url = f"http://127.0.0.1:{server.server_port}"
    yield connect
    server.shutdown()
    server.server_close()


@pytest.fixture
def table(aws: boto3.Session) -> Any:
    keys = [("pk", "HASH"), ("sk", "RANGE")]
    return aws.resource("dynamodb").create_table(
        TableName="voice",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in keys],  # type: ignore[typeddict-item]
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name, _ in keys],
    )
