"""Traces without passing anything on: ids of trace and spans follow from ids an event has anyway.

The trace of a flow is a hash of its correlation id; the span of a service's work on an event is a
hash of both. So whoever holds an envelope knows trace and parent, on a retry as well, and released
events stay as they are. Spans leave by `switchboard.events.trace_export`.
"""

import contextlib
import hashlib
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from switchboard.events.envelope import Metadata

MAX_TEXT = 200
INTERNAL, SERVER, CLIENT, PRODUCER, CONSUMER = 1, 2, 3, 4, 5
"""Kinds of span (opentelemetry-proto)."""
Attribute = str | int | float | bool


def trace_id(correlation_id: str) -> str:
    """The trace of a flow: 32 hexadecimal digits."""
    return _hash("trace", correlation_id)[:32]


def span_id(kind: str, *ids: str) -> str:
    """A span that others can name as their parent: 16 hexadecimal digits."""
    return _hash(kind, *ids)[:16]


def root(correlation_id: str) -> str:
    """The span in which a flow began: the webhook."""
    return span_id("root", correlation_id)


def sent(event_id: str) -> str:
    """The span in which an event went to the bus."""
    return span_id("sent", event_id)


def work(service: str, event_id: str) -> str:
    """The span in which a service handled an event."""
    return span_id("work", service, event_id)


def run(invocation_id: str) -> str:
    """The span of an agent's run."""
    return span_id("run", invocation_id)


def sender(metadata: Metadata) -> str:
    """The span in which an event was made: the work on its cause, or the flow's beginning."""
    if metadata.causation_id is None:
        return root(metadata.correlation_id)
    return work(metadata.service, metadata.causation_id)


def _hash(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


@dataclass
class Span:
    """A piece of work with a beginning and an end; `error` is a type, never what people wrote."""

    name: str
    service: str
    trace_id: str
    span_id: str
    parent_id: str | None = None
    kind: int = INTERNAL
    start: int = field(default_factory=time.time_ns)
    end: int = 0
    attributes: dict[str, Attribute] = field(default_factory=dict)
    error: str | None = None

    def as_otlp(self) -> dict[str, Any]:
        """`TracesData` with this one span."""
        encoded: dict[str, Any] = {
            "traceId": self.trace_id,
            "spanId": self.span_id,
            "name": self.name,
            "kind": self.kind,
            "startTimeUnixNano": str(self.start),
            "endTimeUnixNano": str(self.end),
            "attributes": _attributes(self.attributes),
            "status": {"code": 2, "message": self.error} if self.error else {},
        }
        if self.parent_id:
            encoded["parentSpanId"] = self.parent_id
        resource = {"attributes": _attributes({"service.name": self.service})}
        scope = {"scope": {"name": "switchboard"}, "spans": [encoded]}
        return {"resourceSpans": [{"resource": resource, "scopeSpans": [scope]}]}


def _attributes(values: Mapping[str, Attribute]) -> list[dict[str, Any]]:
    return [{"key": key, "value": _value(value)} for key, value in values.items()]


def _value(value: Attribute) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    return {"doubleValue": value} if isinstance(value, float) else {"stringValue": value[:MAX_TEXT]}


class Spans(Protocol):
    """Where spans go."""

    def write(self, span: Span) -> None:
        """Take a span that has ended; never raises."""
        ...


class NoSpans:
    """Tracing is off."""

    def write(self, span: Span) -> None:
        """Forget it."""


@dataclass
class MemorySpans:
    """Spans in a list, for tests."""

    spans: list[Span] = field(default_factory=list)

    def write(self, span: Span) -> None:
        """Keep it."""
        self.spans.append(span)


@contextlib.contextmanager
def recorded(spans: Spans, span: Span) -> Iterator[Span]:
    """Time what happens inside; what it raises is the span's error, by type, and goes on."""
    try:
        yield span
    except BaseException as error:
        span.error = type(error).__name__
        raise
    finally:
        span.end = time.time_ns()
        spans.write(span)
