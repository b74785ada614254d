"""The spans of one flow, read from the files of the local platform and drawn as a tree.

Lines are OTLP `TracesData` (OpenTelemetry's file exporter), written by
`switchboard.events.trace_export`.
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from switchboard.events.trace import trace_id

NANOSECONDS = 1e9
SHOWN = (
    "gen_ai.request.model",
    "gen_ai.usage.input_tokens",
    "gen_ai.usage.output_tokens",
    "gen_ai.tool.status",
)
"""Attributes that say more than the span's name."""


@dataclass(frozen=True)
class Seen:
    """A span as a file has it."""

    id: str
    parent: str | None
    service: str
    name: str
    start: int
    end: int
    error: str | None
    attributes: dict[str, Any]


def spans_of(folder: Path, correlation_id: str) -> list[Seen]:
    """The spans of a flow, in the order in which they began."""
    wanted = trace_id(correlation_id)
    found = [span for file in sorted(folder.glob("*.jsonl")) for span in _spans(file, wanted)]
    return sorted(found, key=lambda span: (span.start, -span.end))


def _spans(file: Path, wanted: str) -> Iterator[Seen]:
    for line in file.read_text().splitlines():
        if wanted not in line:
            continue
        for resource in json.loads(line)["resourceSpans"]:
            service = str(_plain(resource["resource"]["attributes"])["service.name"])
            for scope in resource["scopeSpans"]:
                yield from (_seen(span, service) for span in scope["spans"])


def _seen(span: dict[str, Any], service: str) -> Seen:
    return Seen(
        span["spanId"],
        span.get("parentSpanId"),
        service,
        span["name"],
        int(span["startTimeUnixNano"]),
        int(span["endTimeUnixNano"]),
        span["status"].get("message"),
        _plain(span["attributes"]),
    )


def _plain(attributes: list[dict[str, Any]]) -> dict[str, Any]:
    return {item["key"]: next(iter(item["value"].values())) for item in attributes}


def drawn(spans: list[Seen]) -> list[str]:
    """A line per span under its parent: when it began, how long it took, who did what."""
    known = {span.id for span in spans}
    below: dict[str | None, list[Seen]] = defaultdict(list)
    for span in spans:
        below[span.parent if span.parent in known else None].append(span)
    first = min(span.start for span in spans)
    return list(_lines(below, None, first, 0, set()))


def _lines(
    below: dict[str | None, list[Seen]], parent: str | None, first: int, depth: int, told: set[str]
) -> Iterator[str]:
    for span in below[parent]:
        begun = (span.start - first) / NANOSECONDS
        took = (span.end - span.start) / NANOSECONDS * 1000
        indent = "  " * depth
        yield f"  {begun:8.3f} s {took:9.1f} ms  {indent}{span.service}: {span.name}{_more(span)}"
        if span.id not in told:  # a retry is the same span again, with the same children
            told.add(span.id)
            yield from _lines(below, span.id, first, depth + 1, told)


def _more(span: Seen) -> str:
    facts = [
        f"{name.rsplit('.', 1)[-1]}={span.attributes[name]}"
        for name in SHOWN
        if name in span.attributes
    ]
    failed = f"  FAILED: {span.error}" if span.error else ""
    return (f"  ({', '.join(facts)})" if facts else "") + failed
