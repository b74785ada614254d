"""The front door of a target: errors an agent can act on, latency per tool, nothing in the log."""

import json
from typing import Any

import pytest

from switchboard.tools.errors import RateLimitedError
from switchboard.tools.ledger import LEASE
from switchboard.tools.schema import many, record, text
from switchboard.tools.tool import Target, Tool

TARGET = Target(
    "shop",
    "A shop",
    (
        Tool("look", "Look", record("Look", ["at"], at=text("What"))),
        Tool("buy", "Buy", record("Buy", ["what"], what=text("What")), once=True),
    ),
)


class Shop:
    """Counts what is bought; fails as told."""

    def __init__(self) -> None:
        self.bought: list[str] = []
        self.fail_with: Exception | None = None

    def look(self, arguments: dict[str, Any], call: Any) -> dict[str, Any]:
        return {"seen": arguments["at"]}

    def buy(self, arguments: dict[str, Any], call: Any) -> dict[str, Any]:
        if self.fail_with:
            raise self.fail_with
        self.bought.append(arguments["what"])
        return {"number": len(self.bought)}


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
def target(bench: Any, shop: Shop) -> Any:
    return bench.target(TARGET, {"look": shop.look, "buy": shop.buy})


def test_a_call_answers_what_the_tool_answers(bench: Any, target: Any) -> None:
    assert bench.call(target, "look", at="tea") == {"seen": "tea"}


@pytest.mark.requirement("NEW-10", "F")
def test_a_repeated_call_answers_the_recorded_result_and_buys_nothing(
    bench: Any, target: Any, shop: Shop
) -> None:
    first = bench.call(target, "buy", what="tea")

    assert bench.call(target, "buy", what="tea") == first
    assert shop.bought == ["tea"]


def test_other_arguments_are_another_effect(bench: Any, target: Any, shop: Shop) -> None:
    bench.call(target, "buy", what="tea")
    bench.call(target, "buy", what="milk")

    assert shop.bought == ["tea", "milk"]


def test_an_error_is_not_recorded_so_the_next_call_tries_again(
    bench: Any, target: Any, shop: Shop
) -> None:
    shop.fail_with = RateLimitedError("busy", "wait")
    refused = bench.call(target, "buy", what="tea")
    shop.fail_with = None

    assert refused["error"] == {
        "code": "TOOL_RATE_LIMITED",
        "message": "busy",
        "remediation": "wait",
    }
    assert bench.call(target, "buy", what="tea") == {"number": 1}


def test_a_call_past_the_gateway_is_refused(target: Any, context: Any) -> None:
    answer = target({"at": "tea"}, context("look", {}))

    assert answer["error"]["code"] == "TOOL_AUTH_FAILED"
    assert "x-switchboard-invocation-id" in answer["error"]["message"]


def test_header_names_are_compared_without_regard_to_case(target: Any, context: Any) -> None:
    headers = {"X-Switchboard-Invocation-Id": "i", "X-SWITCHBOARD-AGENT-TYPE": "code"}

    assert target({"at": "tea"}, context("look", headers)) == {"seen": "tea"}


@pytest.mark.parametrize(
    ("tool", "arguments", "word"),
    [
        ("look", {}, "at is missing"),
        ("look", {"at": 1}, "at must be of type string"),
        ("look", {"at": "tea", "now": True}, "now is unknown"),
        ("steal", {"at": "tea"}, "no tool 'steal'"),
    ],
)
def test_wrong_arguments_are_named_before_anything_is_done(
    tool: str, arguments: dict[str, Any], word: str, bench: Any, target: Any
) -> None:
    answer = bench.call(target, tool, **arguments)

    assert answer["error"]["code"] == "INVALID_ARGUMENTS"
    assert word in answer["error"]["message"]


def test_an_unexpected_error_tells_the_agent_no_internals(
    bench: Any, target: Any, shop: Shop
) -> None:
    shop.fail_with = RuntimeError("password=hunter2")

    answer = bench.call(target, "buy", what="tea")

    assert answer["error"]["code"] == "TOOL_FAILED"
    assert "hunter2" not in str(answer)


@pytest.mark.requirement("GTW-07", "U")
@pytest.mark.requirement("OBS-06", "U")
def test_the_latency_of_every_call_is_measured_per_tool_also_of_failed_ones(
    bench: Any, target: Any
) -> None:
    bench.call(target, "look", at="tea")
    bench.call(target, "buy")
    bench.call(target, "steal")

    assert bench.metrics.latencies == [
        ("shop___look", pytest.approx(10), False),
        ("shop___buy", pytest.approx(10), True),
        ("shop___unknown", pytest.approx(10), True),
    ]


def test_the_log_holds_ids_and_names_but_no_argument(bench: Any, target: Any) -> None:
    bench.call(target, "look", at="a very secret story")

    log = bench.log.getvalue()
    assert "secret" not in log
    assert '"invocation_id":"01J9ZQ8H3V5T7W2X4Y6A8B0C1D"' in log


def test_every_log_line_of_a_call_names_its_flow_and_the_next_call_starts_clean(
    bench: Any, target: Any, shop: Shop, context: Any
) -> None:
    shop.fail_with = RuntimeError("broken")
    bench.call(target, "look", at="tea")
    bench.call(target, "look")
    bench.call(target, "buy", what="tea")
    target({"at": "tea"}, context("look", {}))

    *ours, past_the_gateway = [json.loads(line) for line in bench.log.getvalue().splitlines()]
    assert [line["message"] for line in ours] == [
        "tool called",
        "tool call refused",
        "tool call failed",
    ]
    assert {(line["invocation_id"], line["correlation_id"]) for line in ours} == {
        ("01J9ZQ8H3V5T7W2X4Y6A8B0C1D", "01J9ZQ8H3V5T7W2X4Y6A8B0C1A")
    }
    assert "invocation_id" not in past_the_gateway
    assert "correlation_id" not in past_the_gateway


@pytest.mark.requirement("NEW-10", "F")
def test_entries_that_are_effects_of_their_own_are_made_once_each(bench: Any, clock: Any) -> None:
    made: list[str] = []

    def order(arguments: dict[str, Any], _call: Any) -> dict[str, Any]:
        (item,) = arguments["items"]
        if item == "milk" and not made.count("broken"):
            made.append("broken")
            raise RuntimeError
        made.append(item)
        return {"orders": [{"item": item}]}

    items = many(text("What"), "What to order")
    tool = Tool(
        "order", "Order", record("Order", ["items"], items=items), once=True, once_each="items"
    )
    target = bench.target(Target("shop", "A shop", (tool,)), {"order": order})
    failed = bench.call(target, "order", items=["tea", "milk"])
    clock.now += LEASE

    answer = bench.call(target, "order", items=["tea", "milk", "rice"])

    assert "error" in failed
    assert answer == {"orders": [{"item": "tea"}, {"item": "milk"}, {"item": "rice"}]}
    assert made == ["tea", "broken", "milk", "rice"]
