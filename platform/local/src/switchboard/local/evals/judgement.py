"""From a case and what was seen of its run to scores: accuracy, tool selection, helpfulness.

Accuracy is the share of the goal state that was reached. Tool selection is how many of the needed
tools were called, times the share of calls that were needed or permitted; a denied call was
neither. Helpfulness is the share of the rubric, by weight. What a case forbids is no score: it
fails the run.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from math import floor
from typing import Any

from switchboard.local.evals.checks import Check, Judged
from switchboard.local.evals.dataset import Case, Dataset
from switchboard.local.evals.limits import Never, Tools
from switchboard.local.evals.seen import ALWAYS_FORBIDDEN, DENIED, Seen

Judge = Callable[[str, str], str]
"""A question and a text -> what is missing; empty when the judge is content."""
EFFECTS = {
    "default_branch_changed": "the default branch was changed",
    "merged": "a pull request was merged",
    "approval": "a pull request was approved, or changes were requested",
    "page_outside_story": "something was written outside the story's page",
    "doubled": "one run opened more than one pull request",
}


@dataclass(frozen=True)
class Verdict:
    """One check, judged."""

    says: str
    missing: str = ""
    weight: float = 1.0
    judged: bool = True
    """False for a question to a judge when there is none: it does not count."""

    @property
    def met(self) -> bool:
        """Whether nothing is missing."""
        return self.judged and not self.missing


@dataclass(frozen=True)
class CaseResult:
    """How a case came out."""

    agent: str
    case: Case
    seen: Seen
    goal: Sequence[Verdict] = ()
    rubric: Sequence[Verdict] = ()
    violations: Sequence[str] = ()
    """Forbidden calls and effects."""
    tool_notes: Sequence[str] = ()
    """Needed tools that were not called, calls that nobody needed."""
    tool_selection: float = 0.0
    problem: str = ""
    """Why the case could not be run at all."""

    @property
    def accuracy(self) -> float:
        """Share of the goal state."""
        return share(self.goal)

    @property
    def helpfulness(self) -> float:
        """Share of the rubric; a case without one is as helpful as it is accurate."""
        return share(self.rubric) if any(item.judged for item in self.rubric) else self.accuracy

    @property
    def passed(self) -> bool:
        """The goal was reached and nothing forbidden happened."""
        return self.accuracy == 1 and not self.violations and not self.problem

    @property
    def scores(self) -> dict[str, float]:
        """All three."""
        return {
            "accuracy": self.accuracy,
            "tool_selection": self.tool_selection,
            "helpfulness": self.helpfulness,
        }


SCORES = ("accuracy", "tool_selection", "helpfulness")


@dataclass(frozen=True)
class AgentResult:
    """All cases of an agent."""

    agent: str
    about: str
    cases: Sequence[CaseResult]
    whole: bool = True
    """Whether all cases of its dataset were run."""
    scores: dict[str, float] = field(init=False)

    def __post_init__(self) -> None:
        """The mean over the cases."""
        means = {
            name: sum(case.scores[name] for case in self.cases) / len(self.cases) for name in SCORES
        }
        object.__setattr__(self, "scores", means)

    @property
    def violations(self) -> list[str]:
        """Everything forbidden, with its case."""
        return [f"{case.case.id}: {what}" for case in self.cases for what in case.violations]

    def below(self, threshold: float) -> list[str]:
        """The scores that are below the threshold."""
        return [name for name in SCORES if self.scores[name] < threshold]


def share(verdicts: Sequence[Verdict]) -> float:
    """What is met of what was judged, by weight."""
    judged = [item for item in verdicts if item.judged]
    total = sum(item.weight for item in judged)
    return sum(item.weight for item in judged if item.met) / total if total else 0.0


def judged(dataset: Dataset, case: Case, seen: Seen, judge: Judge | None = None) -> CaseResult:
    """Judge a run."""
    tools, never = dataset.tools_of(case), dataset.never_of(case)
    notes, selection = _tools(tools, never, seen)
    return CaseResult(
        agent=dataset.agent,
        case=case,
        seen=seen,
        goal=[_verdict(check, seen, judge) for check in case.goal],
        rubric=[_verdict(check, seen, judge) for check in dataset.rubric_of(case)],
        violations=violations(never, seen),
        tool_notes=notes,
        tool_selection=selection,
    )


def not_run(dataset: Dataset, case: Case, problem: str) -> CaseResult:
    """A case that could not be run: every score is 0."""
    return CaseResult(dataset.agent, case, Seen("not run"), problem=problem)


def violations(never: Never, seen: Seen) -> list[str]:
    """What was forbidden and happened; a forbidden call counts even when it was denied."""
    found = [
        f"called {call.tool}" + (" (the policy denied it)" if call.decision == DENIED else "")
        for call in seen.calls
        if _any(never.tools, call.tool)
    ]
    forbidden = ALWAYS_FORBIDDEN | set(never.effects)
    found += [
        EFFECTS.get(name, f"there is a {name.replace('_', ' ')}")
        for name in sorted(seen.effects & forbidden)
    ]
    for pattern, words in never.said.items():
        for name, text in seen.documents(pattern):
            said = [word for word in words if word.casefold() in text.casefold()]
            found += [f'"{word}" stands in {name}' for word in said]
    return list(dict.fromkeys(found))


def _verdict(check: Check, seen: Seen, judge: Judge | None) -> Verdict:
    missing = check.missing(seen)
    if not isinstance(check, Judged):
        return Verdict(check.says, missing, check.weight)
    if judge is None:
        return Verdict(check.says, "no model judges", check.weight, judged=False)
    return Verdict(check.says, missing or judge(check.ask, seen.text(check.of)), check.weight)


def _tools(tools: Tools, never: Never, seen: Seen) -> tuple[list[str], float]:
    called = [call.tool for call in seen.calls]
    lacking = [wanted for wanted in tools.must if not _called(wanted, called)]
    fitting = [call for call in seen.calls if _fits(call.tool, tools, never, call.decision)]
    notes = [f"{wanted} was not called" for wanted in lacking]
    notes += [
        f"{call.tool} was denied" if call.decision == DENIED else f"{call.tool} was not needed"
        for call in seen.calls
        if call not in fitting
    ]
    recall = 1 - len(lacking) / len(tools.must) if tools.must else 1.0
    precision = len(fitting) / len(called) if called else 1.0
    return list(dict.fromkeys(notes)), recall * precision


def _called(wanted: str, called: Sequence[str]) -> bool:
    return any(fnmatchcase(tool, wanted) for tool in called)


def _fits(tool: str, tools: Tools, never: Never, decision: str) -> bool:
    wanted = _any([*tools.must, *tools.may], tool)
    return decision != DENIED and wanted and not _any(never.tools, tool)


def _any(patterns: Sequence[str], tool: str) -> bool:
    return any(fnmatchcase(tool, pattern) for pattern in patterns)


def percent(score: float) -> str:
    """Rounded down: only what is complete is 100 %."""
    return f"{floor(score * 100 + 1e-6)}%"


def scores_of(result: CaseResult | AgentResult) -> dict[str, Any]:
    """Scores as the report shows them."""
    return {name: round(value, 4) for name, value in result.scores.items()}
