"""A turn of the desk must not be felt on the telephone: under 20 ms of this process's time."""

import time
from collections.abc import Callable, Mapping, Sequence
from statistics import median
from typing import Any

MOST_SECONDS = 0.020
Ring = Callable[..., Any]


def _seconds(line: Any, words: str) -> float:
    """Time of the processor for one turn; others on this machine do not count."""
    start = time.process_time()
    line.say(words)
    return time.process_time() - start


def test_a_turn_takes_less_than_twenty_milliseconds(
    ring: Ring, heldout: Mapping[str, Sequence[str]]
) -> None:
    said = [words for label in heldout.values() for words in label]
    ring("hello")

    assert median(_seconds(ring(), words) for words in said) < MOST_SECONDS


def test_the_thirtieth_turn_is_as_fast_as_the_first(ring: Ring) -> None:
    line = ring(*["my monitor flickers", "no", "what can you do", "hello", "no wait"] * 6)

    assert median(_seconds(line, "my monitor flickers") for _ in range(5)) < MOST_SECONDS
