"""What the policies allow and deny, case by case and exhaustively over agents and tools."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from switchboard.tools.manifest import ALLOW_LIST, all_tools

Decide = Callable[[dict[str, str], str, dict[str, Any]], tuple[bool, list[str]]]

TABLE = json.loads((Path(__file__).parents[2] / "truth_table.json").read_text())
CASES = TABLE["cases"]

_REPO = {"owner": "acme", "repo": "app"}
_BRANCH = TABLE["claims"]["work_branch"]
_PARENT = {"parent": {"page_id": TABLE["claims"]["page_id"]}}
WELL_BEHAVED: dict[str, dict[str, Any]] = {
    "github___create_branch": {**_REPO, "branch": _BRANCH},
    "github___push_files": {**_REPO, "branch": _BRANCH, "files": [], "message": "m"},
    "github___create_pull_request": {**_REPO, "title": "t", "head": _BRANCH, "base": "main"},
    "notion___notion-create-pages": {**_PARENT, "pages": []},
    "notion___notion-create-database": {**_PARENT, "title": "t", "properties": {}},
    "notion___notion-create-comment": {**_PARENT, "markdown": "m"},
    "notion___notion-update-page": {"page_id": TABLE["claims"]["page_id"], "command": "c"},
}
"""Arguments that break no bound, so that only the allow-list decides."""


def _claims(case: dict[str, Any]) -> dict[str, str]:
    claims = {**TABLE["claims"], "agent_type": case["agent"], **case.get("claims", {})}
    return {k: v for k, v in claims.items() if k not in case.get("without_claims", [])}


@pytest.mark.requirement("NEW-09", "U")
@pytest.mark.requirement("SEC-07", "U")
@pytest.mark.parametrize("case", CASES, ids=[case["why"] for case in CASES])
def test_the_decision_is_the_one_in_the_table(case: dict[str, Any], decide: Decide) -> None:
    allowed, reasons = decide(_claims(case), case["tool"], case["input"])

    assert ("allow" if allowed else "deny") == case["decision"], reasons


@pytest.mark.requirement("AGT-21", "U")
@pytest.mark.parametrize("agent", ALLOW_LIST)
def test_an_agent_may_call_exactly_the_tools_of_its_row(agent: str, decide: Decide) -> None:
    claims = {**TABLE["claims"], "agent_type": agent}

    allowed = {
        tool for tool in all_tools() if decide(claims, tool, WELL_BEHAVED.get(tool, _REPO))[0]
    }

    assert allowed == set(ALLOW_LIST[agent])


@pytest.mark.requirement("SEC-07", "U")
def test_a_denied_push_to_main_names_the_policy_behind_it(decide: Decide) -> None:
    claims = {**TABLE["claims"], "agent_type": "code"}

    allowed, reasons = decide(
        claims, "github___push_files", {**WELL_BEHAVED["github___push_files"], "branch": "main"}
    )

    assert (allowed, reasons) == (False, ["own_branch_only"])
