"""Spans of what every service does: send an event, work on one, call something (K-50).

The SDK of OpenTelemetry does not ship in Lambdas: its start would cost each cold start more than
the webhook's door may take. The spans are OTLP all the same (`switchboard.events.trace_export`).
"""

import json
import time
from contextlib import AbstractContextManager
from datetime import datetime
from functools import cache
from typing import Any

from pydantic import ValidationError

from switchboard.events import trace
from switchboard.events.envelope import Event, Metadata
from switchboard.events.trace_export import configured
from switchboard.runtime.settings import environment


@cache
def spans() -> trace.Spans:
    """Where this process sends its spans."""
    return configured(environment())


def working(service: str, event: Event[Any], to: trace.Spans) -> AbstractContextManager[trace.Span]:
    """The span of a service's work on an event; a retry is the same span once more."""
    metadata = event.metadata
    span = trace.Span(
        f"process {event.detail_type}",
        service,
        trace.trace_id(metadata.correlation_id),
        trace.work(service, metadata.id),
        trace.sent(metadata.id),
        trace.CONSUMER,
        attributes={
            "messaging.system": "aws_eventbridge",
            "messaging.message.id": metadata.id,
            "correlation_id": metadata.correlation_id,
        },
    )
    if invocation_id := getattr(event.data, "invocation_id", None):
        span.attributes["invocation_id"] = str(invocation_id)
    return trace.recorded(to, span)


def relayed(detail_type: str, detail: str, to: trace.Spans) -> None:
    """Write the span of an event on its way: from when it was made until the bus has it."""
    if isinstance(to, trace.NoSpans):
        return
    try:
        metadata = Metadata.model_validate(json.loads(detail)["metadata"])
    except (ValueError, KeyError, TypeError, ValidationError):
        return  # it is on the bus; who consumes it says what is wrong with it
    to.write(
        trace.Span(
            f"send {detail_type}",
            metadata.service,
            trace.trace_id(metadata.correlation_id),
            trace.sent(metadata.id),
            trace.sender(metadata),
            trace.PRODUCER,
            start=_nanoseconds(metadata.time),
            end=time.time_ns(),
            attributes={
                "messaging.system": "aws_eventbridge",
                "messaging.message.id": metadata.id,
                "correlation_id": metadata.correlation_id,
            },
        )
    )


def _nanoseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000_000) * 1_000
