"""A Bedrock endpoint whose only playbooks are those of these tests."""

import socket
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Route

from switchboard.local.agentcore.aws_answers import AwsError, answer_error
from switchboard.local.agentcore.journal import Journal
from switchboard.local.model.door import ModelDoor
from switchboard.local.model.engine import Call, Context, Final, Playbook, Script


def writer(ctx: Context) -> Script:
    """Looks something up, writes two things at once, and reports."""
    found = yield Call("lookup", {"word": ctx.prompt}, "I look it up.")
    if not found.ok:
        return Final(f"cannot: {found.text}")
    first, second = yield [Call("write", {"n": 1}), Call("write", {"n": 2})]
    summary = f"{found.json['meaning']} {first.text} {second.text}"
    return Final(f"done: {summary}", {"summary": summary})


def broken(_ctx: Context) -> Script:
    """A playbook with a fault."""
    yield Call("lookup", {})
    raise RuntimeError("fault in the playbook")


@pytest.fixture(scope="session")
def playbooks() -> Mapping[str, Playbook]:
    return {"writer": writer, "broken": broken}


@pytest.fixture
def journal_file(tmp_path: Path) -> Path:
    return tmp_path / "journal" / "model.jsonl"


@pytest.fixture
def endpoint(journal_file: Path, playbooks: Mapping[str, Playbook]) -> Iterator[str]:
    """The URL of the endpoint."""
    door = ModelDoor(Journal(journal_file), lambda: playbooks)
    app = Starlette(
        routes=[Route("/model/{rest:path}", door.__call__, methods=["POST"])],
        exception_handlers={AwsError: answer_error},
    )
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(128)
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(20)
    listener.close()
