"""The memory door on a free port, with one deployed memory."""

import json
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest
import uvicorn
from botocore.config import Config
from starlette.applications import Starlette

from switchboard.local.agentcore.aws_answers import AwsError, answer_error
from switchboard.local.agentcore.memory_door import MemoryDoor
from switchboard.local.agentcore.memory_store import MemoryStore
from switchboard.local.agentcore.registry import Registry

MEMORY = "switchboard_dev-0123456789"
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
DEPLOYED = {
    "type": "AWS::BedrockAgentCore::Memory",
    "physical_id": f"arn:aws:bedrock-agentcore:us-east-1:111122223333:memory/{MEMORY}",
    "properties": {
        "Name": "switchboard_dev",
        "MemoryStrategies": [
            {
                "SemanticMemoryStrategy": {
                    "Name": "facts",
                    "Namespaces": ["/projects/{actorId}/facts/"],
                }
            }
        ],
    },
    "attributes": {"MemoryId": MEMORY},
}
# One for all tests: it keeps the service models it has read.
SESSION = boto3.Session("111122223333", "local", region_name="us-east-1")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where what is remembered lies."""
    return tmp_path / "memory"


@pytest.fixture
def client(tmp_path: Path, folder: Path) -> Iterator[Any]:
    """boto3's own client against the door."""
    registry = tmp_path / "registry"
    registry.mkdir()
    (registry / "memory.json").write_text(json.dumps(DEPLOYED))
    door = MemoryDoor(Registry(registry), MemoryStore(folder), lambda: NOW)
    app = Starlette(routes=door.routes(), exception_handlers={AwsError: answer_error})
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(128)  # who connects before the server runs waits
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", ws="none", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    yield SESSION.client(
        "bedrock-agentcore",
        endpoint_url=f"http://127.0.0.1:{listener.getsockname()[1]}",
        config=Config(retries={"total_max_attempts": 1}, read_timeout=10),
    )
    server.should_exit = True
    thread.join(20)
    listener.close()
    door.close()
