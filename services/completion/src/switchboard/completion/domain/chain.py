"""What follows a step: the chain template of the project (F4)."""

from collections.abc import Sequence
from dataclasses import dataclass

from switchboard.completion.domain.derived_ids import derived_ulid
from switchboard.completion.domain.model import Project
from switchboard.events.invocation import InvocationEnded
from switchboard.events.values import Artifact

TEMPLATES = {
    "story-to-code": ("code",),
    "story-to-mock-to-deck": ("mock", "demo_deck"),
    "story-to-spec-to-code": ("spec", "code"),
}
"""The steps of each template; `custom` has its steps in the configuration."""


class ChainError(RuntimeError):
    """The next step could not be requested; perhaps it can later."""


class ChainBrokenError(ChainError):
    """The next step can never be requested like this; somebody must change something."""


@dataclass(frozen=True)
class NextStep:
    """One invocation to be asked for; its id is the same on every try."""

    agent_type: str
    invocation_id: str
    artifacts: tuple[Artifact, ...]


def chain_of(project: Project) -> tuple[str, ...]:
    """The agents of the project's chain, in order.

    Raises:
        ChainBrokenError: the template is unknown, or an agent comes twice (it would never end).
    """
    template = project.agent_chain_template
    if template != "custom" and template not in TEMPLATES:
        raise ChainBrokenError(f"the project's chain {template!r} is unknown")
    steps = project.chain_steps if template == "custom" else TEMPLATES[template]
    if len(set(steps)) != len(steps):
        raise ChainBrokenError(f"the project's chain repeats a step: {', '.join(steps)}")
    return steps


def next_steps(
    project: Project, ended: InvocationEnded, artifacts: Sequence[Artifact]
) -> tuple[NextStep, ...]:
    """What is to be requested now that a run has ended; empty at the end of the chain.

    An A/B test is followed by one step per variant, each with its own prototype (F12).

    Raises:
        ChainBrokenError: see `chain_of`.
    """
    if ended.status != "completed":
        return ()
    chain = chain_of(project)
    if ended.agent_type not in chain[:-1]:
        return ()
    agent_type = chain[chain.index(ended.agent_type) + 1]
    return tuple(
        NextStep(agent_type, derived_ulid(ended.invocation_id, agent_type, str(variant)), share)
        for variant, share in enumerate(_shares(ended.agent_type, tuple(artifacts)))
    )


def _shares(agent_type: str, artifacts: tuple[Artifact, ...]) -> list[tuple[Artifact, ...]]:
    variants = [artifact for artifact in artifacts if artifact.type == "prototype"]
    if agent_type == "a_b_test" and variants:
        return [(variant,) for variant in variants]
    return [artifacts]
