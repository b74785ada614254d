"""People fill in the feedback database of a demo deck, in Notion."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Any, Protocol

from switchboard.local.crew.backlog import Answer

PEOPLE = ("ada", "owen")
"""Whose accounts they use; their names stand in the answers."""
MAX_TEXT = 2000
"""Characters of one rich text item (Notion API 2026-03-11)."""


class Workspace(Protocol):
    """The workspace as people use it."""

    def data_source_of(self, database_id: str) -> dict[str, Any]:
        """A database's data source with its schema."""
        ...

    def add_row(self, data_source_id: str, properties: dict[str, Any], user: str) -> Any:
        """A person adds a row."""
        ...


@dataclass(frozen=True)
class GiveFeedback:
    """Write answers into a feedback database, one row each."""

    workspace: Workspace

    def __call__(self, database_id: str, story_page_id: str, answers: Sequence[Answer]) -> int:
        """Return how many rows were written; what was left blank stays empty."""
        source = self.workspace.data_source_of(database_id)
        kinds = {name: column["type"] for name, column in source["properties"].items()}
        for answer, person in zip(answers, cycle(PEOPLE), strict=False):
            filled = {
                name: notion_value(kinds[name], text)
                for name, text in answer.items()
                if name in kinds and text
            }
            about = {
                name: {"relation": [{"id": story_page_id}]}
                for name, kind in kinds.items()
                if kind == "relation"
            }
            self.workspace.add_row(str(source["id"]), filled | about, person)
        return len(answers)


def notion_value(kind: str, text: str) -> dict[str, Any]:
    """What a person typed, as a value of this kind of property: plain text stays plain text."""
    if kind == "number":
        return {"number": float(text) if "." in text else int(text)}
    if kind == "select":
        return {"select": {"name": text}}
    if kind == "date":
        return {"date": {"start": text}}
    items = [
        {"text": {"content": text[at : at + MAX_TEXT]}} for at in range(0, len(text), MAX_TEXT)
    ]
    return {kind: items}
