"""`policy-table`: who may call what, decided by the Cedar files themselves."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from switchboard.local.checkout import ROOT
from switchboard.local.cli.console import as_json, say, table

if TYPE_CHECKING:
    from switchboard.local.gateway.policy import Decision
    from switchboard.local.policy_table import PolicyTable

BY_DEFAULT = "no policy permits it"
LONGEST_ARGUMENTS = 90


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command("policy-table")(policy_table)


def policy_table(
    *, json: Annotated[bool, typer.Option("--json", help="for programs")] = False
) -> None:
    """Agents x tools: allow or deny, and by which policy; then the bounds by example.

    Exit status 1 when a decision is not the one the allow-list or the example demands.
    """
    from switchboard.local.policy_table import policy_table as evaluate

    found = evaluate(ROOT / "platform/policies")
    as_json(_as_dict(found)) if json else _tell(found)
    if found.surprises:
        raise typer.Exit(1)


def _tell(found: "PolicyTable") -> None:
    agents = list(dict.fromkeys(cell.agent for cell in found.cells))
    tools = list(dict.fromkeys(cell.tool for cell in found.cells))
    cells = {(cell.tool, cell.agent): cell for cell in found.cells}
    table(
        [[tool, *(_word(cells[tool, agent]) for agent in agents)] for tool in tools],
        ["tool", *agents],
    )
    say()
    for agent in agents:
        own = [cell for cell in found.cells if cell.agent == agent]
        for word, allowed in (("allow", True), ("deny", False)):
            reasons = sorted({_by(c.decision) for c in own if c.decision.allowed is allowed})
            say(f"{agent}: {word} decided by: {'; '.join(reasons)}")
    say()
    table(
        [
            [_word(e), e.agent, e.tool, _by(e.decision), e.why, _short(e.arguments)]
            for e in found.examples
        ],
        ["decision", "agent", "tool", "decided by", "why", "arguments"],
    )
    say()
    say(
        f"{len(found.cells)} calls within bounds, {len(found.examples)} examples, "
        f"{len(found.surprises)} not as they should be"
    )


def _word(item: Any) -> str:
    word = "allow" if item.decision.allowed else "deny"
    return word if item.as_expected else f"{word} (WRONG)"


def _by(decision: "Decision") -> str:
    return ", ".join(decision.policies) or decision.problem or BY_DEFAULT


def _short(arguments: Any) -> str:
    from switchboard.tools.ledger import canonical

    text = canonical(arguments)
    return text if len(text) <= LONGEST_ARGUMENTS else f"{text[: LONGEST_ARGUMENTS - 3]}..."


def _as_dict(found: "PolicyTable") -> dict[str, Any]:
    def told(item: Any) -> dict[str, Any]:
        return {
            "agent": item.agent,
            "tool": item.tool,
            "decision": "allow" if item.decision.allowed else "deny",
            "policies": list(item.decision.policies),
            "as_expected": item.as_expected,
        }

    return {
        "calls": [told(cell) for cell in found.cells],
        "examples": [
            {**told(example), "why": example.why, "arguments": example.arguments}
            for example in found.examples
        ],
        "passed": not found.surprises,
    }
