"""Ingress's AWS account on moto, and a Notion that answers over HTTP."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import boto3
import pytest
from botocore.loaders import create_loader

from switchboard.ingress import handler

# Parsing the AWS service models is most of a client's cost: share them among the tests' sessions.
MODELS = create_loader()
TABLE = "ingress"
BUCKET = "content"


@pytest.fixture
def table(aws: boto3.Session) -> str:
    """The service's table, with the keys StateTable gives it."""
    aws._session.register_component("data_loader", MODELS)
    aws.client("dynamodb").create_table(
        TableName=TABLE,
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
    return TABLE


@dataclass
class NotionServer:
    """Pages, bodies and bot of a workspace; `fail` answers that status that many times."""

    url: str = ""
    bot: dict[str, Any] = field(default_factory=dict)
    pages: dict[str, dict[str, Any]] = field(default_factory=dict)
    bodies: dict[str, str] = field(default_factory=dict)
    failures: list[int] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)

    def answer(self, path: str) -> tuple[int, dict[str, Any]]:
        self.paths.append(path)
        if self.failures:
            return self.failures.pop(0), {"object": "error"}
        _, _, kind, item, *rest = path.split("/")
        if kind == "users":
            return 200, self.bot
        if item not in self.pages:
            return 404, {"object": "error", "code": "object_not_found", "message": "no"}
        if rest == ["markdown"]:
            return 200, {"object": "page_markdown", "markdown": self.bodies.get(item, "")}
        return 200, self.pages[item]


@pytest.fixture
def notion(make: Any) -> Iterator[NotionServer]:
    """A Notion on a free port of this machine."""
    server = NotionServer(
        bot={"object": "user", "id": make.bot, "bot": {"workspace_id": make.workspace}}
    )

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = server.answer(self.path)
            raw = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
            """Keep the test output quiet."""

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.url = f"http://127.0.0.1:{http.server_port}"
    thread = Thread(target=http.serve_forever, args=(0.01,))
    thread.start()
    yield server
    http.shutdown()
    thread.join()
    http.server_close()


@dataclass(frozen=True)
class Account:
    """What the deployed service would find around it."""

    session: boto3.Session
    queue_url: str
    dlq_url: str
    secret_arn: str

    def rows(self) -> list[dict[str, Any]]:
        """All rows of the table, as plain values."""
        rows: list[dict[str, Any]] = self.session.resource("dynamodb").Table(TABLE).scan()["Items"]
        return rows

    def outbox(self, detail_type: str) -> list[dict[str, Any]]:
        """Details of what the relay would publish."""
        return [
            json.loads(row["detail"])
            for row in self.rows()
            if row["sk"] == "OUTBOX" and row["detail_type"] == detail_type
        ]


@pytest.fixture
def account(
    aws: boto3.Session,
    table: str,
    notion: NotionServer,
    make: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Account]:
    """Secrets, queue, bucket and the functions' environments; every function starts cold."""
    secrets, sqs = aws.client("secretsmanager"), aws.client("sqs")
    credentials = {"verification_token": make.token, "automation_secret": make.automation}
    secret = secrets.create_secret(Name="webhook", SecretString=json.dumps(credentials))
    token = secrets.create_secret(Name="notion", SecretString="ntn_test")
    aws.client("s3").create_bucket(Bucket=BUCKET)
    known = Account(
        aws,
        sqs.create_queue(QueueName="inbox")["QueueUrl"],
        sqs.create_queue(QueueName="dead")["QueueUrl"],
        secret["ARN"],
    )
    environment = {
        "TABLE_NAME": table,
        "WEBHOOK_SECRET_ARN": known.secret_arn,
        "CONTENT_BUCKET": BUCKET,
        "NOTION_API_URL": notion.url,
        "NOTION_TOKEN_SECRET_ARN": token["ARN"],
        "PROJECTS_DATA_SOURCE_ID": make.projects,
        "QUEUE_URL": known.queue_url,
        "DLQ_URL": known.dlq_url,
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    starts = (handler._door, handler._worker, handler._outcomes)
    for start in starts:
        start.cache_clear()
    yield known
    for start in starts:
        start.cache_clear()
