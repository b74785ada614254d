"""The task as a playbook reads it off the agent's prompt: facts and story.

The prompt's form is that of `switchboard.agents.prompt`: a JSON block with the facts, then the
story between two equal marker lines, its properties as JSON first, then what memory holds between
two of its own. Text in another form becomes the story.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from switchboard.local.model.engine import Result
from switchboard.local.playbooks.answers import failed, value_of
from switchboard.local.playbooks.story import Story, read_story, without_children

_FACTS = re.compile(r"```json\n(.*?)\n```", re.DOTALL)
_MEMORY = re.compile(r"^(MEMORY-[0-9a-f]{16})\n(.*?)\n\1$", re.DOTALL | re.MULTILINE)
_MARKER = re.compile(r"^(STORY-[0-9a-f]{16})$", re.MULTILINE)


@dataclass(frozen=True)
class Brief:
    """What is asked for, and the names to use."""

    facts: Mapping[str, Any]
    story: Story
    heading: Mapping[str, Any] = field(default_factory=dict)
    """What stands before the story's text: title, criteria, properties."""
    remembered: tuple[str, ...] = ()
    """Facts of earlier sessions of the project, as memory found them."""

    def fact(self, name: str, default: str = "") -> str:
        """A fact as text."""
        value = self.facts.get(name)
        return default if value is None else str(value)

    def about(self, name: str) -> Mapping[str, Any]:
        """A fact that is an object; empty when there is none."""
        value = self.facts.get(name)
        return value if isinstance(value, Mapping) else {}

    def is_stale(self, page: Result) -> bool:
        """Whether the story now says something else than when the work was asked for.

        Also when nobody can tell, because its page could not be read.
        """
        now = value_of(page).get("content_markdown")
        if failed(page) or not isinstance(now, str):
            return failed(page)
        return without_children(now).split() != self.story.body.split()

    @property
    def model_note(self) -> str:
        """How the model is called in texts for people; offline it says so."""
        model_id = self.fact("model_id", "unknown model")
        return "offline playbook" if model_id.startswith("offline.") else model_id


def read_brief(prompt: str) -> Brief:
    """Read the first prompt of a run."""
    found = _FACTS.search(prompt)
    facts = _object(found[1]) if found else {}
    markers = list(_MARKER.finditer(prompt))
    if len(markers) < 2:  # noqa: PLR2004 - an opening and a closing line
        return Brief(facts, read_story({}, prompt, page_id=str(facts.get("notion_page_id", ""))))
    fenced = prompt[markers[0].end() : markers[-1].start()].strip()
    heading, end = _leading_object(fenced)
    page_id = str(facts.get("notion_page_id", ""))
    story = read_story(heading, fenced[end:].strip(), page_id=page_id)
    return Brief(facts, story, heading, _remembered(prompt[markers[-1].end() :]))


def _remembered(after_the_story: str) -> tuple[str, ...]:
    found = _MEMORY.search(after_the_story)
    held = _object(found[2]).get("facts_of_earlier_sessions") if found else None
    return tuple(str(fact) for fact in held) if isinstance(held, list) else ()


def _object(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _leading_object(text: str) -> tuple[dict[str, Any], int]:
    try:
        value, end = json.JSONDecoder().raw_decode(text)
    except ValueError:
        return {}, 0
    return (value, end) if isinstance(value, dict) else ({}, 0)
