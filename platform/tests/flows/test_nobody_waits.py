"""A run takes its time in the agent's session; no function is held while it does."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest

from switchboard.local.access import Access
from switchboard.local.journey import Journey
from switchboard.local.notion.client import LocalWorkspace

Travel = Callable[..., Journey]


def worker_runs(logs: Any) -> Iterator[tuple[list[dict[str, Any]], float]]:
    """Each run of the orchestrator's worker: its JSON lines, and when it ended (epoch seconds)."""
    (group,) = [
        one["logGroupName"]
        for one in logs.describe_log_groups()["logGroups"]
        if "orchestrator/WorkerLogs" in one["logGroupName"]
    ]
    pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group)
    lines: list[dict[str, Any]] = []
    for event in (event for page in pages for event in page["events"]):
        message = event["message"]
        if message.startswith("END"):
            yield lines, event["timestamp"] / 1000
            lines = []
        elif message.startswith("{"):
            lines.append(json.loads(message))


@pytest.mark.requirement("ORC-10", "E")
def test_the_function_that_started_an_agent_has_ended_before_the_run(
    travel: Travel, access: Access, board: LocalWorkspace
) -> None:
    def slow_down(journey: Journey, event: dict[str, Any]) -> None:
        if event["detail-type"] == "InvocationRequested.v1":  # ingress has read the page by now
            page = f"{journey.page_id}/markdown"
            board.fail_next(count=2, status=429, retry_after=2, path_contains=page)

    journey = travel("Takes its time", trigger="Generate Prototype", on_event=slow_down)

    (report,) = [one for one in journey.events if one["detail-type"] == "AgentRunCompleted.v1"]
    data = report["detail"]["data"]
    ended = [
        at
        for lines, at in worker_runs(access.client("logs"))
        if any(
            line.get("invocation_id") == journey.invocation_id and line.get("status") == "running"
            for line in lines
        )
    ]

    assert data["usage"]["wall_seconds"] > 4, "Notion's waits of 2 s did not make the run slow"
    assert ended
    assert max(ended) < datetime.fromisoformat(data["finished_at"]).timestamp()
