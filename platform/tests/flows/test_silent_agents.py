"""An agent dies, or never answers: the deadline ends its invocation, visibly, and charges it."""

import json
import os
import signal
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from switchboard.local.access import Access
from switchboard.local.journey import Journey
from switchboard.local.notion.client import LocalWorkspace
from switchboard.local.settings import LocalSettings

Travel = Callable[..., Journey]


def session_pid(settings: LocalSettings, session_id: str) -> int:
    """The process that serves an agent's session, from the local runtime's journal."""
    for line in (settings.home / "journal/sessions.jsonl").read_text().splitlines():
        entry = json.loads(line)
        if entry["event"] == "started" and entry["session_id"] == session_id:
            return int(entry["pid"])
    raise AssertionError(f"no process was started for session {session_id}")


def on_start(settings: LocalSettings, number: int) -> Callable[[Journey, dict[str, Any]], None]:
    """Send a signal to the agent as soon as it has started."""

    def send(_journey: Journey, event: dict[str, Any]) -> None:
        if event["detail-type"] == "InvocationStarted.v1":
            os.kill(session_pid(settings, event["detail"]["data"]["session_id"]), number)

    return send


@pytest.mark.requirement("ERR-02", "F")
@pytest.mark.requirement("ORC-19", "F")
@pytest.mark.requirement("S001-EC-2", "F")
@pytest.mark.parametrize(
    ("what", "number"), [("dies", signal.SIGKILL), ("never answers", signal.SIGSTOP)]
)
def test_an_agent_that_falls_silent_ends_as_failed_with_a_comment(
    travel: Travel, board: LocalWorkspace, settings: LocalSettings, what: str, number: int
) -> None:
    journey = travel(f"The agent {what}", on_event=on_start(settings, number))

    assert journey.terminal_status == "failed"
    assert journey.ended["error"]["code"] == "AGENT_TIMEOUT"
    assert "AGENT_TIMEOUT" in str(board.comments(journey.page_id))
    assert journey.total == Decimal("2")


@pytest.mark.requirement("ING-16", "E")
def test_a_cancelled_invocation_ends_as_cancelled_and_stays_so(
    travel: Travel, access: Access, board: LocalWorkspace
) -> None:
    def cancel(journey: Journey, event: dict[str, Any]) -> None:
        if event["detail-type"] == "InvocationRequested.v1":  # slow enough to be met at work
            page = f"{journey.page_id}/markdown"
            board.fail_next(count=2, status=429, retry_after=2, path_contains=page)
        if event["detail-type"] == "InvocationStarted.v1":
            access.call("orchestrator", "POST", f"/invocation/{journey.invocation_id}/cancel")

    journey = travel("Cancelled", on_event=cancel)

    assert journey.terminal_status == "cancelled"
    again = access.call("orchestrator", "POST", f"/invocation/{journey.invocation_id}/cancel")
    assert again["status"] == "cancelled"
