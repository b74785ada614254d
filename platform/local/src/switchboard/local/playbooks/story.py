"""A story as playbooks see it: title, text, acceptance criteria, and a name for its code."""

import hashlib
import re
import textwrap
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from switchboard.local.playbooks.criteria import criteria_of, plain

MAX_TITLE = 160
MAX_SLUG = 32
MAX_SHORT_TITLE = 48
_CHILD = re.compile(r"^\s*<(?:page|database)\b")
"""What agents made below the story (a deck, a report) is not what people wrote."""
_SPECIAL = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "þ": "th"})


@dataclass(frozen=True)
class Story:
    """What is wanted."""

    title: str
    body: str
    criteria: tuple[str, ...]
    url: str = ""
    page_id: str = ""

    @property
    def package(self) -> str:
        """The Python package of its code: words of the title, and four digits of the page."""
        digest = hashlib.sha256((self.page_id or self.title).encode()).hexdigest()[:4]
        return f"{slug(self.title) or 'story'}_{digest}"

    @property
    def short_title(self) -> str:
        """The title as it may stand in a line of code, between quotes of any kind."""
        plain_title = self.title.replace("\\", "").replace('"', "'").strip()
        short = textwrap.shorten(plain_title, MAX_SHORT_TITLE, placeholder=" …")
        return (short if short != "…" else plain_title[:MAX_SHORT_TITLE]).rstrip(" .") or "story"

    @property
    def text(self) -> str:
        """Everything people wrote, for recognising what it is about."""
        return "\n".join((self.title, self.body, *self.criteria))

    @property
    def asked(self) -> str:
        """Title and criteria only."""
        return "\n".join((self.title, *self.criteria))


def without_children(markdown: str) -> str:
    """A page's text without the lines that show its child pages and databases."""
    lines = [line for line in markdown.splitlines() if not _CHILD.match(line)]
    return "\n".join(lines).strip()


def read_story(heading: Mapping[str, Any], body: str, *, page_id: str = "") -> Story:
    """Make a story of a page's properties and text, however little there is of them."""
    body = without_children(body)
    lines = [plain(line) for line in body.splitlines() if plain(line)]
    title = plain(str(heading.get("title") or "")) or (lines[0] if lines else "Untitled story")
    given = heading.get("acceptance_criteria")
    listed = [str(item) for item in given] if isinstance(given, list) else []
    return Story(
        title=title[:MAX_TITLE],
        body=body,
        criteria=criteria_of(title, body, listed),
        url=str(heading.get("url") or ""),
        page_id=page_id,
    )


def slug(text: str, longest: int = MAX_SLUG) -> str:
    """An ASCII identifier out of any text, cut at a word; empty when nothing is left of it."""
    latin = unicodedata.normalize("NFKD", text.lower().translate(_SPECIAL))
    words = re.findall(r"[a-z0-9]+", latin.encode("ascii", "ignore").decode())
    name = ""
    for word in words:
        if name and len(name) + 1 + len(word) > longest:
            break
        name = f"{name}_{word}" if name else word[:longest]
    return f"story_{name}" if name[:1].isdigit() else name
