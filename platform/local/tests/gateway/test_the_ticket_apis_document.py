"""The ticket service's own document, as the local gateway offers it."""

import json
from pathlib import Path
from typing import Any

import pytest

from switchboard.itsm_mock.adapters import openapi
from switchboard.local.gateway.openapi import operations
from switchboard.local.home import repository_root

API = "https://abc123.execute-api.us-east-1.amazonaws.com/poc/"
TOOLS = Path("services") / "itsm-mock" / "agentcore-tools.json"


@pytest.fixture
def tools() -> list[dict[str, Any]]:
    text = (repository_root() / TOOLS).read_text()
    found: list[dict[str, Any]] = json.loads(text)["tools"]
    return found


@pytest.mark.requirement("GTW-09", "C")
@pytest.mark.requirement("GTW-10", "C")
def test_its_tools_are_those_of_the_definitions_file_word_for_word(
    tools: list[dict[str, Any]],
) -> None:
    offered = operations(json.dumps(openapi.gateway_copy(openapi.spec(), API)))

    assert [operation.operation_id for operation in offered] == [
        "create_ticket",
        "list_recent_tickets",
        "get_ticket_status",
        "add_ticket_comment",
    ]
    assert [
        {
            "name": operation.operation_id,
            "description": operation.description,
            "method": operation.method,
            "path": operation.path,
            "inputSchema": operation.input_schema,
        }
        for operation in offered
    ] == tools


def test_its_calls_go_to_the_deployed_stage() -> None:
    offered = operations(json.dumps(openapi.gateway_copy(openapi.spec(), API)))

    assert {operation.server for operation in offered} == {API.rstrip("/")}
