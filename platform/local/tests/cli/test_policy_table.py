"""`policy-table` and `bench gateway`: what they print is what the files and the clock say."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from switchboard.local.checkout import ROOT
from switchboard.local.cli import policies
from switchboard.local.cli.bench_gateway import READ, WRITE, measured
from switchboard.local.cli.main import app
from switchboard.local.gateway_load import Pair
from switchboard.local.policy_table import policy_table
from switchboard.tools.manifest import ALLOW_LIST, all_tools

POLICIES = ROOT / "platform/policies"


@pytest.mark.requirement("NEW-09", "U")
def test_the_table_says_for_every_agent_and_every_tool_who_may_and_by_which_policy() -> None:
    result = CliRunner().invoke(app, ["policy-table", "--json"])

    table = json.loads(result.stdout)
    calls = {(call["agent"], call["tool"]): call for call in table["calls"]}
    assert result.exit_code == 0
    assert table["passed"] is True
    assert set(calls) == {(agent, tool) for agent in ALLOW_LIST for tool in all_tools()}
    for (agent, tool), call in calls.items():
        allowed = tool in ALLOW_LIST[agent]
        assert call["decision"] == ("allow" if allowed else "deny"), (agent, tool)
        assert call["policies"] == ([f"{agent}_tools"] if allowed else []), (agent, tool)


@pytest.mark.requirement("SEC-07", "U")
def test_the_bounds_are_shown_by_example_with_the_policy_that_draws_them() -> None:
    result = CliRunner().invoke(app, ["policy-table"])

    (main,) = [line for line in result.stdout.splitlines() if "agents cannot push to main" in line]
    assert main.split()[:4] == ["deny", "code", "github___push_files", "own_branch_only"]
    assert '"branch":"main"' in main
    assert "0 not as they should be" in result.stdout


def test_a_file_that_permits_too_much_is_found(tmp_path: Path, monkeypatch: Any) -> None:
    folder = tmp_path / "platform/policies"
    shutil.copytree(POLICIES, folder, ignore=shutil.ignore_patterns("tests"))
    path = folder / "agent_spec.cedar"
    pushes = 'AgentCore::Action::"github___push_files",\n    AgentCore::Action::"notion___notion-f'
    path.write_text(path.read_text().replace('AgentCore::Action::"notion___notion-f', pushes))
    monkeypatch.setattr(policies, "ROOT", tmp_path)

    result = CliRunner().invoke(app, ["policy-table"])

    assert result.exit_code == 1
    assert "allow (WRONG)" in result.stdout


def test_policies_that_cannot_be_read_permit_nothing_and_say_so(tmp_path: Path) -> None:
    shutil.copy(POLICIES / "truth_table.json", tmp_path)
    (tmp_path / "broken.cedar").write_text('@id("broken")\npermit(principal, action;')

    table = policy_table(tmp_path)

    assert not [cell for cell in table.cells if cell.decision.allowed]
    assert "cannot be read" in table.cells[0].decision.problem


def test_the_bench_sets_what_the_gateway_adds_beside_a_direct_call() -> None:
    pairs = {READ: Pair([10.0, 11.0, 90.0], [19.0, 22.0, 30.0], [5.0, 6.0, 7.0])}
    pairs[WRITE] = Pair([30.0, 31.0, 32.0], [40.0, 50.0, 99.0], [5.0, 6.0, 7.0])

    read, write = measured(pairs)["tools"]

    assert (read["added"], read["ratio"]) == (11.0, 1.0)
    assert (write["ledger"], write["added"], write["ratio"]) == (6.0, 25.0, 1.0)
    assert measured(pairs)["passed"] is True


@pytest.mark.parametrize(
    "missed",
    [Pair([10.0], [31.0], [0.0]), Pair([1.0], [2.0], [4.0])],
    ids=["adds more than twice a call", "cannot be compared"],
)
def test_the_bench_fails_when_one_tool_misses_the_goal(missed: Pair) -> None:
    pairs = {READ: Pair([10.0], [11.0], [1.0]), WRITE: missed}

    assert measured(pairs)["passed"] is False
