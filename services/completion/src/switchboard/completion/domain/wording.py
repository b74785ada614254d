"""What people read: one place for every sentence that completion writes into Notion."""

from collections.abc import Iterable, Sequence
from datetime import UTC
from decimal import ROUND_HALF_UP, Decimal

from switchboard.completion.domain.artifacts import Artifacts
from switchboard.completion.domain.chain import NextStep, StoppedBranch
from switchboard.completion.domain.model import Mention, Message, Project, Text
from switchboard.events.content import TriggerRejectedV1
from switchboard.events.invocation import InvocationEnded, InvocationStartedV1
from switchboard.events.project import BudgetThresholdReachedV1
from switchboard.events.values import ErrorInfo

MAX_SUMMARY = 1_200
"""Characters of an agent's summary that fit beside the rest in one comment or property."""
MAX_TITLE = 100
MAX_MENTIONS = 20
FULL = 100
"""Per cent of the month's limit at which nothing new starts."""


def dollars(amount: Decimal, places: str = "0.0001") -> str:
    """An amount as people read it; a run costs cents, so four places."""
    return f"${amount.quantize(Decimal(places), ROUND_HALF_UP)}"


def duration(seconds: float) -> str:
    """A duration as people read it."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def shortened(text: str, limit: int = MAX_SUMMARY) -> str:
    """The text, or its beginning when it is longer."""
    text = text.strip()
    return text if len(text) <= limit else text[: limit - 1] + "…"


def mentions(user_ids: Iterable[str]) -> Message:
    """The people at the beginning of a comment, each once."""
    distinct = list(dict.fromkeys(user_ids))[:MAX_MENTIONS]
    return tuple(part for user in distinct for part in (Mention(user), Text(" ")))


def reason(ended: InvocationEnded) -> ErrorInfo:
    """Why a run failed, with something to do about it even when nobody said what."""
    if ended.error is not None:
        return ended.error
    said = ended.error_detail or "The run ended without saying why"
    advice = "Set the status to its trigger again; if it happens again, ask the platform's team"
    return ErrorInfo(code="AGENT_ERROR", message=said, remediation=advice)


def outcome(ended: InvocationEnded) -> str:
    """How the run ended, in a few sentences."""
    if ended.status == "completed":
        return f"{ended.agent_type} is done. {shortened(ended.output_summary)}".strip()
    if ended.status == "cancelled":
        return f"{ended.agent_type} was cancelled. {shortened(ended.output_summary)}".strip()
    error = reason(ended)
    return (
        f"{ended.agent_type} failed with {error.code}: {shortened(error.message)}\n"
        f"What to do: {shortened(error.remediation)}"
    )


def price(ended: InvocationEnded) -> str:
    """Cost, turns, duration, and the receipt's note."""
    note = ended.receipt.note if ended.receipt else None
    facts = [
        f"Cost {dollars(ended.cost_usd)}",
        f"{ended.turns} {'turn' if ended.turns == 1 else 'turns'}",
        duration(ended.duration_seconds),
        *([note] if note else []),
    ]
    return " · ".join(facts)


def links(artifacts: Artifacts) -> Message:
    """One line per artifact: a link when it can be opened, its flaw when it has one."""
    sound = [(Text(f"\n{item.type}: "), Text(item.title, item.url)) for item in artifacts.sound]
    flagged = [
        (
            Text(f"\n{item.artifact.type}, malformed ({item.reason}): "),
            Text(item.artifact.title, item.artifact.url if item.openable else None),
        )
        for item in artifacts.flagged
    ]
    return tuple(part for line in (*sound, *flagged) for part in line)


def result_comment(
    ended: InvocationEnded,
    artifacts: Artifacts,
    steps: Sequence[NextStep],
    notes: Sequence[str],
    people: Iterable[str],
) -> Message:
    """The one comment a story gets when a run has ended, also after a crash."""
    follows = "".join(
        f"\nNext: {step.agent_type}{_for(step.variant)} (invocation {step.invocation_id})"
        for step in steps
    )
    remarks = "".join(f"\n{note}" for note in notes)
    return (
        *mentions(people),
        Text(outcome(ended)),
        *links(artifacts),
        Text(f"\n{price(ended)}{follows}{remarks}\nInvocation {ended.invocation_id}"),
    )


def asking_for(agent_type: str, project: Project) -> str:
    """How a person asks for an agent's work."""
    triggers = [value for value, agent in project.trigger_map.items() if agent == agent_type]
    if not triggers:
        return f"Ask for {agent_type} by POST /invoke (the project has no trigger for it)"
    return f'Set Status to "{triggers[0]}"'


def how_to_go_on(stopped: StoppedBranch | None, project: Project) -> list[str]:
    """What a step that did not complete keeps from starting, and what a person can do about it."""
    if stopped is None:
        return []
    failed, waiting = stopped.chain[stopped.place], stopped.not_started
    where = (
        f"{failed} is step {stopped.place + 1} of {len(stopped.chain)} of the chain "
        f"{' → '.join(stopped.chain)}{_for(stopped.variant)}."
    )
    left = f" Not started: {', '.join(waiting)}." if waiting else ""
    others = " The other variants go on." if stopped.variant else ""
    again = f"{asking_for(failed, project)} to repeat {failed}"
    if stopped.variant:
        again += ", with the variant's link in the page's property Prototype"
    if not waiting:
        return [where + left + others, f"To go on: {again}."]
    skip = f"{asking_for(waiting[0], project)} to go on with {waiting[0]} without it"
    return [
        where + left + others,
        f"To go on: {again} (the chain then goes on by itself). Or: {skip}.",
    ]


def _for(variant: str) -> str:
    return f' for "{shortened(variant, MAX_TITLE)}"' if variant else ""


def started_line(started: InvocationStartedV1) -> str:
    """The story's sign of life while an agent works."""
    moment = started.started_at.astimezone(UTC)
    return f"Working: {started.agent_type} started {moment:%Y-%m-%d %H:%M} UTC"


def rejection_comment(rejected: TriggerRejectedV1, people: Iterable[str]) -> Message:
    """Why "Generate Code" and the like started nothing."""
    return (
        *mentions(people),
        Text(
            f'"{rejected.trigger_value}" was not started, {rejected.code}: '
            f"{shortened(rejected.message)}\nWhat to do: {shortened(rejected.remediation)}"
        ),
    )


def budget_comment(reached: BudgetThresholdReachedV1, people: Iterable[str]) -> Message:
    """What the owners of a project hear about its money (BUD-05)."""
    full = reached.threshold_percent >= FULL
    reserved = (
        f", {dollars(reached.reserved_usd, '0.01')} reserved by work in progress"
        if reached.reserved_usd
        else ""
    )
    effect = (
        "New invocations of this project are blocked."
        if full
        else "New invocations still start, until the limit is reached."
    )
    return (
        *mentions(people),
        Text(
            f"Budget of {reached.project_id}, {reached.month}: {reached.threshold_percent} % "
            f"reached. {dollars(reached.spent_usd, '0.01')} of "
            f"{dollars(reached.limit_usd, '0.01')} spent{reserved}. {effect}\n"
            'What to do: raise "Cost Limit Per Month" on the project\'s configuration page, or '
            "wait until next month.\n"
            f"Invocation {reached.invocation_id}"
        ),
    )


def chain_failed_comment(error: ErrorInfo, people: Iterable[str]) -> Message:
    """The result stands here, but the next step was not asked for."""
    return (
        *mentions(people),
        Text(f"{error.code}: {error.message}\nWhat to do: {error.remediation}"),
    )
