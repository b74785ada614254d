"""Ids that follow from the envelope, spans in OTLP's JSON, ways out that never fail work."""

import json
import threading
from pathlib import Path
from typing import Any

import pytest

from switchboard.events import trace, trace_export
from switchboard.events.content import ContentChangedV1
from switchboard.events.envelope import Event, new_event, utc_now


def change(correlation_id: str = "flow") -> Event[ContentChangedV1]:
    data = ContentChangedV1(
        source_event_id="e", shape="seed", page_id="p", workspace_id="w", occurred_at=utc_now()
    )
    return new_event(data, service="ingress", correlation_id=correlation_id)


def span(name: str = "work") -> trace.Span:
    return trace.Span(name, "ingress", trace.trace_id("flow"), trace.root("flow"))


def test_ids_are_those_of_w3c_and_the_same_wherever_they_are_derived() -> None:
    assert trace.trace_id("flow") == trace.trace_id("flow")
    assert trace.trace_id("flow") != trace.trace_id("other")
    assert (len(trace.trace_id("flow")), len(trace.root("flow"))) == (32, 16)
    assert int(trace.work("ingress", "e"), 16) > 0
    assert len({trace.root("x"), trace.sent("x"), trace.run("x"), trace.work("x", "")}) == 4


def test_an_event_was_made_in_the_work_on_its_cause_and_the_first_one_at_the_beginning() -> None:
    first = change()
    second = first.cause(first.data, service="orchestrator")

    assert trace.sender(first.metadata) == trace.root("flow")
    assert trace.sender(second.metadata) == trace.work("orchestrator", first.metadata.id)


def test_a_span_is_otlp_json_and_an_error_is_a_type(tmp_path: Path) -> None:
    spans = trace_export.FolderSpans(tmp_path / "traces")
    made = span()
    made.attributes = {"gen_ai.request.model": "m", "gen_ai.usage.input_tokens": 3, "ok": True}

    with pytest.raises(ValueError, match="secret"), trace.recorded(spans, made):
        raise ValueError("secret of a person")

    (file,) = (tmp_path / "traces").glob("*.jsonl")
    (line,) = file.read_text().splitlines()
    (resource,) = json.loads(line)["resourceSpans"]
    (encoded,) = resource["scopeSpans"][0]["spans"]
    assert resource["resource"]["attributes"] == [
        {"key": "service.name", "value": {"stringValue": "ingress"}}
    ]
    assert encoded["status"] == {"code": 2, "message": "ValueError"}
    assert int(encoded["endTimeUnixNano"]) >= int(encoded["startTimeUnixNano"])
    assert encoded["attributes"] == [
        {"key": "gen_ai.request.model", "value": {"stringValue": "m"}},
        {"key": "gen_ai.usage.input_tokens", "value": {"intValue": "3"}},
        {"key": "ok", "value": {"boolValue": True}},
    ]
    assert "secret" not in line


def test_tracing_is_off_unless_a_variable_says_where_to(tmp_path: Path) -> None:
    ways: list[Any] = [
        trace_export.configured(variables)
        for variables in (
            {},
            {trace_export.ENDPOINT: ""},
            {trace_export.FOLDER: str(tmp_path), trace_export.ENDPOINT: "http://localhost:4318"},
            {trace_export.ENDPOINT: "http://localhost:4318"},
        )
    ]

    kinds = [type(way) for way in ways]
    posted = trace_export.PostedSpans
    assert kinds == [trace.NoSpans, trace.NoSpans, trace_export.FolderSpans, posted]


def test_a_place_that_takes_no_span_costs_no_work(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    for spans in (
        trace_export.FolderSpans(tmp_path / "file" / "below"),
        trace_export.PostedSpans("http://127.0.0.1:9"),
    ):
        with trace.recorded(spans, span()):
            pass


def test_a_place_that_did_not_take_spans_is_left_alone_for_a_while() -> None:
    tried: list[str] = []
    now = [0.0]

    def post(url: str, body: bytes) -> None:
        assert body
        tried.append(url)
        raise TimeoutError

    spans = trace_export.PostedSpans("http://collector:4318/", post, lambda: now[0])
    for now[0] in (0.0, 1.0, trace_export.QUIET_SECONDS):
        spans.write(span())

    assert tried == ["http://collector:4318/v1/traces"] * 2


def test_a_queue_never_lets_the_work_wait_and_sends_what_came_together() -> None:
    bodies: list[list[str]] = []
    free = threading.Event()

    def post(url: str, body: bytes) -> None:
        assert url
        assert free.wait(10)
        resources = json.loads(body)["resourceSpans"]
        bodies.append([item["scopeSpans"][0]["spans"][0]["name"] for item in resources])

    spans = trace_export.QueuedSpans(trace_export.PostedSpans("http://collector:4318", post))
    for name in ("first", "second", "third"):
        spans.write(span(name))
    assert bodies == []  # nothing has left, and nobody waited
    free.set()
    spans.close()

    assert bodies == [["first", "second", "third"]]


def test_what_a_queue_cannot_hold_is_lost_and_the_work_goes_on() -> None:
    free = threading.Event()
    sent: list[bytes] = []

    def post(url: str, body: bytes) -> None:
        assert url
        assert free.wait(10)
        sent.append(body)

    spans = trace_export.QueuedSpans(trace_export.PostedSpans("http://collector:4318", post))
    for _ in range(2 * trace_export.MOST_WAITING):
        spans.write(span())
    free.set()
    spans.close()

    assert sent


def test_an_endpoint_that_is_no_http_address_is_said_at_the_start() -> None:
    with pytest.raises(ValueError, match="OTEL_EXPORTER_OTLP_ENDPOINT"):
        trace_export.configured({trace_export.ENDPOINT: "file:///etc"})
