"""The change a story becomes: a package, tests named after the criteria, what is missing."""

import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from switchboard.local.playbooks.part import Check, Part
from switchboard.local.playbooks.plan import plan_for
from switchboard.local.playbooks.story import Story, slug
from switchboard.local.playbooks.template import filled

LINE = 92
_STANDARD = (
    ("csv", "import csv"),
    ("io", "import io"),
    ("json", "import json"),
)
_DATES = ("UTC", "date", "datetime", "timedelta")


@dataclass(frozen=True)
class Change:
    """Files to push, and what they prove."""

    story: Story
    files: tuple[tuple[str, str], ...]
    parts: tuple[Part, ...]
    tests: tuple[tuple[int | None, str], ...]
    missing: tuple[int, ...]

    @property
    def is_scaffold(self) -> bool:
        """Whether nothing of the story is implemented."""
        return not self.parts

    @property
    def test_path(self) -> str:
        """The file with the tests."""
        return f"tests/test_{self.story.package}.py"

    def tests_of(self, criterion: int) -> list[str]:
        """The names of the tests that prove a criterion."""
        return [name for index, name in self.tests if index == criterion]


@lru_cache(maxsize=64)
def change_for(story: Story, *, adds_src_to_path: bool = True) -> Change:
    """Write the change for a story; the same story always gives the same files."""
    parts = tuple(planned.part for planned in plan_for(story))
    covered: frozenset[int] = frozenset().union(*(part.covered for part in parts))
    missing = tuple(index for index in range(len(story.criteria)) if index not in covered)
    tests = tuple(_named(story, [check for part in parts for check in part.checks]))
    package = story.package
    files = [(f"src/{package}/__init__.py", f'"""{story.short_title}."""\n')]
    files += [(f"src/{package}/{part.module}.py", part.source) for part in parts]
    if missing:
        files.append((f"src/{package}/criteria.py", _criteria_module(story, missing)))
    test_file = _test_module(story, parts, tests, missing, adds_src_to_path=adds_src_to_path)
    files.append((f"tests/test_{package}.py", test_file))
    return Change(
        story, tuple(files), parts, tuple((item.criterion, name) for item, name in tests), missing
    )


def _named(story: Story, checks: Sequence[Check]) -> Iterator[tuple[Check, str]]:
    """A test name for each check that quotes its criterion; none twice."""
    used: set[str] = set()
    for check in checks:
        case = slug(check.case, 40)
        if check.criterion is None:
            name = f"test_{case}"
        else:
            quote = slug(story.criteria[check.criterion], 56).removeprefix("story_")
            name = "_".join(filter(None, (f"test_ac{check.criterion + 1}", quote)))
            name += f"__{case}" if case else ""
        unique, number = name, 2
        while unique in used:
            unique, number = f"{name}_{number}", number + 1
        used.add(unique)
        yield check, unique


def _docstring(text: str) -> str:
    """Text that may stand between three quotes."""
    return text.replace("\\", "\\\\").replace('"""', "'''").rstrip(' ".')


def _wrapped(text: str) -> str:
    """A docstring of several lines when one is too long."""
    return "\n    ".join(textwrap.wrap(_docstring(text), LINE, break_long_words=False))


def _criteria_module(story: Story, missing: Sequence[int]) -> str:
    def rows(indexes: Sequence[int]) -> str:
        return "".join(f"    {story.criteria[index]!r},\n" for index in indexes)

    return filled(
        "criteria.py.tmpl",
        {
            "title": story.short_title,
            "all": rows(range(len(story.criteria))),
            "missing": rows(missing),
        },
    )


def _test_module(
    story: Story,
    parts: Sequence[Part],
    tests: Sequence[tuple[Check, str]],
    missing: Sequence[int],
    *,
    adds_src_to_path: bool,
) -> str:
    bodies = "\n".join(check.body for check, _ in tests)
    functions = [_function(story, check, name) for check, name in tests]
    if missing:
        functions += _missing_tests(story, missing)
    imports = _imports(bodies, needs_path=adds_src_to_path)
    package = story.package
    ours = [
        f"from {package}.{part.module} import {', '.join(used)}"
        for part in parts
        if (used := [name for name in part.names if re.search(rf"\b{name}\b", bodies)])
    ]
    if missing:
        ours.append(f"from {package}.criteria import ACCEPTANCE_CRITERIA, NOT_IMPLEMENTED")
    path = 'sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))\n\n'
    after_path = "  # noqa: E402" if adds_src_to_path else ""
    lines = "\n".join(f"{line}{after_path}" for line in sorted(ours))
    title = story.short_title
    head = f'"""Acceptance tests of the story "{title}"."""\n\n{imports}\n\n'
    return (
        head
        + (path if adds_src_to_path else "")
        + lines
        + "\n\n\n"
        + "\n\n\n".join(functions)
        + "\n"
    )


def _imports(bodies: str, *, needs_path: bool) -> str:
    def used(name: str) -> bool:
        return bool(re.search(rf"\b{name}[.(,\s]", bodies))

    lines = [line for name, line in _STANDARD if used(name)]
    dates = [name for name in _DATES if re.search(rf"\b{name}\b", bodies)]
    if dates:
        lines.append(f"from datetime import {', '.join(dates)}")
    if used("Decimal"):
        lines.append("from decimal import Decimal")
    if needs_path:
        lines = ["import sys", *lines, "from pathlib import Path"]
    plain = sorted(line for line in lines if line.startswith("import"))
    named = sorted(line for line in lines if line.startswith("from"))
    third = ["", "import pytest"] if used("pytest") else []
    return "\n".join([*plain, *named, *third]).strip("\n")


def _function(story: Story, check: Check, name: str) -> str:
    text = check.case[:1].upper() + check.case[1:]
    if check.criterion is not None:
        text = f"AC {check.criterion + 1}: {story.criteria[check.criterion]}"
    body = "\n".join(f"    {line}" if line else "" for line in check.body.splitlines())
    return f'def {name}() -> None:\n    """{_wrapped(text)}."""\n{body}'


def _missing_tests(story: Story, missing: Sequence[int]) -> list[str]:
    """Tests that pass and say plainly what is not there; each fails as soon as that changes."""
    recorded = (
        "def test_every_acceptance_criterion_is_recorded() -> None:\n"
        '    """The criteria of the story, word for word."""\n'
        f"    assert len(ACCEPTANCE_CRITERIA) == {len(story.criteria)}\n"
        "    assert set(NOT_IMPLEMENTED) <= set(ACCEPTANCE_CRITERIA)"
    )
    found = [recorded]
    for index in missing:
        quote = slug(story.criteria[index], 48).removeprefix("story_")
        name = "_".join(filter(None, (f"test_ac{index + 1}_is_not_implemented_yet", quote)))
        found.append(
            f"def {name}() -> None:\n"
            f'    """{_wrapped(f"AC {index + 1}: {story.criteria[index]}")}."""\n'
            f"    assert ACCEPTANCE_CRITERIA[{index}] in NOT_IMPLEMENTED"
        )
    return found
