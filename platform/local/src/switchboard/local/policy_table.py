"""What the Cedar files say, as a table: every agent and every tool, and the bounds by example.

The files are those that are deployed, the engine is the one the local gateway decides with.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from switchboard.local.gateway.policy import Decision, PolicyEngine
from switchboard.tools.manifest import ALLOW_LIST, TARGETS
from switchboard.tools.policy_files import load
from switchboard.tools.schema import Schema

EXAMPLES = "truth_table.json"


@dataclass(frozen=True)
class Cell:
    """May this agent call this tool, within all bounds?"""

    agent: str
    tool: str
    decision: Decision
    expected: bool
    """Whether the agent's row of the allow-list has the tool (F14)."""

    @property
    def as_expected(self) -> bool:
        """Whether the files say what the allow-list says."""
        return self.decision.allowed == self.expected


@dataclass(frozen=True)
class Example:
    """One call with its arguments."""

    why: str
    agent: str
    tool: str
    arguments: Mapping[str, Any]
    decision: Decision
    expected: bool

    @property
    def as_expected(self) -> bool:
        """Whether the files decide it as the example says."""
        return self.decision.allowed == self.expected


@dataclass(frozen=True)
class PolicyTable:
    """Cells by tool, then agent; and the examples in the order of their file."""

    cells: tuple[Cell, ...]
    examples: tuple[Example, ...]

    @property
    def surprises(self) -> list[Cell | Example]:
        """What is not decided as it should be."""
        everything: list[Cell | Example] = [*self.cells, *self.examples]
        return [item for item in everything if not item.as_expected]


def policy_table(folder: Path) -> PolicyTable:
    """Evaluate the policies of `folder` over agents x tools and over its examples."""
    examples = json.loads((folder / EXAMPLES).read_text())
    arn = examples["gateway_arn"]
    statements = {policy.name: policy.statement(arn) for policy in load(folder)}
    engine = PolicyEngine(statements, arn, enforced=True)
    claims = {"sub": "somebody", **examples["claims"]}
    return PolicyTable(
        tuple(_cells(engine, claims)), tuple(_examples(engine, claims, examples["cases"]))
    )


def _cells(engine: PolicyEngine, claims: Mapping[str, str]) -> list[Cell]:
    return [
        Cell(
            agent,
            name := target.full_name(tool),
            engine.decide(
                {**claims, "agent_type": agent}, name, within_bounds(tool.input_schema, claims)
            ),
            expected=name in ALLOW_LIST[agent],
        )
        for target in TARGETS
        for tool in target.tools
        for agent in ALLOW_LIST
    ]


def _examples(
    engine: PolicyEngine, claims: Mapping[str, str], cases: list[dict[str, Any]]
) -> list[Example]:
    found = []
    for case in cases:
        told = {**claims, "agent_type": case["agent"], **case.get("claims", {})}
        told = {k: v for k, v in told.items() if k not in case.get("without_claims", ())}
        decision = engine.decide(told, case["tool"], case["input"])
        expected = case["decision"] == "allow"
        call = (case["why"], case["agent"], case["tool"], case["input"])
        found.append(Example(*call, decision, expected))
    return found


def within_bounds(schema: Schema, claims: Mapping[str, str]) -> dict[str, Any]:
    """Arguments of a tool that break no bound, so that only the allow-list decides."""
    own: dict[str, Any] = {
        "owner": claims["repo_owner"],
        "repo": claims["repo_name"],
        "branch": claims["work_branch"],
        "head": claims["work_branch"],
        "parent": {"page_id": claims["page_id"]},
        "page_id": claims["page_id"],
        "event": "COMMENT",
    }
    return {name: value for name, value in own.items() if name in schema.get("properties", {})}
