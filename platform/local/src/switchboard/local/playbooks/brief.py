"""The task as a playbook reads it off the agent's prompt: facts and story.

The prompt's form is that of `switchboard.agents.prompt`: a JSON block with the facts, then the
story between two equal marker lines, its properties as JSON first. Text in another form becomes
the story.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from switchboard.local.playbooks.story import Story, read_story

_FACTS = re.compile(r"```json\n(.*?)\n```", re.DOTALL)
_MARKER = re.compile(r"^(STORY-[0-9a-f]{16})$", re.MULTILINE)


@dataclass(frozen=True)
class Brief:
    """What is asked for, and the names to use."""

    facts: Mapping[str, Any]
    story: Story

    def fact(self, name: str, default: str = "") -> str:
        """A fact as text."""
        value = self.facts.get(name)
        return default if value is None else str(value)

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
    return Brief(facts, read_story(heading, fenced[end:].strip(), page_id=page_id))


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
