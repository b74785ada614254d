"""What came of a loop: steps, stories, money; as values and as the JSON report."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from switchboard.local.crew.steps import Step

COMPLETED = "completed"
SKIPPED = "not started"
TIMED_OUT = "timed out"
GOAL_SECONDS = 25
"""A whole loop of seven agents (issue 4)."""
Node = dict[str, Any]
"""An invocation as `GET /invocation/{id}/tree` shows it."""


@dataclass(frozen=True)
class StepRun:
    """What came of one step; `tree` holds its invocation and those its chain went on with."""

    step: Step
    status: str
    seconds: float = 0.0
    tree: Node = field(default_factory=dict)
    receipt: dict[str, Any] = field(default_factory=dict)
    problem: dict[str, str] = field(default_factory=dict)
    """`code`, `message` and `remediation`, unless it completed."""
    answers: int = 0
    """How many people answered, where people were asked."""
    aws_calls: dict[str, int] = field(default_factory=dict)
    """Calls of our own services, by service."""

    @property
    def ok(self) -> bool:
        """Whether the step and every step its chain went on with completed."""
        return self.status == COMPLETED and all(
            node["status"] == COMPLETED for node, _ in nodes(self.tree)
        )

    @property
    def cost(self) -> Decimal:
        """What its receipts add up to."""
        return sum((Decimal(node["cost_usd"]) for node, _ in nodes(self.tree)), Decimal(0))

    @property
    def artifacts(self) -> list[dict[str, Any]]:
        """What the step itself made."""
        return list(self.tree.get("output_artifacts", []))

    def report(self) -> dict[str, Any]:
        """The step's entry in the JSON report."""
        return {
            "trigger": self.step.trigger,
            "agent_type": self.step.agent_type,
            "status": self.status,
            "seconds": round(self.seconds, 3),
            "invocation_id": self.tree.get("invocation_id"),
            "artifacts": [
                {key: artifact[key] for key in ("type", "url", "title")}
                for artifact in self.artifacts
            ],
            "answers": self.answers,
            "cost_usd": format(self.cost, "f"),
            "receipt": self.receipt or None,
            "problem": self.problem or None,
            "own_aws_calls": self.aws_calls,
            "tree": self.tree or None,
        }


@dataclass(frozen=True)
class StoryRun:
    """What came of one story's loop."""

    title: str
    page_id: str
    url: str
    steps: list[StepRun]

    @property
    def ok(self) -> bool:
        """Whether every step completed."""
        return all(run.ok for run in self.steps)

    @property
    def seconds(self) -> float:
        """How long the loop took."""
        return sum(run.seconds for run in self.steps)

    @property
    def cost(self) -> Decimal:
        """What its receipts add up to."""
        return sum((run.cost for run in self.steps), Decimal(0))

    @property
    def receipts(self) -> int:
        """How many invocations were charged."""
        return sum(len(list(nodes(run.tree))) for run in self.steps)

    def report(self) -> dict[str, Any]:
        """The story's entry in the JSON report."""
        return {
            "title": self.title,
            "page_id": self.page_id,
            "url": self.url,
            "completed": self.ok,
            "seconds": round(self.seconds, 3),
            "goal_seconds": GOAL_SECONDS,
            "receipts": self.receipts,
            "receipts_total": format(self.cost, "f"),
            "steps": [run.report() for run in self.steps],
        }


def nodes(tree: Node, depth: int = 0) -> Iterator[tuple[Node, int]]:
    """The nodes of a tree with their depth, a parent before its children; none of an empty one."""
    if tree:
        yield tree, depth
        for child in tree["children"]:
            yield from nodes(child, depth + 1)
