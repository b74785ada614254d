"""A run never costs more than its limit (BUD-02)."""

import asyncio
import threading
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from switchboard.agents.memory import Call, MemoryBus, ScriptedModel
from switchboard.agents.meter import BudgetExceededError, Meter, MeteredModel
from switchboard.agents.payload import RunRequest
from switchboard.agents.prices import UnknownModelPriceError, price_of
from switchboard.agents.run import RunAgent

PRICE = price_of("offline.playbook")
HELLO: Any = [{"role": "user", "content": [{"text": "hello"}]}]


async def _drain(model: MeteredModel, messages: Any = HELLO) -> None:
    async for _ in model.stream(messages, None, "system"):
        pass


@pytest.mark.requirement("BUD-02", "F")
@pytest.mark.parametrize("limit", ["0.04", "0.07", "0.31", "1.00"])
def test_a_model_that_never_stops_is_stopped_before_the_limit(
    run: Callable[..., RunAgent],
    request_of: Callable[..., RunRequest],
    bus: MemoryBus,
    limit: str,
) -> None:
    endless = run(
        [Call("github___push_files", {"files": []})], tokens_in=2_000, tokens_out=1_000_000
    )
    request = request_of(budget={"cost_limit_per_invocation": limit})

    endless(request, "session", threading.Event())

    [event] = bus.events
    tokens = event.data.token_usage
    spent = PRICE.cost(tokens.input_tokens, tokens.output_tokens)
    assert event.data.error.code == "BUDGET_EXCEEDED"
    assert Decimal(0) < spent <= Decimal(limit)
    assert f"${Decimal(limit):.2f}" in event.data.error.message
    assert "cost_limit_per_invocation" in event.data.error.remediation


@pytest.mark.requirement("BUD-02", "F")
def test_a_limit_too_small_for_one_turn_spends_nothing(
    run: Callable[..., RunAgent], request_of: Callable[..., RunRequest], bus: MemoryBus
) -> None:
    request = request_of(budget={"cost_limit_per_invocation": "0.001"})

    run([Call("github___push_files", {})])(request, "session", threading.Event())

    assert bus.events[0].data.error.code == "BUDGET_EXCEEDED"
    assert bus.events[0].data.token_usage.total_tokens == 0


def test_the_last_turns_may_write_only_what_is_left() -> None:
    inner = ScriptedModel(["more"], tokens_in=10, tokens_out=10_000)
    meter = Meter(PRICE, Decimal("0.10"))
    model = MeteredModel(inner, meter, most_output=4_000)

    async def on_and_on() -> None:
        for _ in range(10):
            await _drain(model)

    with pytest.raises(BudgetExceededError):
        asyncio.run(on_and_on())

    assert inner.asked[0] == 4_000
    assert inner.asked[-1] < 4_000
    assert meter.spent_usd <= Decimal("0.10")


def test_a_stream_that_breaks_is_counted_at_its_upper_bound() -> None:
    class Breaks(ScriptedModel):
        async def stream(self, messages: Any, *args: Any, **options: Any) -> Any:
            yield {"messageStart": {"role": "assistant"}}
            yield {"contentBlockDelta": {"delta": {"text": "x" * 50}}}
            raise ConnectionError

    meter = Meter(PRICE, Decimal("1.00"))

    with pytest.raises(ConnectionError):
        asyncio.run(_drain(MeteredModel(Breaks([""]), meter, most_output=100)))

    assert meter.used.input > 1_000
    assert meter.used.output >= 50


def test_a_call_refused_before_it_began_costs_nothing() -> None:
    class Refuses(ScriptedModel):
        async def stream(self, messages: Any, *args: Any, **options: Any) -> Any:
            raise PermissionError
            yield

    meter = Meter(PRICE, Decimal("1.00"))

    with pytest.raises(PermissionError):
        asyncio.run(_drain(MeteredModel(Refuses([""]), meter, most_output=100)))

    assert meter.spent_usd == 0
    assert meter.turns == 0


def test_a_long_conversation_is_bounded_by_what_was_counted_not_by_its_bytes() -> None:
    inner = ScriptedModel(["ok"], tokens_in=5_000, tokens_out=10)
    meter = Meter(PRICE, Decimal("0.20"))
    model = MeteredModel(inner, meter, most_output=1_000)
    long: Any = [{"role": "user", "content": [{"text": "x" * 20_000}]}]
    asyncio.run(_drain(model, long))

    asyncio.run(_drain(model, [*long, {"role": "assistant", "content": [{"text": "ok"}]}]))

    assert inner.asked == [1_000, 1_000]


def test_cached_tokens_have_prices_of_their_own() -> None:
    price = price_of("global.anthropic.claude-sonnet-4-6")

    assert price.cost(1_000_000, 0, 1_000_000, 1_000_000) == Decimal("7.05")


def test_a_regional_profile_costs_ten_percent_more() -> None:
    regional = price_of("us.anthropic.claude-sonnet-4-6")

    assert regional.output == Decimal("16.5")


def test_a_model_without_a_price_is_refused_by_name() -> None:
    with pytest.raises(UnknownModelPriceError, match=r"global\.acme\.brain"):
        price_of("global.acme.brain")


def test_every_model_of_ollama_is_free_and_no_other_model_is() -> None:
    assert price_of("ollama/any-model:8b").cost(1_000_000, 1_000_000) == 0
    for nobody in ("ollama/", "llama3.1:8b"):
        with pytest.raises(UnknownModelPriceError, match="add it to the price tables"):
            price_of(nobody)


def test_a_free_model_may_write_as_much_as_a_turn_holds() -> None:
    meter = Meter(price_of("ollama/llama3.1:8b"), Decimal("0.01"))

    assert meter.allow(1_000_000, 16_000) == 16_000
