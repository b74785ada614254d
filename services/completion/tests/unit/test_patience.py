"""How long completion puts up with a busy service."""

from collections.abc import Callable

import pytest

from switchboard.completion.adapters.patience import Patience, TimeLeft, TransientError


class Service:
    """Fails as often as told, then answers."""

    def __init__(self, failures: int, retry_after: float | None = None) -> None:
        self.failures = failures
        self.retry_after = retry_after
        self.calls = 0

    def __call__(self) -> str:
        self.calls += 1
        if self.calls <= self.failures:
            raise TransientError(f"busy {self.calls}", self.retry_after)
        return "answer"


def patience(slept: list[float], left: Callable[[], float], jitter: float = 0.5) -> Patience:
    return Patience(slept.append, lambda: jitter, left, lambda reason, wait: None)


def plenty() -> float:
    return 1_000.0


@pytest.mark.requirement("ERR-03", "F")
def test_five_retries_double_their_waits() -> None:
    slept: list[float] = []
    service = Service(failures=5)

    assert patience(slept, plenty)(service) == "answer"

    assert slept == [0.5, 1.0, 2.0, 4.0, 8.0]


@pytest.mark.requirement("ERR-03", "F")
def test_there_is_no_sixth_retry() -> None:
    service = Service(failures=99)

    with pytest.raises(TransientError, match="busy 6"):
        patience([], plenty)(service)

    assert service.calls == 6


@pytest.mark.requirement("ERR-03", "F")
def test_waits_are_spread_by_jitter() -> None:
    low: list[float] = []
    high: list[float] = []

    patience(low, plenty, jitter=0.0)(Service(failures=2))
    patience(high, plenty, jitter=1.0)(Service(failures=2))

    assert (low, high) == ([0.25, 0.5], [0.75, 1.5])


@pytest.mark.requirement("ERR-03", "F")
def test_what_the_service_asks_for_is_waited_at_least() -> None:
    slept: list[float] = []

    patience(slept, plenty, jitter=0.0)(Service(failures=1, retry_after=17.0))

    assert slept == [17.0]


def test_nothing_is_waited_for_beyond_the_time_left() -> None:
    slept: list[float] = []
    service = Service(failures=1, retry_after=60.0)

    with pytest.raises(TransientError, match="busy 1"):
        patience(slept, lambda: 30.0)(service)

    assert slept == []


def test_time_left_counts_down_from_the_start_of_a_call() -> None:
    moments = iter([0.0, 100.0, 103.0])
    left = TimeLeft(lambda: next(moments))

    left.start(10.0)

    assert left() == 7.0
