"""Rich text: what clients leave out is filled in, what is too long is refused.

Notion API 2026-03-11, rich text object and request limits.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

from switchboard.local.notion.errors import failed
from switchboard.local.notion.ids import normal

Item = dict[str, Any]
NameOf = Callable[[str], str]
"""The name of a user by id; raises NotionError when there is none."""

MAX_ITEMS = 100
MAX_CHARACTERS = 2000
PLAIN = {
    "bold": False,
    "italic": False,
    "strikethrough": False,
    "underline": False,
    "code": False,
    "color": "default",
}
_INLINE = re.compile(
    r'<mention-user url="(?:\{\{)?user://(?P<user>[0-9a-fA-F-]{32,36})(?:\}\})?"\s*'
    r"(?:/>|>[^<]*</mention-user>)"
    r"|\[(?P<label>[^\]\n]+)\]\((?P<url>https?://[^\s)]+)\)"
    r"|`(?P<code>[^`\n]+)`|\*\*(?P<bold>[^*\n]+)\*\*"
)


def text_item(content: str, url: str | None = None, **annotations: bool) -> Item:
    """One piece of text."""
    return {
        "type": "text",
        "text": {"content": content, "link": {"url": url} if url else None},
        "annotations": {**PLAIN, **annotations},
        "plain_text": content,
        "href": url,
    }


def mention_item(user_id: str, name: str) -> Item:
    """A mention of a user, the kind that notifies the person."""
    return {
        "type": "mention",
        "mention": {"type": "user", "user": {"object": "user", "id": user_id}},
        "annotations": dict(PLAIN),
        "plain_text": f"@{name}",
        "href": None,
    }


def complete(items: object, path: str, name_of: NameOf) -> list[Item]:
    """The items as Notion would return them.

    Raises:
        NotionError: not a list, too many, too long, or a mention of nobody.
    """
    if not isinstance(items, list):
        raise failed(path, "be an array", items)
    if len(items) > MAX_ITEMS:
        raise failed(f"{path}.length", f"be ≤ `{MAX_ITEMS}`", len(items))
    return [_complete(item, f"{path}[{place}]", name_of) for place, item in enumerate(items)]


def _complete(item: object, path: str, name_of: NameOf) -> Item:
    if not isinstance(item, dict):
        raise failed(path, "be an object", item)
    annotations = {**PLAIN, **(item.get("annotations") or {})}
    if isinstance(item.get("mention"), dict):
        return {**_mention(item["mention"], path, name_of), "annotations": annotations}
    if isinstance(item.get("equation"), dict):
        formula = str(item["equation"].get("expression", ""))
        body = {"type": "equation", "equation": {"expression": formula}}
        return {**body, "plain_text": formula, "href": None, "annotations": annotations}
    content, link = _text(item, path)
    return {**text_item(content, link), "annotations": annotations}


def _text(item: Item, path: str) -> tuple[str, str | None]:
    text = item.get("text")
    if not isinstance(text, dict) or not isinstance(text.get("content"), str):
        raise failed(f"{path}.text", "be defined", "undefined")
    content: str = text["content"]
    if len(content) > MAX_CHARACTERS:
        raise failed(f"{path}.text.content.length", f"be ≤ `{MAX_CHARACTERS}`", len(content))
    link = text.get("link")
    return content, str(link["url"]) if isinstance(link, dict) and link.get("url") else None


def _mention(mention: dict[str, Any], path: str, name_of: NameOf) -> Item:
    user = mention.get("user")
    if isinstance(user, dict):
        user_id = normal(user.get("id"), "user_id")
        return mention_item(user_id, name_of(user_id))
    kind = next((kind for kind in ("page", "database", "date") if kind in mention), None)
    if kind is None:
        raise failed(f"{path}.mention", "be a user, page, database or date mention", mention)
    shown = str(mention[kind].get("start") or mention[kind].get("id"))
    body = {"type": "mention", "mention": {"type": kind, kind: mention[kind]}}
    return {**body, "plain_text": shown, "href": None}


def plain(items: list[Item]) -> str:
    """The text without its looks."""
    return "".join(item["plain_text"] for item in items)


def from_markdown(text: str, name_of: NameOf) -> list[Item]:
    """Inline markdown (bold, code, links, user mentions) as rich text of legal lengths."""
    return [piece for item in _inline(text, name_of) for piece in _cut(item)]


def _inline(text: str, name_of: NameOf) -> Iterator[Item]:
    end = 0
    for match in _INLINE.finditer(text):
        if match.start() > end:
            yield text_item(text[end : match.start()])
        yield _matched(match, name_of)
        end = match.end()
    if end < len(text):
        yield text_item(text[end:])


def _matched(match: re.Match[str], name_of: NameOf) -> Item:
    found = match.groupdict()
    if found["user"]:
        user_id = normal(found["user"], "user_id")
        return mention_item(user_id, name_of(user_id))
    if found["label"]:
        return text_item(found["label"], found["url"])
    if found["code"]:
        return text_item(found["code"], code=True)
    return text_item(found["bold"], bold=True)


def _cut(item: Item) -> Iterator[Item]:
    content = item["plain_text"]
    if item["type"] != "text" or len(content) <= MAX_CHARACTERS:
        yield item
        return
    for start in range(0, len(content), MAX_CHARACTERS):
        part = content[start : start + MAX_CHARACTERS]
        yield {**text_item(part, item["href"]), "annotations": item["annotations"]}


def to_markdown(items: list[Item]) -> str:
    """Rich text as inline markdown, mentions as Notion's tags."""
    return "".join(_marked(item) for item in items)


def _marked(item: Item) -> str:
    text: str = item["plain_text"]
    if item["type"] == "mention" and item["mention"]["type"] == "user":
        user_id = item["mention"]["user"]["id"]
        return f'<mention-user url="user://{user_id}">{text.removeprefix("@")}</mention-user>'
    looks = item["annotations"]
    for look, mark in (("code", "`"), ("bold", "**"), ("italic", "*"), ("strikethrough", "~~")):
        if looks.get(look) and text.strip():
            text = f"{mark}{text}{mark}"
    return f"[{text}]({item['href']})" if item["href"] else text
