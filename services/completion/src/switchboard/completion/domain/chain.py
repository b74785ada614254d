"""What follows a step: the chain of the project, as data (F4)."""

from collections.abc import Sequence
from dataclasses import dataclass

from switchboard.completion.domain.derived_ids import derived_ulid
from switchboard.completion.domain.model import Project
from switchboard.events.invocation import InvocationEnded
from switchboard.events.values import Artifact

AGENT_TYPES = ("code", "mock", "demo_deck", "insight", "spec", "review", "a_b_test")
TEMPLATES = {
    "story-to-code": ("code",),
    "story-to-mock-to-deck": ("mock", "demo_deck"),
    "story-to-spec-to-code": ("spec", "code"),
}
"""The steps of each template; `custom` has its steps in the configuration."""
STAND_INS = {"a_b_test": "mock"}
"""Who is followed like another step that a chain has instead: variants are prototypes as well."""
ONE_EACH = {("a_b_test", "demo_deck")}
"""Where each prototype of a step gets a next step of its own (F12)."""
NEVER_FOLLOWS = {"insight": "people must have given feedback first"}
"""Agents that only their own trigger starts (AGT-13), and why."""
MAX_HANDED = 20
"""Artifacts handed to a step: its parent's, then its earlier ancestors' up to this many."""
CHAIN_ADVICE = (
    "Correct Chain and Chain Steps on the project's configuration page; then set the story's "
    "status to the next agent's trigger, which takes up this result"
)


class ChainError(RuntimeError):
    """The next step could not be requested; perhaps it can later."""

    def __init__(self, message: str, advice: str = CHAIN_ADVICE) -> None:
        """Say what went wrong, and how a person can go on."""
        super().__init__(message)
        self.advice = advice


class ChainBrokenError(ChainError):
    """The next step can never be requested like this; somebody must change something."""


@dataclass(frozen=True)
class NextStep:
    """One invocation to be asked for; its id is the same on every try."""

    agent_type: str
    invocation_id: str
    artifacts: tuple[Artifact, ...]
    variant: str = ""
    """Which variant it is for, where each has a step of its own."""


@dataclass(frozen=True)
class StoppedBranch:
    """Where a step that did not complete stopped its chain."""

    chain: tuple[str, ...]
    place: int
    """Of the step in the chain, from 0."""
    variant: str = ""
    """The variant the branch was for; the other branches go on."""

    @property
    def not_started(self) -> tuple[str, ...]:
        """The steps that wait in vain."""
        return self.chain[self.place + 1 :]


def chain_of(project: Project) -> tuple[str, ...]:
    """The agents of the project's chain, in order.

    Raises:
        ChainBrokenError: template or step is unknown, a step comes twice (it would never end), or
            a step cannot be started by a chain.
    """
    template = project.agent_chain_template
    if template != "custom" and template not in TEMPLATES:
        known = ", ".join((*TEMPLATES, "custom"))
        raise ChainBrokenError(f"the project's chain {template!r} is unknown; there are {known}")
    steps = project.chain_steps if template == "custom" else TEMPLATES[template]
    if unknown := [step for step in steps if step not in AGENT_TYPES]:
        raise ChainBrokenError(
            f"the project's chain names unknown steps: {', '.join(unknown)}; "
            f"there are {', '.join(AGENT_TYPES)}"
        )
    if repeated := [step for step in dict.fromkeys(steps) if steps.count(step) > 1]:
        raise ChainBrokenError(
            f"the project's chain repeats a step, {', '.join(repeated)}, and would never end: "
            f"{', '.join(steps)}"
        )
    for step in steps[1:]:
        if step in NEVER_FOLLOWS:
            raise ChainBrokenError(f"{step} cannot follow another step: {NEVER_FOLLOWS[step]}")
    return steps


def next_steps(
    project: Project,
    ended: InvocationEnded,
    artifacts: Sequence[Artifact],
    inherited: Sequence[Artifact] = (),
) -> tuple[NextStep, ...]:
    """What is to be requested now that a run has ended; empty at the end of the chain.

    `artifacts` are what the run made, `inherited` what its ancestors handed to it.

    Raises:
        ChainBrokenError: see `chain_of`.
    """
    if ended.status != "completed":
        return ()
    chain = chain_of(project)
    place = _place(chain, ended.agent_type)
    if place is None or place + 1 == len(chain):
        return ()
    follower = chain[place + 1]
    return tuple(
        NextStep(
            follower,
            derived_ulid(ended.invocation_id, follower, str(number)),
            handed_on(share, inherited),
            variant,
        )
        for number, (variant, share) in enumerate(_shares((ended.agent_type, follower), artifacts))
    )


def stopped_branch(
    project: Project, ended: InvocationEnded, inherited: Sequence[Artifact]
) -> StoppedBranch | None:
    """Where a run that did not complete left its chain; None outside of any chain."""
    try:
        chain = chain_of(project)
    except ChainBrokenError:
        return None  # that is told when a step completes; this one has its own failure to tell
    place = _place(chain, ended.agent_type)
    if place is None or len(chain) == 1:
        return None
    variant = ""
    if ended.parent_invocation_id is not None and inherited:
        before = {pair[0] for pair in ONE_EACH if pair[1] == ended.agent_type}
        forked = chain[place - 1] in before | {STAND_INS[one] for one in before}
        variant = inherited[0].title if forked and inherited[0].type == "prototype" else ""
    return StoppedBranch(chain, place, variant)


def handed_on(own: Sequence[Artifact], inherited: Sequence[Artifact]) -> tuple[Artifact, ...]:
    """What a step is given of all its ancestors: the newest first, nothing twice."""
    distinct: dict[tuple[str, str], Artifact] = {}
    for artifact in (*own, *inherited):
        distinct.setdefault((artifact.type, artifact.url), artifact)
    return tuple(distinct.values())[: max(len(own), MAX_HANDED)]


def _place(chain: tuple[str, ...], agent_type: str) -> int | None:
    """Where an agent stands in a chain, itself or as a stand-in before a step made for it."""
    if agent_type in chain:
        return chain.index(agent_type)
    stands_for = STAND_INS.get(agent_type)
    if stands_for in chain[:-1]:
        place = chain.index(stands_for)
        return place if (agent_type, chain[place + 1]) in ONE_EACH else None
    return None


def _shares(
    step: tuple[str, str], artifacts: Sequence[Artifact]
) -> list[tuple[str, tuple[Artifact, ...]]]:
    """What each next step gets: everything, or one variant each."""
    variants = [artifact for artifact in artifacts if artifact.type == "prototype"]
    if step not in ONE_EACH or not variants:
        return [("", tuple(artifacts))]
    others = tuple(artifact for artifact in artifacts if artifact not in variants)
    return [(variant.title, (variant, *others)) for variant in variants]
