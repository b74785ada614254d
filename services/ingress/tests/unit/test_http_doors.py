"""What the HTTP doors answer and log: the common error format, ids and reasons, never a secret."""

import io
import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from aws_lambda_powertools import Logger

from switchboard.ingress.adapters.api_gateway import OutcomesDoor, WebhookDoor
from switchboard.ingress.adapters.memory import MemoryJournal
from switchboard.ingress.domain.explain_page import ExplainPage

Post = Callable[..., dict[str, Any]]


@pytest.fixture
def log() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def logger(log: io.StringIO) -> Logger:
    return Logger(service=f"test-{uuid4()}", stream=log, level="DEBUG")


@pytest.fixture
def post(world: Any, make: Any, logger: Logger) -> Post:
    """Post a signed body, or whatever `changes` turns the request into."""

    def send(sent: Any = None, **changes: Any) -> dict[str, Any]:
        raw = sent if isinstance(sent, bytes) else json.dumps(sent or make.notion_body()).encode()
        request = {
            "headers": {"X-Notion-Signature": make.sign(raw)},
            "body": raw.decode(),
            "isBase64Encoded": False,
            **changes,
        }
        answer = WebhookDoor(world.door(), logger)(request)
        return {"status": answer["statusCode"], **json.loads(answer["body"])}

    return send


@pytest.mark.requirement("ING-03", "U")
@pytest.mark.requirement("ING-20", "C")
@pytest.mark.requirement("ERR-01", "C")
@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"headers": {}}, 401, "INVALID_WEBHOOK"),
        ({"headers": None, "body": None}, 401, "INVALID_WEBHOOK"),
        ({"headers": {"X-Notion-Signature": "sha256=0"}}, 401, "INVALID_WEBHOOK"),
        (
            {"headers": {"X-Switchboard-Automation-Secret": "guess"}},
            401,
            "INVALID_WEBHOOK",
        ),
        ({"body": '{"verification_token": "secret_of_nobody"}'}, 401, "INVALID_WEBHOOK"),
        ({"body": "%", "isBase64Encoded": True}, 400, "MALFORMED_WEBHOOK"),
        ({"body": "x" * 1_000_001}, 413, "WEBHOOK_TOO_LARGE"),
    ],
)
def test_every_refusal_has_the_common_error_format(
    world: Any, post: Post, changes: dict[str, Any], status: int, code: str
) -> None:
    answer = post(**changes)

    assert answer["status"] == status
    error = answer["error"]
    assert set(error) == {"code", "message", "invocation_id", "remediation"}
    assert error["code"] == code
    assert error["message"]
    assert error["remediation"]
    assert world.table.outbox == []


@pytest.mark.requirement("ING-20", "C")
def test_a_true_body_of_no_known_shape_is_answered_400(post: Post) -> None:
    answer = post({"hello": "world"})

    assert (answer["status"], answer["error"]["code"]) == (400, "MALFORMED_WEBHOOK")


def test_the_name_of_the_signature_header_is_not_case_sensitive(post: Post, make: Any) -> None:
    raw = json.dumps(make.notion_body()).encode()

    assert post(raw, headers={"x-notion-signature": make.sign(raw)})["status"] == "accepted"


def test_an_automation_comes_in_with_the_shared_secret_header(post: Post, make: Any) -> None:
    body = {
        "source": {"type": "automation", "event_id": "e1"},
        "data": {"object": "page", "id": make.page},
    }
    headers = {"X-Switchboard-Automation-Secret": make.automation}

    assert post(body, headers=headers)["status"] == "accepted"


@pytest.mark.requirement("ERR-09", "U")
@pytest.mark.requirement("ERR-10", "U")
def test_the_log_has_ids_and_reasons_but_no_secret_and_no_body(
    post: Post, make: Any, log: io.StringIO
) -> None:
    post({**make.notion_body(), "workspace_name": "the secret plan"})
    post(headers={"X-Notion-Signature": "sha256=guess"})
    post({"entity": "the secret plan"})

    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert [line["level"] for line in lines] == ["INFO", "WARNING", "WARNING"]
    assert all("invocation_id" in line for line in lines)
    assert lines[0]["correlation_id"]
    for hidden in (make.token, make.automation, "secret plan", "guess"):
        assert hidden not in log.getvalue()


@pytest.fixture
def ask(board: Any, logger: Logger) -> Post:
    def send(page_id: str, **query: str) -> dict[str, Any]:
        door = OutcomesDoor(ExplainPage(MemoryJournal(board.table)), logger)
        request = {"pathParameters": {"page_id": page_id}, "queryStringParameters": query or None}
        answer = door(request)
        return {"status": answer["statusCode"], **json.loads(answer["body"])}

    return send


@pytest.mark.requirement("ING-08", "U")
def test_the_reasons_of_a_page_can_be_asked_for(board: Any, ask: Post, make: Any) -> None:
    board.show(make.story("Discussed"))
    board.follow()
    board.show(make.story())
    outcome = board.follow()

    listed = ask(make.page)["outcomes"]
    assert [item["code"] for item in listed] == ["INVOCATION_REQUESTED", "UNKNOWN_TRIGGER"]
    assert listed[0]["invocation_id"] == outcome.invocation_id
    assert listed[1]["trigger"] == "Discussed"
    assert "Generate Code" in listed[1]["remediation"]
    assert len(ask(make.page, limit="1")["outcomes"]) == 1


def test_a_page_nobody_heard_of_has_no_outcomes(ask: Post) -> None:
    assert ask("nowhere") == {"status": 200, "page_id": "nowhere", "outcomes": []}


@pytest.mark.requirement("ING-20", "C")
@pytest.mark.requirement("ERR-01", "C")
@pytest.mark.parametrize("limit", ["x", "-1", "", "1.5", "9" * 30])
def test_a_limit_that_is_no_number_is_answered_400(ask: Post, make: Any, limit: str) -> None:
    answer = ask(make.page, limit=limit)

    assert (answer["status"], answer["error"]["code"]) == (400, "INVALID_ARGUMENTS")
    assert set(answer["error"]) == {"code", "message", "invocation_id", "remediation"}


class Broken:
    """A use case whose table is away."""

    def __call__(self, *args: Any) -> Any:
        raise ConnectionError("the table is away")


@pytest.mark.requirement("ING-20", "C")
@pytest.mark.requirement("ERR-01", "C")
@pytest.mark.requirement("ERR-09", "U")
@pytest.mark.parametrize("door", [WebhookDoor, OutcomesDoor])
def test_a_failure_of_ours_is_a_500_and_an_error_line(
    door: Any, logger: Logger, log: io.StringIO
) -> None:
    answer = door(Broken(), logger)({"body": "{}", "headers": {}})

    assert answer["statusCode"] == 500
    error = json.loads(answer["body"])["error"]
    assert set(error) == {"code", "message", "invocation_id", "remediation"}
    assert "table is away" not in answer["body"]
    (line,) = [json.loads(line) for line in log.getvalue().splitlines()]
    assert line["level"] == "ERROR"
    assert "invocation_id" in line
