"""A page as a document of the knowledge base (F10), and the text it is indexed as."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from switchboard.ingress.domain.model import Page

PAGE_TYPES = ("epic", "user_story", "task", "design", "general")
_SPELLINGS = {"epic": "epic", "story": "user_story", "task": "task", "design": "design"}
_TYPE_PROPERTIES = ("Type", "Page Type", "Kind")


@dataclass(frozen=True)
class Comment:
    """One comment of a page."""

    discussion_id: str
    author: str
    created_at: datetime
    text: str


@dataclass(frozen=True)
class Content:
    """What is on a page beside its properties."""

    markdown: str
    child_page_ids: tuple[str, ...] = ()
    comments: tuple[Comment, ...] = ()


@dataclass(frozen=True)
class KnowledgeDocument:
    """A page as it was read; exactly the fields of F10."""

    page_id: str
    parent_page_id: str | None
    title: str
    content_markdown: str
    page_type: str
    properties: Mapping[str, Any]
    comments: tuple[Comment, ...]
    last_edited_at: datetime
    ingested_at: datetime


def document_from(
    page: Page, content: Content, read_at: datetime, *, is_story: bool
) -> KnowledgeDocument:
    """The document of a page; `is_story`: it is a row of its project's stories."""
    return KnowledgeDocument(
        page_id=page.id,
        parent_page_id=page.parent_page_id,
        title=page.title,
        content_markdown=content.markdown,
        page_type=page_type(page, is_story=is_story),
        properties=page.values(),
        comments=content.comments,
        last_edited_at=page.last_edited_time,
        ingested_at=read_at,
    )


def page_type(page: Page, *, is_story: bool) -> str:
    """One of `PAGE_TYPES`, by the first rule that says something.

    1. the property Type, Page Type or Kind; 2. a row of the project's stories is a user_story;
    3. a title that begins `Epic:`, `Story:`, `Task:` or `Design:`; 4. general.
    """
    for name in _TYPE_PROPERTIES:
        if found := _spelled(page.text(name)):
            return found
    if is_story:
        return "user_story"
    before, colon, _ = page.title.partition(":")
    return (_spelled(before) if colon else None) or "general"


def _spelled(text: str) -> str | None:
    words = text.strip().lower().replace("_", " ").split()
    return _SPELLINGS.get(words[-1]) if words and len(words) <= 2 else None  # noqa: PLR2004 - "user story"


def content_sha256(document: KnowledgeDocument) -> str:
    """Changes when anything changes that is indexed; not with the times of edit and reading."""
    values = asdict(document) | {"last_edited_at": "", "ingested_at": ""}
    text = json.dumps(values, sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def text_of(document: KnowledgeDocument) -> str:
    """The document as the Markdown that is indexed: title, properties, content, comments."""
    lines = [f"# {document.title or 'Untitled'}"]
    lines += [
        f"- {name}: {shown}"
        for name, value in document.properties.items()
        if (shown := _shown(value)) and shown != document.title
    ]
    parts = ["\n".join(lines), document.content_markdown.strip()]
    if document.comments:
        said = (f"- {c.author} ({c.created_at:%Y-%m-%d}): {c.text}" for c in document.comments)
        parts.append("\n".join(["## Comments", *said]))
    return "\n\n".join(part for part in parts if part)


def _shown(value: Any) -> str:
    """A plain property value in words, empty when there is none."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        people = value.get("people")
        if people is not None:
            return ", ".join(str(person.get("name") or person["id"]) for person in people)
        return " to ".join(str(item) for item in value.values() if item)
    if isinstance(value, list | tuple):
        return ", ".join(str(item) for item in value if item)
    return "" if value is None else str(value)
