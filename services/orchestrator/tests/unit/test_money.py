"""A month's limit holds, whatever happens at the same time; every receipt is in the ledger."""

import json
import threading
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from switchboard.events.values import TokenUsage
from switchboard.orchestrator.wiring import prices


def outcomes(world: Any) -> list[str]:
    return sorted(str(record.status) for record in world.store.records.values())


@pytest.mark.requirement("NEW-03", "F")
@pytest.mark.requirement("BUD-01", "F")
@pytest.mark.requirement("ORC-03", "F")
def test_24_starts_at_once_of_1_dollar_against_48_of_50_spent_start_exactly_two(
    world: Any, make: Any
) -> None:
    world.agent = "is silent"
    world.with_spent("48")
    start = world.orchestrator.start
    gate = threading.Barrier(24)

    def one() -> None:
        event = make.request()
        gate.wait()
        start(event)

    threads = [threading.Thread(target=one) for _ in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert outcomes(world) == ["failed"] * 22 + ["running"] * 2
    assert len(world.runtimes.starts) == 2
    assert world.month().committed == Decimal(50)


@pytest.mark.requirement("BUD-07", "C")
def test_the_refusal_names_limit_spent_and_reserved_amount_and_says_what_to_do(
    new_world: Any, make: Any
) -> None:
    world = new_world()
    world.agent = "is silent"
    world.with_spent("48.50")
    for _ in range(2):
        world.send(make.request())

    world.work_off()

    (end,) = world.ends()
    assert end.data.error.model_dump() == {
        "code": "BUDGET_EXCEEDED",
        "message": ("Monthly budget of $50.00 has been exhausted ($48.50 spent, $1.00 reserved)"),
        "remediation": (
            "Increase cost_limit_per_month in project settings or wait until the next billing cycle"
        ),
    }


@pytest.mark.requirement("BUD-07", "C")
def test_the_refusal_leaves_the_reserved_amount_out_when_nothing_is_open(
    world: Any, make: Any
) -> None:
    world.with_spent("49.01")
    world.send(make.request())

    world.work_off()

    (end,) = world.ends()
    assert end.data.error.message == "Monthly budget of $50.00 has been exhausted ($49.01 spent)"
    assert (end.data.cost_usd, end.data.receipt.lines) == (0, [])


def test_the_owners_are_told_of_a_full_month_once_and_again_for_a_new_limit(
    world: Any, make: Any
) -> None:
    world.with_spent("50")
    for _ in range(3):
        world.send(make.request())
    world.work_off()
    later = make.project(
        cost_limit_per_month=Decimal("50.50"),
        updated_at=make.project().updated_at + timedelta(minutes=1),
    )
    world.send(make.event(later, "ingress"))
    world.send(make.request())
    world.work_off()

    notices = [event.data for event in world.told("BudgetThresholdReached.v1")]
    assert [(notice.threshold_percent, notice.limit_usd) for notice in notices] == [
        (100, Decimal("50.00")),
        (100, Decimal("50.50")),
    ]
    assert (notices[0].spent_usd, notices[0].month) == (50, "2026-02")
    assert len(world.ends()) == 4


def test_the_80_percent_notice_goes_out_once_with_the_settlement_that_reaches_it(
    world: Any, make: Any
) -> None:
    world.with_spent("39.98")
    for _ in range(3):
        world.send(make.request())

    world.work_off()

    (notice,) = [event.data for event in world.told("BudgetThresholdReached.v1")]
    assert notice.threshold_percent == 80
    assert notice.spent_usd >= 40
    assert len(world.ends()) == 3


@pytest.mark.requirement("CMP-03", "F")
@pytest.mark.requirement("BUD-03", "F")
def test_ends_at_the_same_time_lose_no_cent_and_no_notice(world: Any, make: Any) -> None:
    world.agent = "is silent"
    world.with_spent("39.80")
    requests = [make.request() for _ in range(10)]
    for request in requests:
        world.send(request)
    world.work_off()
    inbox_report = world.orchestrator.inbox(world)
    gate = threading.Barrier(10)

    def one(request: Any) -> None:
        event = make.completed(request.data.invocation_id)
        message = {"detail-type": event.detail_type, "detail": event.detail()}
        record = {
            "messageId": "m",
            "receiptHandle": "r",
            "attributes": {},
            "body": json.dumps(message),
        }
        gate.wait()
        inbox_report({"Records": [record]})

    threads = [threading.Thread(target=one, args=(request,)) for request in requests]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    receipts = [world.record(r.data.invocation_id).receipt.total_usd for r in requests]
    assert world.month().spent == Decimal("39.80") + sum(receipts)
    assert world.month().reserved == 0
    assert [e.data.threshold_percent for e in world.told("BudgetThresholdReached.v1")] == [80]


@pytest.mark.parametrize(
    ("per_invocation", "words"),
    [("60", "is above the monthly budget of $50.00"), ("0", "leaves nothing to spend")],
)
def test_a_limit_that_can_never_fit_is_refused_even_in_an_empty_month(
    world: Any, make: Any, per_invocation: str, words: str
) -> None:
    later = make.project().updated_at + timedelta(minutes=1)
    world.configure(cost_limit_per_invocation=Decimal(per_invocation), updated_at=later)
    world.send(make.request())

    world.work_off()

    (end,) = world.ends()
    assert end.data.error.code == "BUDGET_EXCEEDED"
    assert words in end.data.error.message
    assert world.runtimes.starts == []


@pytest.mark.requirement("BUD-03", "F")
def test_a_new_month_starts_with_an_empty_ledger_and_a_run_settles_where_it_was_reserved(
    world: Any, make: Any, clock: Any
) -> None:
    world.agent = "is silent"
    clock.now = clock.now.replace(day=28, hour=23, minute=50)
    request = make.request()
    world.send(request)
    world.work_off()
    clock.tick(1200)
    world.send(make.completed(request.data.invocation_id))
    world.work_off()

    assert clock().month == 3
    february, march = world.month(), world.store.month("proj-demo", "2026-03")
    assert (february.reserved, february.spent) == (0, world.ends()[0].data.cost_usd)
    assert march.committed == 0


def test_a_run_that_cost_more_than_its_reservation_is_booked_with_its_real_cost(
    world: Any, make: Any
) -> None:
    world.agent = "is silent"
    request = make.request()
    world.send(request)
    world.work_off()
    tokens = TokenUsage(input_tokens=400_000, output_tokens=0, total_tokens=400_000)
    world.send(make.completed(request.data.invocation_id, token_usage=tokens))

    world.work_off()

    assert Decimal("1.20") < world.month().spent < Decimal("1.21")
    assert world.month().committed == world.month().spent


def test_a_model_of_ones_own_machine_costs_nothing_whatever_its_name(make: Any) -> None:
    tokens = TokenUsage(input_tokens=1_000_000, output_tokens=1_000_000)

    receipt = prices().receipt(tokens, make.usage(model_id="ollama/llama3.1:8b"))

    assert not [line for line in receipt.lines if line.item.startswith("model")]
    assert receipt.note is None


def test_an_unknown_model_costs_the_most_there_is_and_the_receipt_says_so(make: Any) -> None:
    tokens = TokenUsage(input_tokens=1_000_000)

    receipt = prices().receipt(tokens, make.usage(model_id="someone.new-model-9"))

    assert receipt.lines[0].amount_usd == 5
    assert "no price for model 'someone.new-model-9'" in str(receipt.note)


@pytest.mark.parametrize(
    ("model_id", "dollars"),
    [
        ("global.anthropic.claude-sonnet-4-6", "3"),
        ("us.anthropic.claude-sonnet-4-6", "3.30"),
        ("us.amazon.nova-pro-v1:0", "0.80"),
        ("offline.playbook", "3"),
    ],
)
def test_a_model_is_priced_by_its_profile(make: Any, model_id: str, dollars: str) -> None:
    receipt = prices().receipt(
        TokenUsage(input_tokens=1_000_000), make.usage(model_id=model_id, tool_calls=0)
    )

    assert receipt.lines[0].amount_usd == Decimal(dollars)


def test_an_offline_run_says_on_its_receipt_that_no_model_was_called(make: Any) -> None:
    receipt = prices().receipt(TokenUsage(), make.usage(model_id="offline.playbook"))

    assert str(receipt.note).startswith("offline playbook")
    assert receipt.price_table_version == "2026-11-01"


def test_every_line_multiplies_out_and_the_lines_add_up(make: Any) -> None:
    usage = make.usage(cache_read_tokens=777, cache_write_tokens=13, cpu_seconds=1.234567)
    tokens = TokenUsage(input_tokens=12_345, output_tokens=678)

    receipt = prices().receipt(tokens, usage)

    for line in receipt.lines:
        product = Decimal(line.quantity) * line.unit_price_usd
        assert abs(product - line.amount_usd) <= Decimal("0.000000005")
    assert receipt.total_usd == sum(line.amount_usd for line in receipt.lines)


def test_an_absurd_measurement_costs_nothing_instead_of_failing_the_run(make: Any) -> None:
    usage = make.usage(wall_seconds=float("nan"), cpu_seconds=-5.0, tool_calls=-1)

    assert prices().receipt(TokenUsage(input_tokens=-9), usage).total_usd == 0
