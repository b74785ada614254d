"""Stopping a run before it passes its limit: metering in code, whatever the prompt says (BUD-02).

Before each model call the meter works out the most the call can cost. Input can have no more tokens
than bytes; output is bounded by the `max_tokens` the meter sets from what is left. A call that
would not fit is not made. Repeated calls (throttling, a broken stream) pass here too and count.
"""

import json
import threading
from collections.abc import AsyncGenerator, AsyncIterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from strands.models.model import Model
from strands.types.content import Messages
from strands.types.streaming import StreamEvent

from switchboard.agents.prices import ModelPrice
from switchboard.agents.usage import TokensUsed

LEAST_USEFUL_OUTPUT = 256
"""Tokens: a turn that may write less than this cannot even call a tool, so it is not started."""
FRAMING_TOKENS = 1_000
"""What a provider adds around the messages (tool-use preamble, roles); in every upper bound."""


class BudgetExceededError(RuntimeError):
    """The next model call could pass the run's limit; it was not made."""


@dataclass
class Meter:
    """Adds up what a run's model calls cost; one meter for all models of a run."""

    price: ModelPrice
    limit_usd: Decimal
    used: TokensUsed = field(default_factory=TokensUsed)
    turns: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def spent_usd(self) -> Decimal:
        """What the calls so far cost."""
        return self.price.cost(
            self.used.input, self.used.output, self.used.cache_read, self.used.cache_write
        )

    def allow(self, input_bound: int, most_output: int) -> int:
        """How many tokens the next call may write so that its dearest form stays in the limit.

        Raises:
            BudgetExceededError: fewer than `LEAST_USEFUL_OUTPUT`.
        """
        with self._lock:
            room = self.limit_usd - self.spent_usd - self.price.greatest_input_cost(input_bound)
            affordable = self.price.affordable_output(room) if room > 0 else 0
            if affordable < LEAST_USEFUL_OUTPUT:
                raise BudgetExceededError(
                    f"Per-invocation limit of ${self.limit_usd:.2f} reached: "
                    f"${self.spent_usd:.4f} spent in {self.turns} turns, "
                    "and the next turn could pass it"
                )
            return min(affordable, most_output)

    def add(self, tokens: TokensUsed) -> None:
        """Count one call."""
        with self._lock:
            self.used = self.used + tokens
            self.turns += 1


class MeteredModel(Model):
    """A model that asks the meter before each call and tells it after."""

    def __init__(self, inner: Model, meter: Meter, *, most_output: int) -> None:
        """Meter `inner`; no turn writes more than `most_output` tokens."""
        self._inner = inner
        self._meter = meter
        self._most_output = most_output
        self._sized = _Sized()
        self.config = inner.get_config()

    def update_config(self, **model_config: Any) -> None:
        self._inner.update_config(**model_config)

    def get_config(self) -> Any:
        return self._inner.get_config()

    async def stream(
        self, messages: Messages, *args: Any, **options: Any
    ) -> AsyncIterable[StreamEvent]:
        """Stream one call; what it used is counted even when the stream breaks."""
        bound = self._sized.bound(messages, [args, _sent(options)])
        self._inner.update_config(max_tokens=self._meter.allow(bound, self._most_output))
        seen = _Seen(bound)
        try:
            async for event in self._inner.stream(messages, *args, **options):
                seen.note(event)
                yield event
        finally:
            if seen.anything:
                tokens = seen.tokens()
                self._meter.add(tokens)
                self._sized.learn(messages, tokens)

    async def structured_output(
        self, *_args: Any, **_options: Any
    ) -> AsyncGenerator[dict[str, Any], None]:
        """Unused: Strands asks for structured output through `stream` and a tool."""
        raise NotImplementedError
        yield {}


class _Sized:
    """How many input tokens a call can have: what the last one had, and the bytes added since."""

    def __init__(self) -> None:
        self._known_bytes = -1
        self._known_messages = 0
        self._known_tokens = 0

    def bound(self, messages: Messages, rest: Any) -> int:
        """An upper bound; without a shared beginning it is the bytes of everything."""
        if self._known_bytes == _bytes_of(messages[: self._known_messages]):
            added = _bytes_of(messages[self._known_messages :])
            return self._known_tokens + added + FRAMING_TOKENS
        return _bytes_of([messages, rest]) + FRAMING_TOKENS

    def learn(self, messages: Messages, tokens: TokensUsed) -> None:
        """Remember what the provider counted for these messages."""
        self._known_messages = len(messages)
        self._known_bytes = _bytes_of(messages)
        self._known_tokens = tokens.input + tokens.cache_read + tokens.cache_write


class _Seen:
    """What one stream showed of its usage."""

    def __init__(self, input_bound: int) -> None:
        self.anything = False
        self._input_bound = input_bound
        self._written_bytes = 0
        self._usage: dict[str, int] | None = None

    def note(self, event: StreamEvent) -> None:
        self.anything = True
        delta: Any = event.get("contentBlockDelta", {}).get("delta", {})
        self._written_bytes += _bytes_of(delta) if delta else 0
        metadata: Any = event.get("metadata") or {}
        self._usage = metadata.get("usage") or self._usage

    def tokens(self) -> TokensUsed:
        """The provider's figures, or the upper bound when the stream broke before they came."""
        if self._usage is None:
            return TokensUsed(input=self._input_bound, output=self._written_bytes)
        return TokensUsed(
            input=self._usage.get("inputTokens", 0),
            output=self._usage.get("outputTokens", 0),
            cache_read=self._usage.get("cacheReadInputTokens", 0),
            cache_write=self._usage.get("cacheWriteInputTokens", 0),
        )


def _sent(options: dict[str, Any]) -> dict[str, Any]:
    """The keyword arguments that become part of the request."""
    named = ("tool_specs", "system_prompt", "tool_choice")
    return {name: options[name] for name in named if options.get(name)}


def _bytes_of(value: Any) -> int:
    return len(json.dumps(value, ensure_ascii=False, default=str).encode())
