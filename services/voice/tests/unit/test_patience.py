"""Trying again stays inside the time that the flow gives."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import ClientError, ParamValidationError, ReadTimeoutError

from switchboard.voice.adapters.contact_flow import KEPT_FOR_SESSION, SECONDS
from switchboard.voice.adapters.patience import Patience, TimeLeft
from switchboard.voice.domain.ports import UnavailableError
from switchboard.voice.wiring import CONNECT_SECONDS, SESSION_SECONDS

FLOW_LIMITS = {"open_session": 4, "ticket_status": 6, "record_escalation": 6, "end_call": 4}


def client_error(code: str, **more: Any) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}, **more}, "Op")


@dataclass
class Clock:
    """Time passes only when somebody waits or works."""

    now: float = 0.0
    waits: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.waits.append(round(seconds, 3))
        self.now += seconds


@dataclass
class Act:
    """Takes some time and fails so many times."""

    clock: Clock
    failures: int
    error: Exception = field(default_factory=lambda: client_error("ThrottlingException"))
    seconds: float = 0.01
    tries: int = 0

    def __call__(self) -> str:
        self.tries += 1
        self.clock.now += self.seconds
        if self.tries <= self.failures:
            raise self.error
        return "done"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def patience(clock: Clock) -> Callable[[float], Patience]:
    def within(seconds: float) -> Patience:
        left = TimeLeft(clock)
        left.start(seconds)
        return Patience(clock.sleep, left, attempt_seconds=0.8, on_retry=lambda _: None)

    return within


def test_a_throttled_call_is_made_again_after_a_growing_wait(
    clock: Clock, patience: Callable[[float], Patience]
) -> None:
    assert patience(3)(Act(clock, failures=3)) == "done"
    assert clock.waits == [0.1, 0.2, 0.4]


def test_what_never_answers_is_given_up_before_the_time_is_over(
    clock: Clock, patience: Callable[[float], Patience]
) -> None:
    act = Act(clock, failures=99, error=ReadTimeoutError(endpoint_url="x"), seconds=0.8)

    with pytest.raises(ReadTimeoutError):
        patience(3)(act)

    assert (act.tries, clock.now <= 3) == (3, True)


def test_without_time_for_a_whole_attempt_nothing_is_tried(
    clock: Clock, patience: Callable[[float], Patience]
) -> None:
    act = Act(clock, failures=0)

    with pytest.raises(UnavailableError, match="no time left"):
        patience(0.7)(act)

    assert act.tries == 0


@pytest.mark.parametrize(
    ("error", "tries"),
    [
        (client_error("InternalFailure", ResponseMetadata={"HTTPStatusCode": 500}), 2),
        (
            client_error(
                "TransactionCanceledException",
                CancellationReasons=[{"Code": "TransactionConflict"}],
            ),
            2,
        ),
        (
            client_error(
                "TransactionCanceledException",
                CancellationReasons=[{"Code": "ConditionalCheckFailed"}],
            ),
            1,
        ),
        (client_error("AccessDeniedException"), 1),
        (ParamValidationError(report="x"), 1),
    ],
)
def test_only_what_may_pass_is_tried_again(
    clock: Clock, patience: Callable[[float], Patience], error: Exception, tries: int
) -> None:
    act = Act(clock, failures=1, error=error)

    try:
        patience(3)(act)
    except (ClientError, ParamValidationError):
        assert tries == 1

    assert act.tries == tries


@pytest.mark.parametrize("step", SECONDS)
def test_every_step_leaves_a_second_of_the_flows_limit_for_a_cold_start(step: str) -> None:
    assert SECONDS[step] <= FLOW_LIMITS[step] - 1


def test_a_dead_table_leaves_time_to_fill_the_session() -> None:
    assert KEPT_FOR_SESSION >= CONNECT_SECONDS + SESSION_SECONDS
