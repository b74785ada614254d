"""A run ends in exactly one event, whatever happens in it."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from switchboard.agents.event_bus import PublishError
from switchboard.agents.memory import Call, MemoryBus, MemoryToolBox
from switchboard.agents.payload import RunRequest
from switchboard.agents.run import RunAgent
from switchboard.events.catalogue import parse_event

Runs = Callable[..., RunAgent]
Requests = Callable[..., RunRequest]
SESSION = "inv-01JD2Q3R4S5T6V7W8X9Y0ZABCD-0a1b2c3d"
PR_URL = "https://github.com/acme/storefront/pull/7"


@pytest.mark.requirement("AGT-04", "C")
@pytest.mark.requirement("S001-FR-013", "U")
def test_a_finished_run_is_published_with_artifacts_read_off_the_tools(
    run: Runs,
    request_of: Requests,
    bus: MemoryBus,
    work_as_code: list[Any],
    cancel: threading.Event,
) -> None:
    run(work_as_code)(request_of(), SESSION, cancel)

    [event] = bus.events
    data = parse_event("AgentRunCompleted.v1", event.detail()).data
    assert data.status == "completed"
    assert data.summary == "Done."
    [artifact] = data.artifacts
    assert (artifact.type, artifact.url) == ("pull_request", PR_URL)
    assert artifact.metadata == {
        "repo": "acme/storefront",
        "branch": "switchboard/01jd2q3r4s5t6v7w8x9y0zabcd",
        "pr_number": 7,
        "files_changed": 2,
        "criteria_met": 2,
        "criteria_open": 1,
    }
    assert data.token_usage.model_dump() == {
        "input_tokens": 300,
        "output_tokens": 60,
        "total_tokens": 360,
    }
    assert (data.usage.turns, data.usage.tool_calls) == (3, 2)
    assert data.usage.model_id == "offline.playbook"


def test_the_event_belongs_to_the_flow_of_the_request(
    run: Runs,
    request_of: Requests,
    bus: MemoryBus,
    work_as_code: list[Any],
    cancel: threading.Event,
) -> None:
    run(work_as_code)(request_of(correlation_id="first"), SESSION, cancel)

    metadata = bus.events[0].metadata
    assert (metadata.service, metadata.correlation_id) == ("agents", "first")
    assert metadata.causation_id == "01JD2Q3R4S5T6V7W8X9Y0ZAAAA"
    assert metadata.project_id == "proj-demo"


@pytest.mark.requirement("ERR-02", "F")
def test_an_artifact_no_tool_returned_fails_the_run(
    run: Runs,
    request_of: Requests,
    bus: MemoryBus,
    answer: Callable[..., dict[str, Any]],
    cancel: threading.Event,
) -> None:
    run([Call("CodeOutput", answer())])(request_of(), SESSION, cancel)

    [event] = bus.events
    assert event.detail_type == "AgentRunFailed.v1"
    assert event.data.error.code == "AGENT_ERROR"
    assert PR_URL in event.data.error.message


def test_saying_done_without_having_made_anything_fails_the_run(
    run: Runs,
    request_of: Requests,
    bus: MemoryBus,
    answer: Callable[..., dict[str, Any]],
    cancel: threading.Event,
) -> None:
    run([Call("CodeOutput", answer(artifacts=[]))])(request_of(), SESSION, cancel)

    assert "made nothing" in bus.events[0].data.error.message


def test_an_agent_that_gives_up_says_why_and_keeps_what_it_made(
    run: Runs,
    request_of: Requests,
    bus: MemoryBus,
    work_as_code: list[Any],
    answer: Callable[..., dict[str, Any]],
    cancel: threading.Event,
) -> None:
    gives_up = Call("CodeOutput", answer(status="failed", summary="Tests failed: 1 of 3"))

    run([*work_as_code[:2], gives_up])(request_of(), SESSION, cancel)

    data = bus.events[0].data
    assert data.error.code == "AGENT_ERROR"
    assert data.error.message == "Tests failed: 1 of 3"
    assert [artifact.url for artifact in data.artifacts] == [PR_URL]
    assert not data.cancelled


def test_a_refused_tool_gives_the_failure_its_code(
    run: Runs,
    request_of: Requests,
    bus: MemoryBus,
    answer: Callable[..., dict[str, Any]],
    cancel: threading.Event,
) -> None:
    fetch = Call("notion___notion-fetch", {"id": "x"})
    gives_up = Call("CodeOutput", answer(status="failed", summary="no access", artifacts=[]))

    run([fetch, gives_up])(request_of(), SESSION, cancel)

    assert bus.events[0].data.error.code == "TOOL_AUTH_FAILED"


def test_an_exception_ends_the_run_as_failed_with_the_tokens_spent_so_far(
    run: Runs,
    request_of: Requests,
    bus: MemoryBus,
    work_as_code: list[Any],
    cancel: threading.Event,
) -> None:
    def breaks(_: Any) -> None:
        raise ConnectionError("model endpoint gone")

    run([work_as_code[0], breaks])(request_of(), SESSION, cancel)

    [event] = bus.events
    assert event.data.error.code == "AGENT_ERROR"
    assert event.data.error.message == "ConnectionError: model endpoint gone"
    assert event.data.token_usage.input_tokens == 100
    assert event.data.usage.tool_calls == 1


def test_tools_that_cannot_be_reached_end_the_run_as_failed(
    run: Runs,
    request_of: Requests,
    bus: MemoryBus,
    tools: MemoryToolBox,
    work_as_code: list[Any],
    cancel: threading.Event,
) -> None:
    def refuses(_: RunRequest) -> Any:
        raise PermissionError("401 from the gateway")

    tools.open = refuses  # type: ignore[method-assign]
    run(work_as_code)(request_of(), SESSION, cancel)

    assert bus.events[0].data.error.message == "PermissionError: 401 from the gateway"


def test_a_cancel_ends_the_run_as_cancelled_with_its_tokens(
    run: Runs,
    request_of: Requests,
    bus: MemoryBus,
    work_as_code: list[Any],
    cancel: threading.Event,
) -> None:
    def cancelled_now(_: Any) -> Call:
        cancel.set()
        call: Call = work_as_code[0]
        return call

    run([work_as_code[0], cancelled_now])(request_of(), SESSION, cancel)

    [event] = bus.events
    assert event.detail_type == "AgentRunFailed.v1"
    assert event.data.cancelled
    assert event.data.error.code == "CANCELLED"
    assert event.data.token_usage.total_tokens > 0


def test_a_run_that_does_not_finish_stops_at_its_turn_limit(
    run: Runs,
    request_of: Requests,
    bus: MemoryBus,
    work_as_code: list[Any],
    cancel: threading.Event,
) -> None:
    run([work_as_code[0]])(request_of(), SESSION, cancel)

    [event] = bus.events
    assert event.data.error.code == "AGENT_ERROR"
    assert "40 turns" in event.data.error.message
    assert event.data.usage.turns == 40


def test_a_bus_that_refuses_is_an_error_for_the_process_above(
    run: Runs,
    request_of: Requests,
    tools: MemoryToolBox,
    work_as_code: list[Any],
    cancel: threading.Event,
) -> None:
    ready = run(work_as_code)
    object.__setattr__(ready, "bus", MemoryBus(refuses=True))

    with pytest.raises(PublishError):
        ready(request_of(), SESSION, cancel)


def test_the_prototype_is_read_off_upload_and_address(
    run: Runs, request_of: Requests, bus: MemoryBus, cancel: threading.Event
) -> None:
    url = "https://d111.cloudfront.net/01JD2Q3R4S5T6V7W8X9Y0ZABCD/index.html"
    metadata = {"s3_key": "k", "cloudfront_url": url, "expiry_days": 7}
    turns = [
        Call("prototype___s3_upload_prototype", {"path": "index.html", "content": "<h1>"}),
        Call("prototype___s3_upload_prototype", {"path": "screenshot.png", "sandbox_path": "s"}),
        Call("prototype___s3_generate_url", {"path": "index.html"}),
        Call("prototype___s3_generate_url", {"path": "screenshot.png"}),
        Call(
            "MockOutput",
            {
                "status": "completed",
                "summary": "A page.",
                "artifacts": [{"url": url, "title": "T", "metadata": metadata}],
            },
        ),
    ]

    run(turns, "mock")(request_of(agent_type="mock"), SESSION, cancel)

    [artifact] = bus.events[0].data.artifacts
    assert artifact.type == "prototype"
    assert artifact.metadata == {
        "s3_key": "01JD2Q3R4S5T6V7W8X9Y0ZABCD/index.html",
        "cloudfront_url": url,
        "expiry_days": 7,
        "screenshot_url": url.replace("index.html", "screenshot.png"),
    }
    assert artifact.expires_at is not None
    assert artifact.expires_at.isoformat() == "2026-12-01T00:00:00+00:00"


def test_the_end_of_a_run_is_logged_with_session_latency_and_ids(
    run: Runs,
    request_of: Requests,
    work_as_code: list[Any],
    cancel: threading.Event,
    logged: list[Any],
) -> None:
    run(work_as_code)(request_of(), SESSION, cancel)

    [record] = [item for item in logged if item.getMessage() == "agent run ended"]
    assert record.session_id == SESSION
    assert record.latency_seconds > 0
    assert record.correlation_id == "01JD2Q3R4S5T6V7W8X9Y0ZABCD"


def test_a_run_that_breaks_is_logged_and_reported_in_the_flow_of_the_call(
    run: Runs,
    request_of: Requests,
    cancel: threading.Event,
    logged: list[Any],
    bus: Any,
) -> None:
    run([RuntimeError("the model is away")])(request_of(correlation_id="call-1"), SESSION, cancel)

    assert {record.correlation_id for record in logged} == {"call-1"}
    assert [record.levelname for record in logged if record.exc_info] == ["ERROR"]
    assert bus.events[0].metadata.correlation_id == "call-1"
