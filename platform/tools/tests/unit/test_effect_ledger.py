"""At most once, whatever dies when (NEW-10)."""

from datetime import datetime
from typing import Any

import pytest

from switchboard.tools.adapters.memory import MemoryLedger
from switchboard.tools.errors import InProgressError
from switchboard.tools.ledger import LEASE, EffectKey, Once, canonical

KEY = EffectKey.of("inv-1", "github___create_pull_request", {"title": "t"})


class CrashError(BaseException):
    """The process dies: no handler runs after it, not even the release of a claim."""


class World:
    """Where the effect happens; `existing` is what a careful tool looks for."""

    def __init__(self) -> None:
        self.made = 0

    def make(self, since: datetime | None) -> dict[str, Any]:
        if since is None or not self.made:
            self.made += 1
        return {"number": self.made}


@pytest.fixture
def once(clock: Any) -> Once:
    owners = iter(f"owner-{number}" for number in range(100))
    return Once(MemoryLedger(), clock, clock.sleep, lambda: next(owners))


def test_the_order_of_arguments_makes_no_difference() -> None:
    one = EffectKey.of("inv", "t", {"a": 1, "b": {"c": "é", "d": [1, 2]}})
    other = EffectKey.of("inv", "t", {"b": {"d": [1, 2], "c": "é"}, "a": 1})

    assert one == other
    assert canonical({"b": 1, "a": "é"}) == '{"a":"é","b":1}'


@pytest.mark.parametrize(
    "other",
    [
        EffectKey.of("inv-2", "github___create_pull_request", {"title": "t"}),
        EffectKey.of("inv-1", "github___create_branch", {"title": "t"}),
        EffectKey.of("inv-1", "github___create_pull_request", {"title": "u"}),
    ],
)
def test_another_invocation_tool_or_argument_is_another_effect(other: EffectKey) -> None:
    assert other != KEY


@pytest.mark.requirement("NEW-10", "F")
def test_a_process_that_dies_before_the_effect_leaves_it_to_the_retry(
    once: Once, clock: Any
) -> None:
    world = World()

    def die_first(since: datetime | None) -> dict[str, Any]:
        raise CrashError

    with pytest.raises(CrashError):
        once(KEY, die_first)
    clock.now += LEASE

    assert once(KEY, world.make) == {"number": 1}
    assert world.made == 1


@pytest.mark.requirement("NEW-10", "F")
def test_a_process_that_dies_after_the_effect_is_found_by_the_retry(once: Once, clock: Any) -> None:
    world = World()
    first_claimed = clock.now

    def make_then_die(since: datetime | None) -> dict[str, Any]:
        world.make(since)
        raise CrashError

    with pytest.raises(CrashError):
        once(KEY, make_then_die)
    clock.now += LEASE
    seen: list[datetime | None] = []

    def retry(since: datetime | None) -> dict[str, Any]:
        seen.append(since)
        return world.make(since)

    assert once(KEY, retry) == {"number": 1}
    assert world.made == 1
    assert seen == [first_claimed]


@pytest.mark.requirement("NEW-10", "F")
def test_a_lost_answer_after_the_effect_does_not_make_it_twice(once: Once) -> None:
    world = World()

    def make_then_time_out(since: datetime | None) -> dict[str, Any]:
        world.make(since)
        raise TimeoutError

    with pytest.raises(TimeoutError):
        once(KEY, make_then_time_out)

    assert once(KEY, world.make) == {"number": 1}
    assert world.made == 1


def test_a_second_call_waits_for_the_first_and_gets_its_result(clock: Any) -> None:
    ledger = MemoryLedger()
    ledger.claim(KEY, "first", clock.now)

    def first_ends(seconds: float) -> None:
        clock.sleep(seconds)
        ledger.record(KEY, "first", {"number": 7})

    second = Once(ledger, clock, first_ends, lambda: "second")

    assert second(KEY, lambda since: pytest.fail("must not act")) == {"number": 7}


def test_a_second_call_that_has_waited_long_enough_is_told_to_come_back(
    once: Once, clock: Any
) -> None:
    once.ledger.claim(KEY, "somebody", clock.now)

    with pytest.raises(InProgressError) as caught:
        once(KEY, lambda since: pytest.fail("must not act"))

    assert caught.value.code == "TOOL_FAILED"
    assert "make the same call again" in caught.value.remediation
