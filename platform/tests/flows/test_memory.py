"""An agent that opts in remembers, on a real platform: its turns, and what it settled before."""

from collections.abc import Callable
from typing import Any

import pytest

from switchboard.local import wiring
from switchboard.local.access import Access
from switchboard.local.journey import Journey
from switchboard.local.notion.client import LocalWorkspace

Travel = Callable[..., Journey]
VOUCHERS = """As a shopper I want a voucher for a large order.

## Acceptance criteria

- Orders above 50 EUR get a voucher of 5 EUR
"""
LATER = """As a shopper I want to see my voucher at checkout.

## Acceptance criteria

- The voucher of an order above 50 EUR is shown within 2 seconds
"""


@pytest.fixture
def memory(access: Access) -> Any:
    """AgentCore Memory, as the agents reach it."""
    return wiring.client("bedrock-agentcore", access.settings)


def _events(memory: Any, access: Access, board: LocalWorkspace, journey: Journey) -> list[Any]:
    page = memory.get_paginator("list_events").paginate(
        memoryId=access.parameter("platform/memory/id"),
        actorId=board.workspace.project_id,
        sessionId=journey.ended["session_id"],
        includePayloads=True,
    )
    return [event for part in page for event in part["events"]]


def _roles(events: list[Any]) -> set[str]:
    return {item["conversational"]["role"] for event in events for item in event["payload"]}


@pytest.mark.requirement("MEM-01", "E")
def test_a_spec_keeps_the_turns_of_its_session_and_code_keeps_none(
    travel: Travel, memory: Any, access: Access, board: LocalWorkspace
) -> None:
    spec = travel("Vouchers", VOUCHERS, "Generate Spec")
    code = travel("Vouchers as code", VOUCHERS, "Generate Code")

    assert spec.terminal_status == code.terminal_status == "completed"
    assert _roles(_events(memory, access, board, spec)) == {"USER", "ASSISTANT", "TOOL"}
    assert _events(memory, access, board, code) == []


@pytest.mark.requirement("MEM-02", "E")
def test_a_later_spec_of_the_project_names_what_an_earlier_one_settled(
    travel: Travel, board: LocalWorkspace
) -> None:
    travel("Vouchers", VOUCHERS, "Generate Spec")

    later = travel("Vouchers at checkout", LATER, "Generate Spec")

    [page] = [item for item in later.ended["output_artifacts"] if item["type"] == "notion_page"]
    text = board.markdown(page["metadata"]["page_id"])
    assert "Earlier decisions" in text
    assert "Orders above 50 EUR get a voucher of 5 EUR" in text
