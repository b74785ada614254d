"""An agent dies, or never answers: the deadline ends its invocation, visibly, and charges it."""

import os
import signal
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import psutil
import pytest

from switchboard.local.access import Access
from switchboard.local.journey import Journey
from switchboard.local.notion.client import LocalWorkspace

Travel = Callable[..., Journey]


def session_process(session_id: str) -> psutil.Process:
    """The process of an agent's session."""
    for process in psutil.process_iter():
        try:
            if session_id in " ".join([*process.cmdline(), process.cwd()]):
                return process
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    raise AssertionError(f"no process works in session {session_id}")


def on_start(number: int) -> Callable[[Journey, dict[str, Any]], None]:
    """Send a signal to the agent as soon as it has started."""

    def send(_journey: Journey, event: dict[str, Any]) -> None:
        if event["detail-type"] == "InvocationStarted.v1":
            os.kill(session_process(event["detail"]["data"]["session_id"]).pid, number)

    return send


@pytest.mark.requirement("ORC-19", "F")
@pytest.mark.requirement("S001-EC-2", "F")
@pytest.mark.parametrize(
    ("what", "number"), [("dies", signal.SIGKILL), ("never answers", signal.SIGSTOP)]
)
def test_an_agent_that_falls_silent_ends_as_failed_with_a_comment(
    travel: Travel, board: LocalWorkspace, what: str, number: int
) -> None:
    journey = travel(f"The agent {what}", on_event=on_start(number))

    assert journey.terminal_status == "failed"
    assert journey.ended["error"]["code"] == "AGENT_TIMEOUT"
    assert "AGENT_TIMEOUT" in str(board.comments(journey.page_id))
    assert journey.total == Decimal("2")


@pytest.mark.requirement("ING-16", "E")
def test_a_cancelled_invocation_ends_as_cancelled_and_stays_so(
    travel: Travel, access: Access, board: LocalWorkspace
) -> None:
    def cancel(journey: Journey, event: dict[str, Any]) -> None:
        if event["detail-type"] == "InvocationStarted.v1":
            access.call("orchestrator", "POST", f"/invocation/{journey.invocation_id}/cancel")

    board.fail_next(count=2, status=429, retry_after=2, path_contains="/markdown")
    journey = travel("Cancelled", on_event=cancel)

    assert journey.terminal_status == "cancelled"
    again = access.call("orchestrator", "POST", f"/invocation/{journey.invocation_id}/cancel")
    assert again["status"] == "cancelled"
