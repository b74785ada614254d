"""One status, one receipt, one settlement, one event, whoever ends an invocation."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from switchboard.events.invocation import (
    DeliveryFailedV1,
    InvocationDeliveredV1,
    InvocationRecord,
)
from switchboard.events.values import Artifact, ErrorInfo, PageSnapshot, TokenUsage
from switchboard.orchestrator.domain.lifecycle import FITTING_BYTES
from switchboard.orchestrator.domain.model import AgentType, Status


def run(world: Any, make: Any, **request: Any) -> str:
    """Start a run whose agent says nothing by itself."""
    world.agent = "is silent"
    event = make.request(**request)
    world.send(event)
    world.work_off()
    return str(event.data.invocation_id)


def test_a_completed_run_leaves_result_cost_and_tokens_on_the_record(
    world: Any, make: Any, clock: Any
) -> None:
    invocation_id = run(world, make)
    clock.tick(36)
    world.send(make.completed(invocation_id))

    world.work_off()

    record = world.record(invocation_id)
    assert (record.status, record.output_summary) == ("completed", "Opened a pull request")
    assert record.output_artifacts[0].type == "pull_request"
    assert record.token_usage.total_tokens == 5000
    assert record.completed_at == clock()
    assert (record.turns, record.duration_seconds) == (4, 36.0)
    assert record.cost_usd == record.receipt.total_usd > 0


@pytest.mark.requirement("DAT-01", "C")
def test_the_terminal_event_carries_every_field_of_the_record(world: Any, make: Any) -> None:
    invocation_id = run(world, make)
    world.send(make.completed(invocation_id))

    world.work_off()

    (end,) = world.ends()
    record = world.record(invocation_id)
    for name in InvocationRecord.model_fields:
        assert getattr(end.data, name) == getattr(record, name), name
    assert set(InvocationRecord.model_fields) == {
        "invocation_id",
        "notion_page_id",
        "workspace_id",
        "agent_type",
        "status",
        "input_context",
        "output_summary",
        "output_artifacts",
        "parent_invocation_id",
        "config",
        "cost_usd",
        "token_usage",
        "session_id",
        "started_at",
        "completed_at",
        "error_detail",
        "created_at",
    }


@pytest.mark.requirement("DAT-02", "C")
def test_the_agent_types_are_the_seven_of_the_format() -> None:
    assert set(AgentType) == {"code", "mock", "demo_deck", "insight", "spec", "review", "a_b_test"}


@pytest.mark.requirement("DAT-03", "C")
def test_the_statuses_are_five_and_a_timeout_is_a_failure_with_its_code(
    world: Any, make: Any
) -> None:
    run(world, make)

    world.settle(hours=2)

    (end,) = world.ends()
    assert set(Status) == {"queued", "running", "completed", "failed", "cancelled"}
    assert (end.data.status, end.data.error.code) == ("failed", "AGENT_TIMEOUT")
    assert end.data.error_detail.startswith("AGENT_TIMEOUT: ")


def test_a_second_report_of_any_kind_changes_nothing(new_world: Any, make: Any) -> None:
    world = new_world(copies=2)
    invocation_id = run(world, make)
    world.send(make.completed(invocation_id))
    world.work_off()
    ended = world.record(invocation_id)

    world.send(make.failed(invocation_id))
    world.work_off()

    assert world.record(invocation_id) == ended
    assert len(world.ends()) == 1
    assert world.month().spent == ended.cost_usd


def test_a_failed_run_keeps_its_own_code_and_what_it_used(world: Any, make: Any) -> None:
    invocation_id = run(world, make)
    error = ErrorInfo(code="BUDGET_EXCEEDED", message="$1.00 used", remediation="raise it")
    world.send(make.failed(invocation_id, error=error))

    world.work_off()

    (end,) = world.ends()
    assert end.detail_type == "InvocationFailed.v1"
    assert end.data.error == error
    assert end.data.token_usage == TokenUsage(input_tokens=400, output_tokens=100, total_tokens=500)
    assert world.month().spent == end.data.cost_usd > 0


def test_a_run_that_says_it_was_cancelled_ends_as_cancelled(world: Any, make: Any) -> None:
    invocation_id = run(world, make)
    world.send(make.failed(invocation_id, cancelled=True))

    world.work_off()

    (end,) = world.ends()
    assert (end.detail_type, end.data.error) == ("InvocationCancelled.v1", None)
    assert end.data.cost_usd > 0


def test_a_report_that_overtakes_the_start_is_told_as_started_and_then_as_ended(
    world: Any, make: Any, crash: type[BaseException]
) -> None:
    request = make.request()

    def dies_after_the_agent_has_reported(agent_run: Any) -> None:
        world.send(make.completed(request.data.invocation_id))
        raise crash

    world.runtimes.on_start = dies_after_the_agent_has_reported
    world.send(request)
    world.settle(hours=1)

    flow = [event.detail_type for event in world.store.outbox]
    assert flow == ["InvocationStarted.v1", "InvocationCompleted.v1"]
    assert len(world.runtimes.starts) == 1


def test_a_report_about_an_unknown_invocation_is_buried_with_its_reason(
    world: Any, make: Any
) -> None:
    world.send(make.completed("01NOWHERE"))

    world.settle(hours=1)

    assert world.hidden == [30, 60, 120]
    ((_, reason),) = world.buried
    assert "There is no invocation 01NOWHERE" in reason


@pytest.mark.requirement("BUD-04", "U")
def test_the_cost_is_the_sum_of_model_runtime_and_tools(world: Any, make: Any) -> None:
    invocation_id = run(world, make)
    world.send(make.completed(invocation_id))

    world.work_off()

    receipt = world.record(invocation_id).receipt
    amounts = {line.item: line.amount_usd for line in receipt.lines}
    assert amounts == {
        "model input tokens": Decimal("0.012"),
        "model output tokens": Decimal("0.015"),
        "runtime cpu": Decimal("0.0000895"),
        "runtime memory": Decimal("0.00004725"),
        "gateway calls": Decimal("0.00002"),
        "policy decisions": Decimal("0.0001"),
    }
    assert receipt.total_usd == sum(amounts.values()) == world.month().spent


@pytest.mark.requirement("ORC-19", "F")
def test_a_silent_run_is_stopped_at_its_limit_and_charged_its_reservation(
    world: Any, make: Any, clock: Any
) -> None:
    invocation_id = run(world, make)
    began = clock()

    world.settle(hours=2)

    record = world.record(invocation_id)
    assert timedelta(0) <= record.completed_at - began - timedelta(hours=1) < timedelta(seconds=30)
    assert world.runtimes.stopped == [record.session_id]
    assert world.runtimes.sessions == {}
    assert record.cost_usd == Decimal("1.00") == world.month().spent
    assert "did not report" in record.receipt.note


@pytest.mark.requirement("ORC-19", "F")
def test_the_sweep_ends_a_silent_run_whose_timer_was_lost(world: Any, make: Any) -> None:
    run(world, make)
    world.deadlines.timers.clear()

    world.settle(hours=2)

    (end,) = world.ends()
    assert end.data.error.code == "AGENT_TIMEOUT"


def test_a_timer_that_rings_for_an_ended_run_does_nothing(world: Any, make: Any) -> None:
    world.send(make.request())

    world.settle(hours=2)

    assert [end.data.status for end in world.ends()] == ["completed"]
    assert world.runtimes.stopped == []
    assert world.deadlines.timers == {}


def test_a_report_after_the_timeout_changes_neither_status_nor_money(world: Any, make: Any) -> None:
    invocation_id = run(world, make)
    world.settle(hours=2)
    month = world.month()

    world.send(make.completed(invocation_id))
    world.work_off()

    assert world.record(invocation_id).status == "failed"
    assert world.month() == month


def test_an_ended_record_is_cut_until_it_fits_one_event(world: Any, make: Any) -> None:
    snapshot = PageSnapshot(
        title="Huge",
        properties={"Notes": "n" * 60_000},
        content_markdown="ä" * 60_000,
    )
    invocation_id = run(world, make, page_snapshot=snapshot)
    artifacts = [
        Artifact(
            type="prototype", url=f"https://p.example/{n}", title="t", metadata={"x": "y" * 3000}
        )
        for n in range(60)
    ]
    world.send(make.completed(invocation_id, artifacts=artifacts, summary="s" * 9_000))

    world.work_off()

    (end,) = world.ends()
    assert len(end.data.model_dump_json().encode()) <= FITTING_BYTES
    assert end.data.input_context["content_truncated"] is True
    assert world.record(invocation_id).status == "completed"


def test_the_delivery_of_the_result_is_noted_on_the_record(world: Any, make: Any) -> None:
    invocation_id = run(world, make)
    world.send(make.completed(invocation_id))
    error = ErrorInfo(code="DELIVERY_FAILED", message="Notion said 503", remediation="wait")
    where = {"invocation_id": invocation_id, "notion_page_id": "page-1"}
    world.send(make.event(DeliveryFailedV1(error=error, **where), "completion"))
    world.work_off()
    assert world.record(invocation_id).delivery_error == "DELIVERY_FAILED: Notion said 503"

    delivered = make.event(InvocationDeliveredV1(status="completed", **where), "completion")
    world.send(delivered)
    world.work_off()

    record = world.record(invocation_id)
    assert (record.delivered_at, record.delivery_error) == (delivered.metadata.time, None)
    version = record.version
    world.send(delivered)
    world.work_off()
    assert world.record(invocation_id).version == version


def test_a_failed_delivery_that_is_told_late_is_no_news_after_the_delivery(
    world: Any, make: Any
) -> None:
    """Found by the fault simulation: the record said for ever that nothing was delivered."""
    invocation_id = run(world, make)
    where = {"invocation_id": invocation_id, "notion_page_id": "page-1"}
    error = ErrorInfo(code="DELIVERY_FAILED", message="Notion said 503", remediation="wait")
    failed = make.event(DeliveryFailedV1(error=error, **where), "completion")
    world.send(make.completed(invocation_id))
    world.send(make.event(InvocationDeliveredV1(status="completed", **where), "completion"))
    world.send(failed)

    world.work_off()

    record = world.record(invocation_id)
    assert record.delivered_at is not None
    assert record.delivery_error is None


@pytest.mark.requirement("ORC-07", "U")
def test_every_event_of_a_flow_carries_its_correlation_and_the_session_id_is_derived(
    world: Any, make: Any
) -> None:
    request = make.request()
    world.send(request)

    world.work_off()

    record = world.record(request.data.invocation_id)
    assert {event.metadata.correlation_id for event in world.store.outbox} == {
        request.data.invocation_id
    }
    prefix, ulid, digest = record.session_id.split("-")
    assert (prefix, ulid, len(digest)) == ("inv", request.data.invocation_id, 8)
    assert len(record.session_id) == 39
