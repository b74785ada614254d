"""Further pages and databases the agent was given: what they are, and which themes they share."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from switchboard.local.playbooks.insight.themes import Theme
from switchboard.local.playbooks.prose import link, plain_in_markdown

MAX_ROWS = 50
MAX_QUOTE = 160


@dataclass(frozen=True)
class Source:
    """A source that was read, or why it was not."""

    title: str
    url: str
    text: str
    rows: int | None = None
    problem: str = ""

    def line(self, themes: Sequence[Theme]) -> str:
        """What the report says about it."""
        name = (
            link(self.title or "Untitled", self.url) if self.url else plain_in_markdown(self.title)
        )
        if self.problem:
            return f"{name}: could not be read. {plain_in_markdown(self.problem)}"
        size = "" if self.rows is None else f" ({self.rows:,} row{'' if self.rows == 1 else 's'})"
        shared = [f"“{theme.label}”" for theme in themes if self._mentions(theme)]
        if not shared:
            return f"{name}{size}: none of the themes above appears in it."
        return f"{name}{size}: also speaks of {', '.join(shared)}."

    def _mentions(self, theme: Theme) -> bool:
        words = re.findall(r"[^\W\d_]+", self.text.lower())
        return any(word.startswith(stem) for word in words for stem in theme.stems)


def page_source(page: Mapping[str, Any]) -> Source:
    """A page that was fetched."""
    return Source(
        str(page.get("title") or ""),
        str(page.get("url") or ""),
        str(page.get("content_markdown") or ""),
    )


def table_source(database: Mapping[str, Any], answer: Mapping[str, Any]) -> Source:
    """A database, with the rows a query gave."""
    texts = [str(value) for row in answer.get("results", []) for value in row.values() if value]
    rows = sum(int(item.get("rows") or 0) for item in answer.get("data_sources", []))
    title, url = str(database.get("title") or ""), str(database.get("url") or "")
    return Source(title, url, "\n".join(texts), rows=rows)
