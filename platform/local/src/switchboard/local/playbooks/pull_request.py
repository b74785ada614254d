"""The words of a pull request: what and why, criteria with their proof, real test output."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from switchboard.local.playbooks.brief import Brief
from switchboard.local.playbooks.change import Change
from switchboard.local.playbooks.words import words

_SEEN = words("pull_request", "seen")
MAX_OUTPUT = 3_000
"""Characters of test output in the description; the end is what counts."""


@dataclass(frozen=True)
class Told:
    """What the run has shown: test output, whether the page has changed, the specification."""

    output: str
    stale: bool = False
    specification: str = ""


def title_of(change: Change) -> str:
    """The title of the pull request."""
    return change.story.title


def commit_message(change: Change) -> str:
    """What the commit does, in the imperative mood."""
    verb = "Record the criteria of" if change.is_scaffold else "Implement"
    return f'{verb} "{change.story.title}"\n\nStory: {change.story.url or change.story.page_id}'


def summary_of(change: Change, number: str, output: str) -> str:
    """Two or three sentences for the people on the page."""
    total, done = len(change.story.criteria), len(change.story.criteria) - len(change.missing)
    if change.is_scaffold:
        return (
            f"Draft pull request #{number}: only a scaffold. None of the {total} acceptance "
            "criteria is of a kind the offline playbook can implement; they are recorded, and "
            "tests state what is missing."
        )
    what = " and ".join(part.summary for part in change.parts)
    text = f"Pull request #{number}: code that {what}, {_passed(output)}. "
    if change.missing:
        return (
            f"{text}{done} of {total} acceptance criteria are met; "
            f"not implemented: {_numbered(change.missing)}."
        )
    return f"{text}All {total} acceptance criteria have tests."


def _passed(output: str) -> str:
    """The number of tests pytest says have passed, not the number we have written."""
    said = re.findall(r"\b(\d+) passed\b", output)
    if not said:
        return "with tests that pass"
    return f"with {said[-1]} passing test{'' if said[-1] == '1' else 's'}"


def _numbered(indexes: Sequence[int]) -> str:
    """The criteria by their numbers: "criteria 2 and 3"."""
    numbers = [str(index + 1) for index in indexes]
    if len(numbers) == 1:
        return f"criterion {numbers[0]}"
    return f"criteria {', '.join(numbers[:-1])} and {numbers[-1]}"


def description(brief: Brief, change: Change, told: Told, *, command: str) -> str:
    """The body in Markdown."""
    sections = (
        ("What and why", _what(change)),
        ("Acceptance criteria", _criteria(change)),
        ("Test result", f"`{command}`, run in the sandbox:\n\n```text\n{_tail(told.output)}\n```"),
        ("Assumptions", _assumptions(change, stale=told.stale)),
        ("Source", _source(brief, change, told.specification)),
        ("Cost note", _cost(brief)),
    )
    return "\n\n".join(f"## {heading}\n\n{text}" for heading, text in sections) + "\n"


def _what(change: Change) -> str:
    quoted = f"For the story **{inline(change.story.title)}**"
    if change.is_scaffold:
        return (
            f"{quoted} this is **only a scaffold**: nothing is implemented. The criteria are "
            "recorded in code, and the tests state what is missing, so that the work can begin "
            "from there."
        )
    modules = "\n".join(f"- `{part.module}.py` {part.summary}" for part in change.parts)
    text = (
        f"{quoted} this adds the package `{change.story.package}`:\n\n{modules}\n\n"
        "It is domain code with tests. It is not yet wired into a page or route of the application."
    )
    if change.missing:
        text += "\n\n**Not everything is implemented**: see the unticked criteria."
    return text


def _criteria(change: Change) -> str:
    lines: list[str] = []
    for index, text in enumerate(change.story.criteria):
        tests = change.tests_of(index)
        lines.append(f"- [{'x' if tests else ' '}] {inline(text)}")
        lines += [f"  - `{name}`" for name in tests]
        if not tests:
            lines.append("  - not implemented: recorded in `criteria.py`")
        elif _SEEN.search(text):
            lines.append("  - the rule is covered; what a person sees of it is not in this change")
    return "\n".join(lines)


def _assumptions(change: Change, *, stale: bool) -> str:
    found = [text for part in change.parts for text in part.assumptions]
    if stale:
        found.append(
            "The page in Notion has changed, or could not be read, since the work was asked for; "
            "this follows the text at that moment."
        )
    return "\n".join(f"- {text}" for text in found) or "None."


def _source(brief: Brief, change: Change, specification: str) -> str:
    link = brief.fact("notion_page_url") or change.story.url
    text = f"Notion page `{brief.fact('notion_page_id', 'unknown')}`"
    return "\n\n".join(filter(None, (f"{text}: {link}" if link else text, specification)))


def _cost(brief: Brief) -> str:
    return (
        f"Model: {brief.model_note} (`{brief.fact('model_id', 'unknown')}`). "
        f"Invocation `{brief.fact('invocation_id', 'unknown')}`; the receipt with the cost is on "
        "the story's page."
    )


def _tail(output: str) -> str:
    clean = output.strip().replace("```", "'''")
    return clean if len(clean) <= MAX_OUTPUT else f"[...]\n{clean[-MAX_OUTPUT:]}"


def inline(text: str) -> str:
    """Text that stays text in Markdown, and mentions or links nobody and nothing."""
    return re.sub(r"([\\`*_\[\]<>@#])", r"\\\1", text)
