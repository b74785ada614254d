"""The knowledge door on a free port, with one deployed base and its data source."""

import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest
import uvicorn
from botocore.config import Config
from starlette.applications import Starlette

from switchboard.local.agentcore.aws_answers import AwsError, answer_error
from switchboard.local.agentcore.registry import Registry
from switchboard.local.knowledge.door import KnowledgeDoor
from switchboard.local.knowledge.index import Index

BASE = "KBAAAAAAAA"
SOURCE = "DSAAAAAAAA"
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)

# One for all tests: it keeps the service models it has read.
SESSION = boto3.Session("111122223333", "local", region_name="us-east-1")


@dataclass
class Standin:
    """A running stand-in, and what the tests call it with."""

    url: str
    base: str = BASE
    source: str = SOURCE

    def client(self, service: str) -> Any:
        patience = Config(retries={"total_max_attempts": 1}, read_timeout=10)
        return SESSION.client(service, endpoint_url=self.url, config=patience)

    @property
    def where(self) -> dict[str, str]:
        return {"knowledgeBaseId": self.base, "dataSourceId": self.source}

    def put(self, name: str, text: str, **metadata: Any) -> Any:
        """Ingest one document."""
        document = {"content": _content(name, text)}
        if metadata:
            document["metadata"] = {
                "type": "IN_LINE_ATTRIBUTE",
                "inlineAttributes": [_attribute(key, value) for key, value in metadata.items()],
            }
        agent = self.client("bedrock-agent")
        return agent.ingest_knowledge_base_documents(**self.where, documents=[document])

    def search(self, text: str, **search: Any) -> list[dict[str, Any]]:
        """Retrieve."""
        answer = self.client("bedrock-agent-runtime").retrieve(
            knowledgeBaseId=self.base,
            retrievalQuery={"text": text},
            retrievalConfiguration={"vectorSearchConfiguration": search},
        )
        found: list[dict[str, Any]] = answer["retrievalResults"]
        return found

    def found(self, text: str, **search: Any) -> list[str]:
        return [
            item["location"]["customDocumentLocation"]["id"] for item in self.search(text, **search)
        ]


def _content(name: str, text: str) -> dict[str, Any]:
    return {
        "dataSourceType": "CUSTOM",
        "custom": {
            "customDocumentIdentifier": {"id": name},
            "sourceType": "IN_LINE",
            "inlineContent": {"type": "TEXT", "textContent": {"data": text}},
        },
    }


def _attribute(key: str, value: Any) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"key": key, "value": {"type": "BOOLEAN", "booleanValue": value}}
    if isinstance(value, int | float):
        return {"key": key, "value": {"type": "NUMBER", "numberValue": value}}
    return {"key": key, "value": {"type": "STRING", "stringValue": value}}


def register(folder: Path, name: str, resource: dict[str, Any]) -> None:
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps(resource))


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    opened = Index(tmp_path / "knowledge" / "index.db")
    yield opened
    opened.close()


@pytest.fixture
def standin(tmp_path: Path, index: Index) -> Iterator[Standin]:
    folder = tmp_path / "registry"
    register(folder, "base", {"type": "AWS::Bedrock::KnowledgeBase", "physical_id": BASE})
    register(
        folder,
        "source",
        {
            "type": "AWS::Bedrock::DataSource",
            "physical_id": f"{BASE}|{SOURCE}",
            "properties": {"KnowledgeBaseId": BASE},
            "attributes": {"DataSourceId": SOURCE},
        },
    )
    door = KnowledgeDoor(Registry(folder), index, lambda: NOW)
    app = Starlette(routes=door.routes(), exception_handlers={AwsError: answer_error})
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(128)  # who connects before the server runs waits
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", ws="none", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    yield Standin(f"http://127.0.0.1:{listener.getsockname()[1]}")
    server.should_exit = True
    thread.join(20)
    listener.close()
