"""A budget that is used up refuses the next run, and says so to the person and the owners."""

from collections.abc import Callable
from decimal import Decimal
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
    wanted = {name: Decimal(str(amount)) for name, amount in amounts.items()}
    configured(
        tail, lambda data: all(Decimal(data[name]) == value for name, value in wanted.items())
    )


def configured(tail: Tail, as_wanted: Callable[[dict[str, Any]], bool]) -> None:
    """Wait until the project was announced as it is wanted."""
    for _ in range(30):
        for event in tail.batch():
            if event["detail-type"] == "ProjectConfigured.v1" and as_wanted(
                event["detail"]["data"]
            ):
                return
    raise AssertionError("the configuration was not announced")


@pytest.mark.requirement("ERR-02", "F")
@pytest.mark.requirement("ORC-04", "E")
@pytest.mark.requirement("DAT-08", "E")
@pytest.mark.requirement("BUD-05", "E")
@pytest.mark.requirement("OBS-16", "E")
def test_an_exhausted_budget_refuses_the_run_and_tells_requester_and_owner(
    travel: Travel, board: LocalWorkspace, tail: Tail, eventually: Callable[..., None]
) -> None:
    travel("Spends a little", trigger="Generate Prototype")
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


@pytest.mark.requirement("CMP-08", "E")
def test_a_chain_requests_its_next_step_with_the_parents_result(
    travel: Travel, board: LocalWorkspace, tail: Tail
) -> None:
    page = board.workspace.project_page_id
    chain = {
        "Chain": {"select": {"name": "custom"}},
        "Chain Steps": {"rich_text": [{"text": {"content": "mock, code"}}]},
    }
    board.set_properties(page, chain, user="owen")
    configured(tail, lambda data: data["agent_chain_template"] == "custom")
    try:
        first = travel("Two steps", trigger="Generate Prototype")
        (second,) = await_events(tail, "InvocationCompleted.v1", first.invocation_id)

        assert second["parent_invocation_id"] == first.invocation_id
        assert second["agent_type"] == "code"
        assert second["output_artifacts"][0]["type"] == "pull_request"
    finally:
        board.set_properties(page, {"Chain": {"select": {"name": "story-to-code"}}}, user="owen")
        configured(tail, lambda data: data["agent_chain_template"] == "story-to-code")


def await_events(tail: Tail, detail_type: str, parent: str) -> list[dict[str, Any]]:
    """The data of the first events of a type whose invocation has this parent."""
    for _ in range(40):
        found = [
            event["detail"]["data"]
            for event in tail.batch()
            if event["detail-type"] == detail_type
            and event["detail"]["data"].get("parent_invocation_id") == parent
        ]
        if found:
            return found
    raise AssertionError(f"no {detail_type} of a child of {parent}")
