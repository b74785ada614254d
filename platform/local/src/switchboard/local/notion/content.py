"""What is on a page: an ordered list of segments, each either markdown as written or one block.

Keeping markdown as it came makes `GET /v1/pages/{id}/markdown` faithful to the letter, whatever its
size; blocks of a markdown segment are made when somebody lists them, with ids that do not change.
"""

import re
from typing import Any
from uuid import UUID, uuid5

from switchboard.local.notion import blocks
from switchboard.local.notion.errors import failed, invalid
from switchboard.local.notion.rich_text import NameOf

Segment = dict[str, Any]

CHILD_TAG = re.compile(
    r'^<(?P<tag>page|database) url="(?P<url>[^"]*?(?P<id>[0-9a-f]{32}))">(?P<title>.*)</(?P=tag)>$',
    re.MULTILINE,
)
"""How markdown shows a child page or database."""
MENTION_TAG = re.compile(r'<mention-user url="user://[^"]*">(?P<name>[^<]*)</mention-user>')
"""How markdown shows a mentioned user."""


def markdown_of(segments: list[Segment]) -> tuple[str, list[str]]:
    """The page as markdown, and the ids of blocks it has no words for."""
    parts: list[str] = []
    unknown: list[str] = []
    for segment in segments:
        text = segment.get("markdown")
        if text is None and (text := blocks.to_markdown(segment["block"])) is None:
            unknown.append(segment["block"]["id"])
            continue
        parts.append(text)
    return "\n".join(parts), unknown


def blocks_of(page_id: str, segments: list[Segment], name_of: NameOf) -> list[blocks.Block]:
    """The page as blocks with ids."""
    found: list[blocks.Block] = []
    for segment in segments:
        made = [segment["block"]] if "block" in segment else []
        for block in made or blocks.from_markdown(segment["markdown"], name_of):
            block.setdefault("id", str(uuid5(UUID(page_id), str(len(found)))))
            found.append(block)
    return found


def rewritten(segments: list[Segment], text: str, *, may_delete: bool) -> list[Segment]:
    """The page after its markdown became `text`; child pages named in it stay where they are named.

    Raises:
        NotionError: a child page or database would be lost without leave.
    """
    children = {s["block"]["id"].replace("-", ""): s for s in segments if _is_child(s)}
    result: list[Segment] = []
    plain: list[str] = []
    for line in text.split("\n"):
        match = CHILD_TAG.match(line.strip())
        if match and match["id"] in children:
            result += [{"markdown": "\n".join(plain)}] if plain else []
            result.append(children.pop(match["id"]))
            plain = []
        else:
            plain.append(line)
    if children and not may_delete:
        raise invalid(
            "This would delete child pages or databases. "
            "Set allow_deleting_content to true to allow it."
        )
    return result + ([{"markdown": "\n".join(plain)}] if plain != [""] else [])


def child_ids(segments: list[Segment]) -> set[str]:
    """The ids of child pages and databases."""
    return {segment["block"]["id"] for segment in segments if _is_child(segment)}


def _is_child(segment: Segment) -> bool:
    return "block" in segment and segment["block"]["type"] in ("child_page", "child_database")


def edited(segments: list[Segment], body: dict[str, Any]) -> list[Segment]:
    """The page after `PATCH /v1/pages/{id}/markdown` (insert, update, replace).

    Raises:
        NotionError: an unknown command, or text to replace that is missing or ambiguous.
    """
    kind = body.get("type")
    command = body.get(kind) if isinstance(kind, str) else None
    if not isinstance(command, dict):
        raise failed("type", "name a command that is present", kind)
    if kind == "insert_content":
        return _inserted(segments, command)
    may_delete = bool(command.get("allow_deleting_content"))
    if kind == "replace_content":
        return rewritten(segments, _text(command, "new_str"), may_delete=may_delete)
    text, _unknown = markdown_of(segments)
    if kind == "update_content":
        for update in command.get("content_updates", [command]):
            text = _updated(text, update)
        return rewritten(segments, text, may_delete=may_delete)
    if kind == "replace_content_range":
        start, end = _range(text, _text(command, "content_range"))
        text = text[:start] + _text(command, "content") + text[end:]
        return rewritten(segments, text, may_delete=may_delete)
    raise failed("type", "be a known command", kind)


def _inserted(segments: list[Segment], command: dict[str, Any]) -> list[Segment]:
    added = _text(command, "content")
    if command.get("after"):
        text, _unknown = markdown_of(segments)
        _start, end = _range(text, str(command["after"]))
        return rewritten(segments, f"{text[:end]}\n{added}{text[end:]}", may_delete=True)
    if (command.get("position") or {}).get("type") == "start":
        return [{"markdown": added}, *segments]
    return [*segments, {"markdown": added}]


def _updated(text: str, update: dict[str, Any]) -> str:
    old, new = _text(update, "old_str"), _text(update, "new_str")
    found = text.count(old) if old else 0
    if found == 0:
        raise invalid(f"old_str was not found in the page: {old[:80]!r}")
    if found > 1 and not update.get("replace_all_matches"):
        raise invalid(f"old_str matches {found} times; set replace_all_matches to true")
    return text.replace(old, new)


def _range(text: str, selection: str) -> tuple[int, int]:
    """Where `start text...end text` lies."""
    first, dots, last = selection.partition("...")
    start = text.find(first)
    end = text.find(last, start + len(first)) if dots and start >= 0 else start
    if start < 0 or end < 0:
        raise invalid(f"The selection was not found in the page: {selection[:80]!r}")
    return start, end + len(last if dots else first)


def _text(command: dict[str, Any], key: str) -> str:
    if not isinstance(command.get(key), str):
        raise failed(key, "be a string", command.get(key))
    return str(command[key])
