"""Every end leaves a sealed receipt, and a seal fits one receipt of one run only (NEW-07)."""

from decimal import Decimal
from typing import Any

import pytest

from switchboard.orchestrator.adapters.seals import JwsSeals, MemoryKeys
from switchboard.orchestrator.domain.check_receipt import CheckReceipt
from switchboard.orchestrator.domain.model import Invocation, NotFoundError
from switchboard.orchestrator.domain.receipt_seal import sealed_content


def end_somehow(world: Any, make: Any, how: str) -> str:
    """A run that ended that way."""
    world.agent = how if how in {"completes", "fails"} else "is silent"
    event = make.request()
    world.send(event)
    world.work_off()
    world.settle()
    return str(event.data.invocation_id)


def genuine(world: Any, invocation_id: str) -> bool:
    return CheckReceipt(world.store, JwsSeals(world.keys))(invocation_id).genuine


@pytest.mark.requirement("NEW-07", "U")
@pytest.mark.parametrize("how", ["completes", "fails", "never reports"])
def test_every_end_leaves_a_receipt_whose_seal_holds(world: Any, make: Any, how: str) -> None:
    invocation_id = end_somehow(world, make, how)

    assert world.record(invocation_id).receipt.price_table_version
    assert genuine(world, invocation_id)


@pytest.mark.requirement("NEW-07", "U")
def test_the_receipts_of_a_month_are_all_genuine_and_sum_to_the_ledger(
    world: Any, make: Any
) -> None:
    world.clock.tick(60)
    world.configure(cost_limit_per_month=Decimal("2.50"), updated_at=world.clock())
    ways = [*["completes", "fails", "never reports"] * 2, "has no room"]
    ids = [end_somehow(world, make, how) for how in ways]

    records = [world.record(invocation_id) for invocation_id in ids]
    refused = [one for one in records if one.error and one.error.code == "BUDGET_EXCEEDED"]

    assert all(genuine(world, invocation_id) for invocation_id in ids)
    assert refused, "the month was never full, so no refusal was tried"
    assert sum(one.receipt.total_usd for one in records) == world.month().spent > 0


@pytest.mark.requirement("NEW-07", "U")
@pytest.mark.parametrize(
    "change",
    [
        {"invocation_id": "another"},
        {"project_id": "another"},
        {"month": "2026-03"},
        {"duration_seconds": 1.0},
        {"token_usage": None},
    ],
    ids=lambda change: next(iter(change)),
)
def test_the_seal_of_one_run_fits_no_other(world: Any, make: Any, change: dict[str, Any]) -> None:
    record = world.record(end_somehow(world, make, "completes"))

    other = record.model_copy(update=change)

    assert not JwsSeals(world.keys).holds(sealed_content(other), record.receipt.seal)


@pytest.mark.requirement("NEW-07", "U")
def test_a_cent_less_on_one_line_breaks_the_seal(world: Any, make: Any) -> None:
    record: Invocation = world.record(end_somehow(world, make, "completes"))
    assert record.receipt is not None
    line, *others = record.receipt.lines
    cheaper = line.model_copy(update={"amount_usd": line.amount_usd - Decimal("0.00000001")})
    receipt = record.receipt.model_copy(update={"lines": [cheaper, *others]})

    world.store.records[record.invocation_id] = record.model_copy(update={"receipt": receipt})

    assert not genuine(world, record.invocation_id)


def test_a_receipt_stays_provable_when_the_key_is_exchanged(world: Any, make: Any) -> None:
    before = end_somehow(world, make, "completes")
    world.keys.exchange("n" * 64)
    after = end_somehow(world, make, "completes")

    assert genuine(world, before)
    assert genuine(world, after)


def test_a_seal_that_somebody_else_made_or_nobody_does_not_hold(world: Any, make: Any) -> None:
    record = world.record(end_somehow(world, make, "completes"))
    content = sealed_content(record)
    stranger = JwsSeals(MemoryKeys("x" * 64)).sign(content)
    unsigned = "eyJhbGciOiJub25lIiwia2lkIjoiMSJ9.."

    seals = JwsSeals(world.keys)

    assert not any(seals.holds(content, seal) for seal in (stranger, unsigned, "", "no seal"))


def test_a_receipt_is_asked_for_too_early(world: Any, make: Any) -> None:
    world.agent = "is silent"
    event = make.request()
    world.send(event)
    world.work_off()

    with pytest.raises(NotFoundError, match="when it ends"):
        genuine(world, event.data.invocation_id)
