"""From acceptance criteria to requirements: how each is checked, and what it leaves open."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from switchboard.local.playbooks.criteria import announces_criteria
from switchboard.local.playbooks.part import Part
from switchboard.local.playbooks.plan import plan_for
from switchboard.local.playbooks.quantities import Quantity, is_limit, quantities
from switchboard.local.playbooks.review.findings import addresses_reviewers
from switchboard.local.playbooks.story import Story
from switchboard.local.playbooks.words import words

_VAGUE = words("spec", "vague")
_OPEN_END = words("spec", "open_end")
_CONDITION = words("honesty", "condition")
_SEEN = words("pull_request", "seen")
_QUOTED = re.compile(r"[\"“„«]([^\"“”„«»]{2,120})[\"”“»]")
_UNIT = re.compile(r"[ \u00a0\u202f]?(?:%|[€$£]|[^\W\d_]+)")
_FINE = {"money": "0.01", "percent": "1", "": "1"}
MAX_CASES = 6


@dataclass(frozen=True)
class Requirement:
    """One testable statement: `number` from 1, as its criterion in the story."""

    number: int
    text: str
    cases: tuple[str, ...]
    """What a test of it has to try; empty when nothing in it can be measured."""
    module: str = ""
    """The part of the design that serves it; empty when no known pattern fits."""
    is_seen: bool = False
    """Whether it speaks of something people see."""

    @property
    def name(self) -> str:
        """How the page calls it."""
        return f"R{self.number}"


@dataclass(frozen=True)
class Specification:
    """What was found in a story."""

    story: Story
    requirements: tuple[Requirement, ...]
    parts: tuple[Part, ...]
    questions: tuple[str, ...]

    def serving(self, part: Part) -> list[Requirement]:
        """The requirements a part serves."""
        return [item for item in self.requirements if item.module == part.module]

    @property
    def without_pattern(self) -> list[Requirement]:
        """The requirements that no known pattern serves."""
        return [item for item in self.requirements if not item.module]


def specification_of(story: Story, *, listed: bool) -> Specification:
    """Read a story; `listed` when somebody has written its criteria down as such."""
    parts = tuple(planned.part for planned in plan_for(story))
    found = tuple(_requirement(index, text, parts) for index, text in enumerate(story.criteria))
    return Specification(story, found, parts, tuple(_questions(story, found, listed=listed)))


def _requirement(index: int, text: str, parts: tuple[Part, ...]) -> Requirement:
    part = next((item for item in parts if index in item.covered), None)
    return Requirement(
        number=index + 1,
        text=text,
        cases=tuple(dict.fromkeys(_cases(index, text, part)))[:MAX_CASES],
        module=part.module if part else "",
        is_seen=bool(_SEEN.search(text)),
    )


def _cases(index: int, text: str, part: Part | None) -> Iterator[str]:
    """The cases the pattern's tests have, else those around the numbers and the words quoted."""
    known = [c.case for c in part.checks if c.criterion == index and c.case] if part else []
    if known:
        yield from known
        return
    for number in quantities(text):
        if is_limit(text, number):
            yield from _around(number, text)
        else:
            yield f"with {_shown(number, text)}"
    for words_given in _QUOTED.findall(text):
        yield f'the words "{words_given}" appear'
    if part and not quantities(text):
        yield "as stated"
    if not part and _CONDITION.search(text) and (quantities(text) or _QUOTED.search(text)):
        yield "when its condition does not hold"


def _around(number: Quantity, text: str) -> Iterator[str]:
    step, shown = _FINE.get(number.unit, "1"), _shown(number, text)
    yield f"just below {shown} (by {step})"
    yield f"exactly {shown}"
    yield f"just above {shown} (by {step})"


def _shown(number: Quantity, text: str) -> str:
    """The number as the story writes it, with its unit."""
    unit = _UNIT.match(text[number.end :])
    return f"{text[number.start : number.end]}{unit[0] if unit else ''}"


def _questions(
    story: Story, requirements: tuple[Requirement, ...], *, listed: bool
) -> Iterator[str]:
    """What people have to answer before it can be built and checked."""
    if not listed and not any(announces_criteria(line) for line in story.body.splitlines()):
        yield (
            "The story lists no acceptance criteria; the requirements were read from its text. "
            "Are they complete?"
        )
    for item in requirements:
        if addresses_reviewers(item.text):
            yield f"{item.name}: this speaks to an agent. It was not followed; does it belong here?"
            continue
        vague = _VAGUE.search(item.text)
        if vague:
            yield f'{item.name}: how is "{vague[0].strip()}" measured?'
        if _OPEN_END.search(item.text):
            yield f"{item.name}: the list ends open. What else belongs to it?"
        if not item.cases and not vague:
            yield (
                f"{item.name}: it names no value, limit or wording. Which example shows that it "
                "holds, and which that it does not?"
            )
