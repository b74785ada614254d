"""A loop as a tree on the terminal, line by line as it happens."""

from decimal import Decimal
from typing import Any

from switchboard.local.crew.outcome import GOAL_SECONDS, StepRun, StoryRun, nodes
from switchboard.local.crew.steps import PEOPLE

MAX_SUMMARY = 160


def told_step(run: StepRun, *, last: bool) -> list[str]:
    """A step's branch: status, seconds, cost, links, what its chain went on with."""
    branch, stem = ("└─", "  ") if last else ("├─", "│ ")
    step = run.step
    lines = [
        f"{branch} {step.trigger:23} {step.agent_type:10} {run.status:12} {run.seconds:5.1f} s"
        + (f"  {usd(run.cost)}" if run.tree else "")
    ]
    if step.agent_type == PEOPLE and run.ok:
        lines.append(f"{stem}    {run.answers} people answered")
    for node, depth in nodes(run.tree):
        indent = f"{stem}   {'   ' * depth}"
        if depth:
            lines.append(
                f"{indent}↳ {node['agent_type']:10} {node['status']:10} "
                f"{node['duration_seconds']:5.1f} s  {usd(Decimal(node['cost_usd']))}"
            )
        lines += [f"{indent}   {_link(artifact)}" for artifact in node["output_artifacts"]]
    if run.problem:
        lines.append(f"{stem}    {run.problem['code']}: {run.problem['message']}")
        lines.append(f"{stem}    remedy: {run.problem['remediation']}")
    return lines


def told_story(run: StoryRun) -> str:
    """The last line of a story's tree."""
    done = sum(step.ok for step in run.steps)
    return (
        f"   {done} of {len(run.steps)} steps completed in {run.seconds:.1f} s "
        f"(goal {GOAL_SECONDS} s), {run.receipts} receipts: {usd(run.cost)}"
    )


def usd(amount: Decimal) -> str:
    """Dollars, with the places that a playbook's run needs."""
    return f"${amount:.6f}"


def _link(artifact: dict[str, Any]) -> str:
    title = " ".join(str(artifact["title"]).split())[:MAX_SUMMARY]
    return f"{artifact['type'].replace('_', ' ')}: {artifact['url']}  ({title})"
