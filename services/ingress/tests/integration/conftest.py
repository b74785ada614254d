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


GONE = (404, {"object": "error", "code": "object_not_found", "message": "no"})


@dataclass
class NotionServer:
    """Pages, bodies, data sources and bot of a workspace; `failures` are answered first.

    `lost` answers 504 after a page was made that many times: the answer got lost on its way.
    """

    url: str = ""
    bot: dict[str, Any] = field(default_factory=dict)
    pages: dict[str, dict[str, Any]] = field(default_factory=dict)
    bodies: dict[str, str] = field(default_factory=dict)
    columns: dict[str, dict[str, Any]] = field(default_factory=dict)
    databases: dict[str, str] = field(default_factory=dict)
    failures: list[int] = field(default_factory=list)
    lost: int = 0
    paths: list[str] = field(default_factory=list)
    made: list[dict[str, Any]] = field(default_factory=list)

    def answer(self, path: str, sent: dict[str, Any] | None = None) -> tuple[int, dict[str, Any]]:
        self.paths.append(path)
        if self.failures:
            return self.failures.pop(0), {"object": "error"}
        _, _, kind, *rest = path.split("?", maxsplit=1)[0].split("/")
        if kind == "comments":
            return 200, {"object": "list", "results": [], "has_more": False}
        if sent is not None:
            return self._create(sent) if kind == "pages" else self._query(rest[0], sent)
        if kind == "data_sources" and rest[0] in self.columns:
            return 200, {"object": "data_source", "properties": self.columns[rest[0]]}
        if kind == "databases" and rest[0] in self.databases:
            return 200, {"object": "database", "data_sources": [{"id": self.databases[rest[0]]}]}
        return self._read(kind, *rest)

    def _query(self, source_id: str, sent: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        wanted = sent["filter"]
        if wanted["property"] not in self.columns.get(source_id, {}):
            return 400, {"object": "error", "code": "validation_error", "message": "no property"}
        found = [page for page in self.made if page["ticket"] == wanted["rich_text"]["equals"]]
        return 200, {"object": "list", "results": found[:1]}

    def _create(self, sent: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """What Notion limits is limited here: texts of 2,000 units, 100 blocks."""
        texts = [
            item["text"]["content"]
            for block in sent["children"]
            for item in block[block["type"]]["rich_text"]
        ]
        if len(sent["children"]) > 100 or any(len(t.encode("utf-16-le")) > 4_000 for t in texts):
            return 400, {"object": "error", "code": "validation_error", "message": "too long"}
        page = made_page(len(self.made), sent)
        self.made.append(page)
        self.pages[page["id"]] = page
        self.bodies[page["id"]] = "\n".join(texts)
        if self.lost:
            self.lost -= 1
            return 504, {"object": "error"}
        return 200, page

    def _read(self, kind: str, item: str, *rest: str) -> tuple[int, dict[str, Any]]:
        if kind == "users":
            return 200, self.bot
        if item not in self.pages or kind != "pages":
            return GONE
        if rest == ("markdown",):
            return 200, {"object": "page_markdown", "markdown": self.bodies.get(item, "")}
        return 200, self.pages[item]


def made_page(number: int, sent: dict[str, Any]) -> dict[str, Any]:
    """A new page as Notion answers it."""
    page_id = f"33333333-0000-4000-8000-{0xE000 + number:012x}"
    now = "2026-11-20T10:00:00.000Z"
    texts = {
        name: "".join(item["text"]["content"] for item in value.get("rich_text", []))
        for name, value in sent["properties"].items()
    }
    named = {
        "Name" if name == "title" else name: {
            "id": name[:2].lower(),
            "type": next(iter(value)),
            **{
                kind: [{"plain_text": item["text"]["content"]} for item in content]
                if isinstance(content, list)
                else content
                for kind, content in value.items()
            },
        }
        for name, value in sent["properties"].items()
    }
    return {
        "object": "page",
        "id": page_id,
        "created_time": now,
        "last_edited_time": now,
        "in_trash": False,
        "parent": sent["parent"],
        "url": f"https://www.notion.so/{page_id.replace('-', '')}",
        "properties": named,
        "ticket": texts.get("Ticket"),
        "children": sent["children"],
    }


def story_columns(**changes: Any) -> dict[str, Any]:
    """The columns of the stories, as GET /v1/data_sources/{id} answers them."""
    options = [{"name": name} for name in ("To Do", "Generate Code", "Code Generated")]
    columns = {
        "Name": {"id": "title", "name": "Name", "type": "title", "title": {}},
        "Status": {"id": "st", "name": "Status", "type": "status", "status": {"options": options}},
        "Ticket": {"id": "ti", "name": "Ticket", "type": "rich_text", "rich_text": {}},
        **changes,
    }
    return {name: column for name, column in columns.items() if column}


@pytest.fixture
def notion(make: Any) -> Iterator[NotionServer]:
    """A Notion on a free port of this machine."""
    server = NotionServer(
        bot={"object": "user", "id": make.bot, "bot": {"workspace_id": make.workspace}},
        columns={make.stories: story_columns()},
        databases={make.stories_database: make.stories},
    )

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(server.answer(self.path))

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            self._answer(server.answer(self.path, json.loads(self.rfile.read(length))))

        def _answer(self, answer: tuple[int, dict[str, Any]]) -> None:
            status, body = answer
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
    sync_queue_url: str
    sync_dlq_url: str

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
    token = secrets.create_secret(Name="notion", SecretString='{"token": "ntn_test"}')
    aws.client("s3").create_bucket(Bucket=BUCKET)
    known = Account(
        aws,
        sqs.create_queue(QueueName="inbox")["QueueUrl"],
        sqs.create_queue(QueueName="dead")["QueueUrl"],
        secret["ARN"],
        sqs.create_queue(QueueName="sync")["QueueUrl"],
        sqs.create_queue(QueueName="sync-dead")["QueueUrl"],
    )
    environment = {
        "TABLE_NAME": table,
        "WEBHOOK_SECRET_ARN": known.secret_arn,
        "NOTION_WORKSPACE_ID": "unset",
        "CONTENT_BUCKET": BUCKET,
        "NOTION_API_URL": notion.url,
        "NOTION_TOKEN_SECRET_ARN": token["ARN"],
        "PROJECTS_DATA_SOURCE_ID": make.projects,
        "QUEUE_URL": known.queue_url,
        "DLQ_URL": known.dlq_url,
        "SYNC_QUEUE_URL": known.sync_queue_url,
        "SYNC_DLQ_URL": known.sync_dlq_url,
        "KNOWLEDGE_BASE_ID": "KB12345678",
        "KNOWLEDGE_DATA_SOURCE_ID": "DS12345678",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    starts = (
        handler._door,
        handler._worker,
        handler._outcomes,
        handler._sync_door,
        handler._sync_worker,
    )
    for start in starts:
        start.cache_clear()
    yield known
    for start in starts:
        start.cache_clear()
