"""How a prototype is laid out and walked through: the same parts, arranged in different ways."""

from dataclasses import dataclass
from typing import Literal

from switchboard.local.playbooks.pages.markup import Section, card, script
from switchboard.local.playbooks.story import Story
from switchboard.local.playbooks.template import filled

Name = Literal["plain", "together", "steps", "result", "criteria"]
_MODES = {"together": "list", "result": "tally", "criteria": "board"}
"""How a walk through criteria is shown where there is nothing to simulate."""


@dataclass(frozen=True)
class Layout:
    """A layout by its name; `letter` stands on the page so that people know which one they see."""

    name: Name = "plain"
    letter: str = ""

    @property
    def style(self) -> str:
        """What it adds to the style of the page."""
        return "" if self.name == "plain" else filled("variants/variants.css")

    def script(self, *, is_outline: bool) -> str:
        """What it adds to the script of the page, after the parts are there."""
        if self.name in ("plain", "together") or is_outline:
            return ""
        blocks = "" if self.name == "criteria" else filled("variants/blocks.js")
        return blocks + filled(f"variants/{self.name}.js")

    def outline(self, story: Story, words: dict[str, str]) -> Section | None:
        """Its own way through the criteria; None: the usual walk, one screen each."""
        mode = _MODES.get(self.name)
        if mode is None:
            return None
        body = [
            '<div class="tally" id="slip-tally"></div>',
            f'<div class="{"votes" if mode == "board" else "grid"}" id="slips"></div>',
            '<p class="muted" id="slip-votes" role="status"></p>',
        ]
        return Section(
            card(words["outline"], body, hint=words["outline_only"], ident="outline"),
            script("variants/outline.js", list(story.criteria), mode=mode),
        )


PLAIN = Layout()
