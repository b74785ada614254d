"""A story as the record keeps it: text, acceptance criteria, related pages."""

import re
from typing import Any

from switchboard.events.values import PageSnapshot

CRITERIA_PROPERTY = "acceptance criteria"
_HEADING = re.compile(r"^\s{0,3}(#{1,6})\s+(.*?)\s*#*\s*$")
_ITEM = re.compile(r"^\s*(?:[-*+•]|\d+[.)])\s+(?:\[[ xX]\]\s+)?(.*\S)\s*$")
_CHILD = re.compile(r"^\s*<(?:page|database)\b")
"""A child page or database (a deck, a report) in Notion's Markdown: no part of the story."""
_UUID = re.compile(r"^[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}$", re.IGNORECASE)


def input_context(snapshot: PageSnapshot) -> dict[str, Any]:
    """The story part of the record; a large body stays behind its claim check."""
    context: dict[str, Any] = {
        "title": snapshot.title,
        "properties": snapshot.properties,
        "acceptance_criteria": acceptance_criteria(
            snapshot.properties, snapshot.content_markdown or ""
        ),
        "related_page_ids": related_page_ids(snapshot.properties),
        "url": snapshot.url,
    }
    if snapshot.content_ref is not None:
        context["content_ref"] = snapshot.content_ref.model_dump(mode="json")
    else:
        context["content_markdown"] = snapshot.content_markdown or ""
    return context


def acceptance_criteria(properties: dict[str, Any], markdown: str) -> list[str]:
    """The criteria of the property, then those of the Markdown section, without repetition."""
    found: list[str] = []
    for name, value in properties.items():
        if name.strip().lower() == CRITERIA_PROPERTY:
            found += [_bare(line) for line in plain_text(value).splitlines()]
    found += _listed_under(markdown, CRITERIA_PROPERTY)
    return list(dict.fromkeys(line for line in found if line))


def plain_text(value: Any) -> str:
    """The text of a property: plain, a list of lines, or Notion's own property object."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        if all(isinstance(part, dict) and "plain_text" in part for part in value):
            return "".join(str(part["plain_text"]) for part in value)
        return "\n".join(plain_text(part) for part in value)
    if isinstance(value, dict):
        return plain_text(value.get("rich_text") or value.get("title") or "")
    return ""


def related_page_ids(properties: dict[str, Any]) -> list[str]:
    """Page ids in relation properties, plain (a list of ids) or as Notion sends them."""
    found: list[str] = []
    for value in properties.values():
        related = value.get("relation") if isinstance(value, dict) else value
        if isinstance(related, list):
            ids = [item.get("id") if isinstance(item, dict) else item for item in related]
            found += [item for item in ids if isinstance(item, str) and _UUID.match(item)]
    return list(dict.fromkeys(found))


def _bare(line: str) -> str:
    item = _ITEM.match(line)
    return item.group(1) if item else line.strip()


def _listed_under(markdown: str, title: str) -> list[str]:
    items: list[str] = []
    inside = False
    for line in markdown.splitlines():
        heading = _HEADING.match(line)
        if heading:
            inside = heading.group(2).strip().rstrip(":").lower() == title
        elif inside and (item := _ITEM.match(line)):
            items.append(item.group(1))
        elif inside and items and line.strip() and not _CHILD.match(line):
            items[-1] += " " + line.strip()
    return items
