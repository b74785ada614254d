"""The loop of a product manager on one page, as data: what is asked for, and in which order."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """A status that a person sets, the agent it starts, and what must come of it."""

    trigger: str
    agent_type: str
    makes: tuple[str, ...] = ()
    """Types of artifacts without which the step has not done its work."""
    needs: tuple[str, ...] = ()
    """Triggers of the steps whose result it works on; without them it is not started."""


PEOPLE = "people"
"""Who gives feedback; the one step that no agent does."""
GATHER = Step("Gather Feedback", PEOPLE, needs=("Generate Demo Deck",))
LOOP = (
    Step("Generate Prototype", "mock", makes=("prototype",)),
    Step(
        "Generate Demo Deck",
        "demo_deck",
        makes=("notion_page", "notion_database"),
        needs=("Generate Prototype",),
    ),
    GATHER,
    Step(
        "Synthesize Feedback",
        "insight",
        makes=("insight_report",),
        needs=("Generate Demo Deck", GATHER.trigger),
    ),
    Step("Generate Spec", "spec", makes=("notion_page",)),
    Step("Generate Code", "code", makes=("pull_request",)),
    Step("Review Code", "review", makes=("pull_request",), needs=("Generate Code",)),
    Step("Generate A/B Variants", "a_b_test", makes=("prototype",)),
)
"""A new agent is a new line here."""
