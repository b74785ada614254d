"""The feedback database (F9): demo_deck makes it, insight reads it.

Each property asks its question in its description, where Notion shows it to whoever answers. A
relation of Notion can hold only rows of a data source, and the deck's pages hang below the story's
row: so both relations point to the data source of the stories.
"""

from dataclasses import dataclass
from typing import Any

STORIES = "DATA_SOURCE_OF_THE_STORY"
"""Stands in a schema where the id of the data source goes that the story's page is a row of."""
LOWEST, HIGHEST = 1, 5
ENOUGH = 5
"""With fewer responses a report says that they are too few to decide by."""


@dataclass(frozen=True)
class FeedbackProperty:
    """One property: its name, its type, and what it asks for."""

    name: str
    kind: str
    asks: str
    options: tuple[str, ...] = ()

    def definition(self) -> dict[str, Any]:
        """A property schema object of the Notion API."""
        return {"type": self.kind, self.kind: self._configuration(), "description": self.asks}

    def _configuration(self) -> dict[str, Any]:
        if self.kind == "relation":
            return {"data_source_id": STORIES, "type": "single_property", "single_property": {}}
        if self.kind == "select":
            return {"options": [{"name": name} for name in self.options]}
        return {"format": "number"} if self.kind == "number" else {}


PROPERTIES = (
    FeedbackProperty("Title", "title", "A few words, so that this answer can be found again"),
    FeedbackProperty("Respondent", "rich_text", "Your name, if you like"),
    FeedbackProperty("Demo Deck", "relation", "The story whose demo deck you have seen"),
    FeedbackProperty("User Story", "relation", "The story this is about"),
    FeedbackProperty(
        "Overall Rating", "number", "All in all, how good is the idea? 1 (poor) to 5 (excellent)"
    ),
    FeedbackProperty(
        "Clarity Rating",
        "number",
        "How clear are the problem and the solution? 1 (not at all) to 5 (completely)",
    ),
    FeedbackProperty(
        "Desirability Rating",
        "number",
        "How much do you want this? 1 (not at all) to 5 (very much)",
    ),
    FeedbackProperty(
        "Open Feedback", "rich_text", "What did you like, what was missing, what would you change?"
    ),
    FeedbackProperty("Would Use", "select", "Would you use it?", ("Yes", "No", "Maybe")),
    FeedbackProperty("Top Concern", "rich_text", "What is your main concern or objection?"),
    FeedbackProperty("Submitted At", "date", "The day you answered"),
)


def schema() -> dict[str, Any]:
    """The `properties` of the database; STORIES is still to be filled in."""
    return {item.name: item.definition() for item in PROPERTIES}


def faults(given: dict[str, Any]) -> list[str]:
    """What a database's `properties` lack to be a feedback database; empty when they fit."""
    wanted = {item.name: item.kind for item in PROPERTIES}
    found = [f"{name} is no property of it" for name in given if name not in wanted]
    for name, kind in wanted.items():
        definition = given.get(name)
        if not isinstance(definition, dict) or kind not in definition:
            found.append(f"{name} is missing or is not of type {kind}")
    return found
