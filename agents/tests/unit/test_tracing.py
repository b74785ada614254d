"""A run leaves spans of its steps, model calls and tool calls, without anybody's words."""

import json
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from opentelemetry import trace as otel
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from strands.telemetry import tracer as strands_tracer

from switchboard.agents.memory import Call, MemoryBus
from switchboard.agents.payload import RunRequest
from switchboard.agents.run import RunAgent
from switchboard.agents.tracing import StrandsSpans, set_up_tracing
from switchboard.events import trace
from switchboard.events.trace import MemorySpans, NoSpans

Runs = Callable[..., RunAgent]
SESSION = "inv-01JD2Q3R4S5T6V7W8X9Y0ZABCD-0a1b2c3d"


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> MemorySpans:
    """Strands' own tracer with a provider of this test, in place of the process's one."""
    kept = MemorySpans()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(StrandsSpans(kept)))
    own = strands_tracer.Tracer()
    own.tracer = provider.get_tracer("test")
    monkeypatch.setattr(strands_tracer, "_tracer_instance", own)
    return kept


@pytest.fixture
def traced(
    run: Runs,
    request_of: Callable[..., RunRequest],
    work_as_code: list[Any],
    cancel: threading.Event,
    spans: MemorySpans,
) -> dict[str, trace.Span]:
    """The spans of a run that did its work, by name; the last of a name counts."""
    agent = replace(run(work_as_code), spans=spans)
    agent(request_of(correlation_id="flow"), SESSION, cancel)
    return {span.name: span for span in spans.spans}


def test_steps_model_calls_and_tool_calls_hang_under_the_run_in_the_trace_of_the_flow(
    traced: dict[str, trace.Span], request_of: Callable[..., RunRequest]
) -> None:
    request = request_of()
    by_id = {span.span_id: span for span in traced.values()}
    run = traced["run code"]
    step = traced["execute_event_loop_cycle"]
    agent = by_id[step.parent_id or ""]

    assert {span.trace_id for span in traced.values()} == {trace.trace_id("flow")}
    assert run.span_id == trace.run(request.invocation_id)
    assert run.parent_id == trace.work("orchestrator", request.causation_id or "")
    assert agent.name.startswith("invoke_agent")
    assert agent.parent_id == run.span_id
    assert traced["chat"].attributes["gen_ai.usage.input_tokens"]
    assert traced["execute_tool github___create_pull_request"].attributes["gen_ai.tool.name"]


def test_the_event_of_the_end_is_sent_from_the_run(
    traced: dict[str, trace.Span], bus: MemoryBus
) -> None:
    (event,) = bus.events

    sent = traced["send AgentRunCompleted.v1"]
    assert sent.span_id == trace.sent(event.metadata.id)
    assert sent.parent_id == traced["run code"].span_id


def test_no_span_holds_what_people_or_models_wrote(
    traced: dict[str, trace.Span], request_of: Callable[..., RunRequest]
) -> None:
    text = json.dumps([span.as_otlp() for span in traced.values()])

    story = request_of().story
    for words in (story.title, story.content_markdown, *story.acceptance_criteria, "Done."):
        assert str(words) not in text


def test_a_run_that_failed_is_a_span_with_its_code(
    run: Runs,
    request_of: Callable[..., RunRequest],
    answer: Callable[..., dict[str, Any]],
    cancel: threading.Event,
    spans: MemorySpans,
) -> None:
    replace(run([Call("CodeOutput", answer())]), spans=spans)(request_of(), SESSION, cancel)

    (failed,) = [span for span in spans.spans if span.name == "run code"]
    assert failed.error == "AGENT_ERROR"


def test_without_a_place_for_spans_no_tracer_is_set_up() -> None:
    before = otel.get_tracer_provider()

    set_up_tracing(NoSpans())

    assert otel.get_tracer_provider() is before
