"""A budget that is used up refuses the next run, and says so to the person and the owners."""

from collections.abc import Callable
from typing import Any

import pytest

from switchboard.local.bus import Tail
from switchboard.local.journey import Journey
from switchboard.local.notion.client import LocalWorkspace

Travel = Callable[..., Journey]


def configure(board: LocalWorkspace, tail: Tail, **amounts: float) -> None:
    """Change the project's page as its owner does, and wait until everybody knows."""
    properties: dict[str, Any] = {
        name.replace("_", " ").title(): {"number": amount} for name, amount in amounts.items()
    }
    board.set_properties(board.workspace.project_page_id, properties, user="owen")
    for _ in range(30):
        if any(event["detail-type"] == "ProjectConfigured.v1" for event in tail.batch()):
            return
    raise AssertionError("the configuration was not announced")


@pytest.mark.requirement("ORC-04", "E")
@pytest.mark.requirement("DAT-08", "E")
@pytest.mark.requirement("BUD-05", "E")
def test_an_exhausted_budget_refuses_the_run_and_tells_requester_and_owner(
    travel: Travel, board: LocalWorkspace, tail: Tail, eventually: Callable[..., None]
) -> None:
    configure(board, tail, cost_limit_per_invocation=0.01, cost_limit_per_month=0.01)
    try:
        journey = travel("No money left")
        page = journey.page_id

        assert journey.terminal_status == "failed"
        assert journey.ended["error"]["code"] == "BUDGET_EXCEEDED"
        assert "cost_limit_per_month" in journey.ended["error"]["remediation"]
        assert "InvocationStarted.v1" not in [e["detail-type"] for e in journey.events]
        eventually(lambda: "BUDGET_EXCEEDED" in str(board.comments(page)))
        eventually(lambda: board.workspace.people["owen"] in str(board.comments(page)))
    finally:
        configure(board, tail, cost_limit_per_invocation=2, cost_limit_per_month=50)


def test_a_configuration_with_a_mistake_keeps_the_former_one_and_says_so_on_its_page(
    travel: Travel, board: LocalWorkspace, eventually: Callable[..., None]
) -> None:
    page = board.workspace.project_page_id
    board.set_properties(page, {"Cost Limit Per Month": {"number": -1}}, user="owen")
    try:
        eventually(lambda: "CONFIG_INVALID" in str(board.comments(page)))

        assert travel("Still works", trigger="Generate Prototype").terminal_status == "completed"
    finally:
        board.set_properties(page, {"Cost Limit Per Month": {"number": 50}}, user="owen")
