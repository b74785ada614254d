"""What a run thought, asked and called, as spans in the trace of its flow (ERR-11, K-50).

Strands makes spans by OpenTelemetry's API: the agent > a cycle of its loop (a reasoning step) > a
model call or a tool call. They are hung under the run's own span, whose id every tool can derive,
and leave by the way the variables of `switchboard.events.trace` name. What people and models wrote
stays behind: only the attributes of `KEPT` are handed on, and no events of a span.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from opentelemetry import trace as otel
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExporter, SpanExportResult

from switchboard.agents.payload import RunRequest
from switchboard.events import trace
from switchboard.events.envelope import Event

SERVICE = "agents"
KEPT = (
    "gen_ai.operation.name",
    "gen_ai.agent.name",
    "gen_ai.request.model",
    "gen_ai.tool.name",
    "gen_ai.tool.status",
    "gen_ai.usage.input_tokens",
    "gen_ai.usage.output_tokens",
    "gen_ai.usage.total_tokens",
    "gen_ai.server.request.duration",
    "event_loop.cycle_id",
    "invocation_id",
    "correlation_id",
)


class StrandsSpans(SpanExporter):
    """Hands Strands' spans on to where ours go."""

    def __init__(self, spans: trace.Spans) -> None:
        """Write to `spans`."""
        self._spans = spans

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Take spans that have ended."""
        for span in spans:
            self._spans.write(_ours(span))
        return SpanExportResult.SUCCESS


def _ours(span: ReadableSpan) -> trace.Span:
    context: Any = span.get_span_context()
    given = span.attributes or {}
    kept = {key: given[key] for key in KEPT if key in given}
    return trace.Span(
        span.name,
        SERVICE,
        f"{context.trace_id:032x}",
        f"{context.span_id:016x}",
        f"{span.parent.span_id:016x}" if span.parent else None,
        span.kind.value + 1,
        span.start_time or 0,
        span.end_time or 0,
        {key: value for key, value in kept.items() if isinstance(value, str | int | float)},
        "ERROR" if span.status.status_code is otel.StatusCode.ERROR else None,
    )


def set_up_tracing(spans: trace.Spans) -> None:
    """Collect Strands' spans, unless tracing is off or ADOT collects them already."""
    collected = not isinstance(otel.get_tracer_provider(), otel.ProxyTracerProvider)
    if collected or isinstance(spans, trace.NoSpans):
        return
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(StrandsSpans(spans)))
    otel.set_tracer_provider(provider)


@contextmanager
def traced_run(request: RunRequest, spans: trace.Spans) -> Iterator[trace.Span]:
    """The span of the run; spans that the libraries make inside become its children."""
    span = trace.Span(
        f"run {request.agent_type}",
        SERVICE,
        trace.trace_id(request.correlation_id),
        trace.run(request.invocation_id),
        trace.work("orchestrator", request.causation_id) if request.causation_id else None,
        trace.SERVER,
        attributes={"agent_type": request.agent_type, **request.flow},
    )
    here = otel.SpanContext(
        int(span.trace_id, 16),
        int(span.span_id, 16),
        is_remote=True,
        trace_flags=otel.TraceFlags(otel.TraceFlags.SAMPLED),
    )
    with trace.recorded(spans, span), otel.use_span(otel.NonRecordingSpan(here)):
        yield span


def reported(event: Event[Any], run: trace.Span, spans: trace.Spans) -> None:
    """The span of the event that says how the run ended: its readers' parent."""
    now = time.time_ns()
    spans.write(
        trace.Span(
            f"send {event.detail_type}",
            SERVICE,
            run.trace_id,
            trace.sent(event.metadata.id),
            run.span_id,
            trace.PRODUCER,
            now,
            now,
            {"messaging.message.id": event.metadata.id},
        )
    )
