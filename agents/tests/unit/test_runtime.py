"""The door of an agent process: acknowledge at once, one run per invocation, cancel, health."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from bedrock_agentcore import BedrockAgentCoreApp, BedrockAgentCoreContext
from starlette.testclient import TestClient

from switchboard.agents.log import JsonLines
from switchboard.agents.payload import RunRequest
from switchboard.agents.runtime import AgentRuntime

SESSION = "inv-01JD2Q3R4S5T6V7W8X9Y0ZABCD-0a1b2c3d"
HEADERS = {
    "X-Amzn-Bedrock-AgentCore-Runtime-Session-Id": SESSION,
    "WorkloadAccessToken": "workload-token",
}


class Held:
    """Work that goes on until the test lets it end."""

    def __init__(self) -> None:
        self.started = threading.Event()
        self.let_go = threading.Event()
        self.seen: list[tuple[str, str, str | None]] = []
        self.cancelled: list[bool] = []
        self.raises = False

    def __call__(self, request: RunRequest, session_id: str, cancel: threading.Event) -> None:
        token = BedrockAgentCoreContext.get_workload_access_token()
        self.seen.append((request.invocation_id, session_id, token))
        self.started.set()
        self.let_go.wait(10)
        self.cancelled.append(cancel.is_set())
        if self.raises:
            raise RuntimeError("nobody above")


@pytest.fixture
def work() -> Iterator[Held]:
    held = Held()
    yield held
    held.let_go.set()


@pytest.fixture
def client(work: Held) -> Iterator[TestClient]:
    app = BedrockAgentCoreApp()
    AgentRuntime(app, "code", lambda: work)
    with TestClient(app) as client:
        yield client


def _post(client: TestClient, payload: dict[str, Any]) -> Any:
    return client.post("/invocations", json=payload, headers=HEADERS)


@contextmanager
def _wait_for_end() -> Iterator[None]:
    """Wait until the threads that were started inside have ended."""
    yield
    for thread in threading.enumerate():
        if thread.name.startswith("run-"):
            thread.join(10)


def test_a_start_is_acknowledged_while_the_work_goes_on(
    client: TestClient, work: Held, payload: dict[str, Any]
) -> None:
    answer = _post(client, payload)

    assert answer.json() == {"status": "accepted", "invocation_id": payload["invocation_id"]}
    assert work.started.wait(10)
    assert client.get("/ping").json()["status"] == "HealthyBusy"


def test_health_returns_when_the_work_has_ended(
    client: TestClient, work: Held, payload: dict[str, Any]
) -> None:
    with _wait_for_end():
        _post(client, payload)
        work.let_go.set()

    assert client.get("/ping").json()["status"] == "Healthy"


def test_the_thread_has_the_session_and_the_workload_token(
    client: TestClient, work: Held, payload: dict[str, Any]
) -> None:
    _post(client, payload)

    assert work.started.wait(10)
    assert work.seen == [(payload["invocation_id"], SESSION, "workload-token")]


def test_a_second_start_of_a_running_invocation_does_nothing(
    client: TestClient, work: Held, payload: dict[str, Any]
) -> None:
    _post(client, payload)
    assert work.started.wait(10)

    answer = _post(client, payload).json()

    assert answer["status"] == "accepted"
    assert answer["duplicate"] is True
    assert len(work.seen) == 1


def test_a_start_redelivered_after_the_end_does_nothing(
    client: TestClient, work: Held, payload: dict[str, Any]
) -> None:
    with _wait_for_end():
        _post(client, payload)
        work.let_go.set()

    answer = _post(client, payload).json()

    assert answer["duplicate"] is True
    assert len(work.seen) == 1


def test_starts_that_arrive_together_are_one_run(
    client: TestClient, work: Held, payload: dict[str, Any]
) -> None:
    answers: list[Any] = []
    threads = [
        threading.Thread(target=lambda: answers.append(_post(client, payload).json()))
        for _ in range(8)
    ]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)

    assert sum("duplicate" not in answer for answer in answers) == 1
    assert len(work.seen) == 1


def test_a_cancel_reaches_the_running_work(
    client: TestClient, work: Held, payload: dict[str, Any]
) -> None:
    cancel = {"action": "cancel", "invocation_id": payload["invocation_id"]}
    with _wait_for_end():
        _post(client, payload)
        assert work.started.wait(10)
        answer = _post(client, cancel).json()
        work.let_go.set()

    assert answer["status"] == "cancelling"
    assert work.cancelled == [True]
    assert _post(client, cancel).json()["status"] == "ended"


def test_a_cancel_of_an_unknown_invocation_says_so(client: TestClient) -> None:
    answer = _post(client, {"action": "cancel", "invocation_id": "nobody"})

    assert answer.json() == {"status": "unknown", "invocation_id": "nobody"}


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"story": None}, "story"),
        ({"agent_type": "mock"}, "code agent"),
        ({"budget": {"cost_limit_per_invocation": "0"}}, "cost_limit_per_invocation"),
    ],
)
def test_a_payload_that_is_no_request_is_refused_with_the_reason(
    client: TestClient, work: Held, payload: dict[str, Any], change: dict[str, Any], word: str
) -> None:
    answer = _post(client, {**payload, **change})

    assert answer.status_code == 400
    assert word in answer.json()["error"]["message"]
    assert work.seen == []


def test_work_that_raises_leaves_the_process_healthy(
    client: TestClient, work: Held, payload: dict[str, Any]
) -> None:
    work.raises = True

    with _wait_for_end():
        _post(client, payload)
        work.let_go.set()

    assert client.get("/ping").json()["status"] == "Healthy"


@pytest.mark.requirement("S001-FR-021", "U")
@pytest.mark.requirement("S001-FR-023", "U")
@pytest.mark.requirement("S001-FR-037", "U")
def test_an_accepted_invocation_is_a_json_line_with_session_size_and_ids(
    client: TestClient, work: Held, payload: dict[str, Any], logged: list[Any]
) -> None:
    _post(client, payload)

    [record] = [item for item in logged if item.getMessage() == "invocation accepted"]
    line = json.loads(JsonLines().format(record))
    assert line["session_id"] == SESSION
    assert len(SESSION) >= 33
    assert line["payload_bytes"] == len(json.dumps(payload).encode())
    assert line["correlation_id"] == payload["correlation_id"]
    assert line["level"] == "INFO"


def test_an_exception_is_one_json_line(
    request_of: Callable[..., RunRequest], logged: list[Any], payload: dict[str, Any]
) -> None:
    app = BedrockAgentCoreApp()

    def broken() -> Any:
        raise RuntimeError("no model")

    AgentRuntime(app, "code", broken)
    with TestClient(app) as client, _wait_for_end():
        _post(client, payload)

    [record] = [item for item in logged if item.exc_info]
    line = json.loads(JsonLines().format(record))
    assert "no model" in line["exception"]
    assert line["invocation_id"] == payload["invocation_id"]
    assert line["correlation_id"] == payload["correlation_id"]
