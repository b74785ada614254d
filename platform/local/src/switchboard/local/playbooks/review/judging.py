"""Whether a change meets a criterion, as far as reading can tell: nothing here runs the code."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from switchboard.local.playbooks.honesty import unused
from switchboard.local.playbooks.quantities import is_limit, quantities
from switchboard.local.playbooks.review.diff import ChangedFile
from switchboard.local.playbooks.review.proofs import Case, cases_of, naming
from switchboard.local.playbooks.words import words

_SEEN = words("pull_request", "seen")
_DEFINED = re.compile(
    r"\b(?:def|class|function|const|let|func|fn|interface|type)\s+([A-Za-z_]\w{2,})"
    r"|^([A-Z_]{3,}) =",
    re.MULTILINE,
)
_WORDS = re.compile(r'"""[\s\S]*?"""|^\s*(?:#|//).*$', re.MULTILINE)
MAX_LISTED = 4


@dataclass(frozen=True)
class Judgement:
    """One criterion: met or not, why, the test to look at, and what could be better."""

    criterion: str
    met: bool
    reason: str
    case: Case | None = None
    remark: str = ""


@dataclass(frozen=True)
class Change:
    """Everything of a pull request that could be read."""

    files: tuple[ChangedFile, ...]

    @cached_property
    def cases(self) -> list[Case]:
        """All tests it adds."""
        return [case for file in self.files if file.is_test for case in cases_of(file)]

    @cached_property
    def source(self) -> str:
        """All code it adds that is not a test."""
        return "\n".join(file.text for file in self.files if file.is_source)

    @cached_property
    def defined(self) -> frozenset[str]:
        """Names it defines, or changes something in."""
        inside = "\n".join(file.inside for file in self.files if file.is_source)
        found = _DEFINED.findall(f"{self.source}\n{inside}")
        return frozenset(first or second for first, second in found)

    @property
    def unread(self) -> list[ChangedFile]:
        """Files that could not be read, or not all of them."""
        return [file for file in self.files if file.note]

    @property
    def shows_something(self) -> bool:
        """Whether it changes what people see."""
        return any(file.shows_something for file in self.files)


def judge(criterion: str, change: Change) -> Judgement:
    """Met when a test names it, can fail, and uses code of this change that has what it names."""
    named = naming(criterion, change.cases)
    proving = [case for case in named if not case.says_missing]
    if not named:
        return Judgement(criterion, met=False, reason=_unnamed(change))
    if not proving:
        reason = f"the pull request records it as not implemented (`{named[0].place}`)"
        return Judgement(criterion, met=False, reason=reason, case=named[0])
    fault = _fault(criterion, proving, change)
    if fault:
        return Judgement(criterion, met=False, reason=fault, case=proving[0])
    return Judgement(
        criterion,
        met=True,
        reason=_proved_by(proving),
        case=proving[0],
        remark=_remark(criterion, change),
    )


def _unnamed(change: Change) -> str:
    reason = "no test in the diff names it"
    if change.unread:
        reason += f"; {len(change.unread)} of the changed files could not be read in full"
    return reason


def _fault(criterion: str, proving: Sequence[Case], change: Change) -> str:
    """Why the tests that name a criterion do not prove it; empty when nothing speaks against it."""
    tests = "\n".join(case.text for case in proving)
    if not any(case.asserts for case in proving):
        return f"its test asserts nothing (`{proving[0].place}`)"
    if not change.source:
        return "the diff shows tests for it, but no code"
    if not any(re.search(rf"\b{re.escape(name)}\b", tests) for name in change.defined):
        return f"its tests use nothing that this pull request adds (`{proving[0].place}`)"
    # Descriptions and comments quote the criterion: only what the code does counts.
    missing = unused(criterion, _WORDS.sub("", f"{tests}\n{change.source}"))
    if missing:
        named = ", ".join(f'"{item}"' for item in missing[:MAX_LISTED])
        return f"neither its tests nor the code have {named}"
    return ""


def _proved_by(proving: Sequence[Case]) -> str:
    more = len(proving) - 1
    also = f" and {more} more test{'' if more == 1 else 's'}" if more else ""
    return f"proved by `{proving[0].place}`{also}"


def _remark(criterion: str, change: Change) -> str:
    """What the tests leave open although the criterion counts as met.

    A limit is tested when any test tries it: two criteria often share one.
    """
    tests = _WORDS.sub("", "\n".join(case.text for case in change.cases))
    for number in quantities(criterion):
        exact = rf"(?<![\d.]){number.value.normalize():f}(?:\.0+)?(?![\d.]*\d)"
        if is_limit(criterion, number) and not re.search(exact, tests):
            return f"test the limit itself: exactly {number.value.normalize():f}"
    if _SEEN.search(criterion) and not change.shows_something:
        return (
            "the test checks the value; what a person sees of it is not in this pull request, "
            "so somebody has to look at the page that will show it"
        )
    return ""
