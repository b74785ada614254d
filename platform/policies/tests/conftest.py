"""The policies and a decision, as the gateway makes it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cedarpy
import pytest

from switchboard.tools.manifest import all_tools
from switchboard.tools.policy_files import Policy, load

FOLDER = Path(__file__).parents[1]

Decide = Callable[[dict[str, str], str, dict[str, Any]], tuple[bool, list[str]]]


@pytest.fixture(scope="session")
def table() -> dict[str, Any]:
    content: dict[str, Any] = json.loads((FOLDER / "truth_table.json").read_text())
    return content


@pytest.fixture(scope="session")
def policies() -> list[Policy]:
    return load(FOLDER)


def _entity(kind: str, name: str, **more: Any) -> dict[str, Any]:
    uid = {"type": f"AgentCore::{kind}", "id": name}
    return {"uid": uid, "attrs": {}, "parents": [], **more}


@pytest.fixture(scope="session")
def decide(policies: list[Policy], table: dict[str, Any]) -> Decide:
    arn = table["gateway_arn"]
    text = "\n".join(policy.annotated(arn) for policy in policies)
    call_tool = [{"type": "AgentCore::Action", "id": "CallTool"}]
    actions = [_entity("Action", name, parents=call_tool) for name in all_tools()]

    def answer(
        claims: dict[str, str], tool: str, arguments: dict[str, Any]
    ) -> tuple[bool, list[str]]:
        user = _entity("OAuthUser", "user-1", attrs={"id": "user-1"}, tags=claims)
        result = cedarpy.is_authorized(
            {
                "principal": 'AgentCore::OAuthUser::"user-1"',
                "action": f'AgentCore::Action::"{tool}"',
                "resource": f'AgentCore::Gateway::"{arn}"',
                "context": {"input": arguments},
            },
            text,
            [user, _entity("Gateway", arn), _entity("Action", "CallTool"), *actions],
        )
        assert not result.diagnostics.errors, result.diagnostics.errors
        return result.allowed, list(result.diagnostics.id_annotations_by_reason.values())

    return answer
