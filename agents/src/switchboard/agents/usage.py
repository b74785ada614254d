"""What a run used: tokens by kind, and the machine."""

import resource
from collections.abc import Callable
from dataclasses import dataclass

from switchboard.events.values import RunUsage, TokenUsage


@dataclass(frozen=True)
class TokensUsed:
    """Model tokens by the kind they are priced as; `input` does not include cached ones."""

    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_write: int = 0

    def __add__(self, other: "TokensUsed") -> "TokensUsed":
        return TokensUsed(
            self.input + other.input,
            self.output + other.output,
            self.cache_read + other.cache_read,
            self.cache_write + other.cache_write,
        )

    def on_the_wire(self) -> TokenUsage:
        """The figures of F6; the total includes the cache."""
        return TokenUsage(
            input_tokens=self.input,
            output_tokens=self.output,
            total_tokens=self.input + self.output + self.cache_read + self.cache_write,
        )


@dataclass(frozen=True)
class Clocks:
    """Seconds from any fixed start: the wall's and the processor's."""

    wall: Callable[[], float]
    cpu: Callable[[], float]


class Stopwatch:
    """Measures a run from the moment it is made."""

    def __init__(self, clocks: Clocks) -> None:
        """Start now."""
        self._clocks = clocks
        self._wall, self._cpu = clocks.wall(), clocks.cpu()

    def usage(self, *, model_id: str, tokens: TokensUsed, turns: int, tool_calls: int) -> RunUsage:
        """What the run used so far; a session is one process, so its figures are the run's."""
        return RunUsage(
            model_id=model_id,
            cache_read_tokens=tokens.cache_read,
            cache_write_tokens=tokens.cache_write,
            turns=turns,
            tool_calls=tool_calls,
            wall_seconds=round(self._clocks.wall() - self._wall, 3),
            cpu_seconds=round(self._clocks.cpu() - self._cpu, 3),
            peak_memory_gb=round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, 4),
        )
