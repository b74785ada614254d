"""One log line per change: the right level, JSON, the ids of the flow on it."""

import io
import json
from typing import Any
from uuid import uuid4

import pytest
from aws_lambda_powertools import Logger

from switchboard.ingress.domain.sync_model import Job, Target
from switchboard.ingress.handler import Desk, Worker


def nothing_to_sync(_: Any) -> list[Job]:
    return []


@pytest.fixture
def settle(board: Any, make: Any) -> Any:
    """Follow a webhook of the story through the Lambda's worker; answers its log lines."""

    def run(**changes: Any) -> list[dict[str, Any]]:
        stream = io.StringIO()
        logger = Logger(service=f"test-{uuid4()}", stream=stream, level="DEBUG")
        board.deliver(make.notion_body(**changes))
        Worker(board.worker(), nothing_to_sync, logger)(board.events("ContentChanged.v1")[-1])
        return [json.loads(line) for line in stream.getvalue().splitlines()]

    return run


@pytest.mark.requirement("ERR-09", "U")
@pytest.mark.requirement("ERR-10", "U")
def test_an_accepted_request_is_one_info_line_with_all_ids(settle: Any, board: Any) -> None:
    (line,) = settle()

    (event,) = board.events("InvocationRequested.v1")
    assert (line["level"], line["code"]) == ("INFO", "INVOCATION_REQUESTED")
    assert line["invocation_id"] == event.data.invocation_id
    assert line["correlation_id"] == event.metadata.correlation_id


@pytest.mark.requirement("ING-08", "U")
@pytest.mark.requirement("ERR-09", "U")
def test_an_unknown_trigger_is_one_debug_line(settle: Any, board: Any, make: Any) -> None:
    board.show(make.story("Discussed"))

    (line,) = settle()

    assert (line["level"], line["code"], line["trigger"]) == (
        "DEBUG",
        "UNKNOWN_TRIGGER",
        "Discussed",
    )
    assert line["invocation_id"]


@pytest.mark.requirement("ERR-09", "U")
def test_a_refusal_is_a_warning(settle: Any, board: Any, make: Any) -> None:
    board.show(make.story(), "x" * 1_100_000)

    (line,) = settle()

    assert (line["level"], line["code"]) == ("WARNING", "STORY_TOO_LARGE")


def test_no_text_of_the_page_is_logged(settle: Any, board: Any, make: Any) -> None:
    board.show(make.story(), "the customer's secret plan")

    assert "secret plan" not in json.dumps(settle())


@pytest.fixture
def tickets(desk: Any, make: Any) -> Any:
    """Settle a ticket through the Lambda's desk; answers its log lines."""

    def run(**changes: Any) -> list[dict[str, Any]]:
        stream = io.StringIO()
        logger = Logger(service=f"test-{uuid4()}", stream=stream, level="DEBUG")
        Desk(desk.desk(), logger)(make.ticket(**changes))
        return [json.loads(line) for line in stream.getvalue().splitlines()]

    return run


@pytest.mark.requirement("ERR-10", "U")
def test_a_story_made_is_one_info_line_in_the_ticket_s_flow(tickets: Any, make: Any) -> None:
    (line,) = tickets()

    assert (line["level"], line["code"]) == ("INFO", "STORY_CREATED")
    assert (line["correlation_id"], line["ticket_id"]) == (make.call, make.ticket_id)
    assert line["invocation_id"] == "-"


def test_a_ticket_of_another_category_is_an_info_line_with_its_reason(tickets: Any) -> None:
    (line,) = tickets(category="access")

    assert (line["level"], line["code"]) == ("INFO", "NOT_A_DEFECT")
    assert "access" in line["reason"]


@pytest.mark.requirement("ERR-09", "U")
def test_a_ticket_that_no_project_takes_is_a_warning_with_a_remedy(
    tickets: Any, desk: Any, make: Any
) -> None:
    desk.configure(**{"Defect Status": make.rich("")})

    (line,) = tickets()

    assert (line["level"], line["code"]) == ("WARNING", "NO_PROJECT")
    assert "Defect Status" in line["remediation"]


def test_nothing_a_caller_said_and_no_number_is_logged(tickets: Any) -> None:
    text = json.dumps(tickets(issue_description="my secret plan should stay secret"))

    assert "secret plan" not in text
    assert "555" not in text


def test_a_person_s_change_of_a_ticket_s_story_is_logged_in_the_ticket_s_flow(
    desk: Any, make: Any
) -> None:
    desk.desk()(make.ticket())
    (story,) = desk.stories()
    stream = io.StringIO()
    logger = Logger(service=f"test-{uuid4()}", stream=stream, level="DEBUG")

    desk.deliver(make.notion_body(story.id))
    Worker(desk.worker(), nothing_to_sync, logger)(desk.events("ContentChanged.v1")[-1])

    (line,) = [json.loads(text) for text in stream.getvalue().splitlines()]
    assert (line["code"], line["correlation_id"]) == ("INVOCATION_REQUESTED", make.call)


def test_a_change_of_content_asks_for_no_work_and_its_sync_is_one_info_line(
    board: Any, make: Any
) -> None:
    stream = io.StringIO()
    logger = Logger(service=f"test-{uuid4()}", stream=stream, level="DEBUG")
    job = Job("job-1", "proj-demo", Target("page", make.page), "root", "webhook", board.now)

    board.deliver(make.notion_body(type="page.content_updated"))
    Worker(board.worker(), lambda _: [job], logger)(board.events("ContentChanged.v1")[-1])

    (line,) = [json.loads(text) for text in stream.getvalue().splitlines()]
    assert (line["level"], line["message"], line["job_id"]) == ("INFO", "page is synced", "job-1")
    assert board.events("InvocationRequested.v1") == []
