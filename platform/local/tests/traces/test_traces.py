"""Spans of several processes become one tree of one flow."""

from pathlib import Path

from switchboard.events import trace
from switchboard.events.trace import Span
from switchboard.events.trace_export import FolderSpans
from switchboard.local.traces import drawn, spans_of

SECOND = 1_000_000_000


def span(name: str, own: str, parent: str | None, begun: float, flow: str = "flow") -> Span:
    start = int((100 + begun) * SECOND)
    return Span(
        name,
        "ingress",
        trace.trace_id(flow),
        own,
        parent,
        start=start,
        end=start + SECOND // 4,
    )


def written(folder: Path, *spans: Span) -> None:
    for one in spans:
        FolderSpans(folder).write(one)


def test_a_flow_is_drawn_as_a_tree_with_moments_and_times(tmp_path: Path) -> None:
    webhook = span("POST /webhook/notion", trace.root("flow"), None, 0)
    chat = span("chat", "c" * 16, "a" * 16, 2)
    chat.attributes = {"gen_ai.request.model": "m", "gen_ai.usage.input_tokens": 7}
    chat.error = "ThrottlingException"
    written(tmp_path, chat, span("run code", "a" * 16, webhook.span_id, 1), webhook)

    assert drawn(spans_of(tmp_path, "flow")) == [
        "     0.000 s     250.0 ms  ingress: POST /webhook/notion",
        "     1.000 s     250.0 ms    ingress: run code",
        (
            "     2.000 s     250.0 ms      ingress: chat  (model=m, input_tokens=7)"
            "  FAILED: ThrottlingException"
        ),
    ]


def test_other_flows_are_left_out_and_a_span_without_its_parent_stands_by_itself(
    tmp_path: Path,
) -> None:
    written(
        tmp_path,
        span("other", "b" * 16, None, 0, flow="another"),
        span("orphan", "a" * 16, "f" * 16, 0),
    )

    assert [line.split(": ")[1] for line in drawn(spans_of(tmp_path, "flow"))] == ["orphan"]
    assert spans_of(tmp_path, "unknown") == []


def test_a_retry_is_drawn_twice_its_children_once(tmp_path: Path) -> None:
    again = [span("process", "a" * 16, None, moment) for moment in (0, 30)]
    written(tmp_path, *again, span("send", "b" * 16, "a" * 16, 31))

    lines = [line.split(": ")[1] for line in drawn(spans_of(tmp_path, "flow"))]

    assert sorted(lines) == ["process", "process", "send"]
