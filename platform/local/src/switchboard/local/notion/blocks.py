"""Blocks and markdown, each made from the other (the plain subset both dialects share)."""

import re
from collections.abc import Iterator
from typing import Any

from switchboard.local.notion import rich_text
from switchboard.local.notion.errors import failed, invalid
from switchboard.local.notion.rich_text import NameOf

Block = dict[str, Any]

MAX_CHILDREN = 100
MAX_BLOCKS = 1000
TEXT_KINDS = frozenset(
    [
        "paragraph",
        "heading_1",
        "heading_2",
        "heading_3",
        "heading_4",
        "bulleted_list_item",
        "numbered_list_item",
        "to_do",
        "quote",
        "toggle",
        "callout",
        "code",
    ]
)
KINDS = TEXT_KINDS | frozenset(
    [
        "divider",
        "bookmark",
        "embed",
        "image",
        "table",
        "table_row",
        "table_of_contents",
        "equation",
        "file",
        "video",
        "column_list",
        "column",
        "link_to_page",
        "synced_block",
    ]
)
_LINE = re.compile(
    r"(?P<hashes>#{1,4})\s+(?P<heading>.*)"
    r"|[-*+]\s+\[(?P<box>[ xX])\]\s+(?P<todo>.*)"
    r"|[-*+]\s+(?P<bullet>.*)"
    r"|\d+[.)]\s+(?P<number>.*)"
    r"|>\s?(?P<quote>.*)"
    r"|(?P<rule>-{3,}|\*{3,})\s*$"
)
_GROUP_KINDS = {
    "todo": "to_do",
    "bullet": "bulleted_list_item",
    "number": "numbered_list_item",
    "quote": "quote",
}
_PREFIX = {
    "heading_1": "# ",
    "heading_2": "## ",
    "heading_3": "### ",
    "heading_4": "#### ",
    "bulleted_list_item": "- ",
    "numbered_list_item": "1. ",
    "quote": "> ",
    "toggle": "- ",
}


def checked(children: object, name_of: NameOf, path: str = "children") -> list[Block]:
    """Blocks as sent by a client, completed: `{type, <type>: {...}, children?}`.

    Raises:
        NotionError: more than 100, an unknown kind, or rich text that is too long.
    """
    if not isinstance(children, list):
        raise failed(path, "be defined", "undefined")
    if len(children) > MAX_CHILDREN:
        raise failed(f"{path}.length", f"be ≤ `{MAX_CHILDREN}`", len(children))
    done = [_checked(child, name_of, f"{path}[{place}]") for place, child in enumerate(children)]
    if sum(_count(block) for block in done) > MAX_BLOCKS:
        raise invalid(f"A request may not hold more than {MAX_BLOCKS} blocks.")
    return done


def _checked(child: object, name_of: NameOf, path: str) -> Block:
    kinds = [key for key in child if key in KINDS] if isinstance(child, dict) else []
    if not kinds or not isinstance(child, dict):
        raise failed(path, f"have one of `{', '.join(sorted(KINDS))}` defined", child)
    kind = kinds[0]
    body = dict(child[kind] or {})
    nested = body.pop("children", None)
    if kind in TEXT_KINDS:
        texts = rich_text.complete(body.get("rich_text", []), f"{path}.{kind}.rich_text", name_of)
        colour = {} if kind == "code" else {"color": "default"}
        body = {**colour, **body, "rich_text": texts}
    block: Block = {"type": kind, kind: {**_defaults(kind), **body}}
    if nested:
        block["children"] = checked(nested, name_of, f"{path}.{kind}.children")
    return block


def _defaults(kind: str) -> Block:
    if kind.startswith("heading_"):
        return {"is_toggleable": False}
    extra: dict[str, Block] = {
        "to_do": {"checked": False},
        "code": {"caption": [], "language": "plain text"},
        "paragraph": {"icon": None},
        "callout": {"icon": None},
    }
    return extra.get(kind, {})


def _count(block: Block) -> int:
    return 1 + sum(_count(child) for child in block.get("children", []))


def from_markdown(text: str, name_of: NameOf) -> list[Block]:
    """Markdown as flat blocks; a paragraph is a run of plain lines."""
    found: list[Block] = []
    paragraph: list[str] = []
    lines = iter(text.splitlines())

    def flush() -> None:
        if paragraph:
            found.append(_text_block("paragraph", "\n".join(paragraph), name_of))
            paragraph.clear()

    for line in lines:
        stripped = line.strip()
        if stripped.startswith("```"):
            flush()
            found.append(_code(stripped[3:].strip(), lines))
        elif match := _LINE.match(stripped):
            flush()
            found.append(_matched(match, name_of))
        elif stripped:
            paragraph.append(stripped)
        else:
            flush()
    flush()
    return found


def _code(language: str, lines: Iterator[str]) -> Block:
    inside: list[str] = []
    for line in lines:
        if line.strip().startswith("```"):
            break
        inside.append(line)
    cut = rich_text.from_markdown("\n".join(inside), str)
    texts = [rich_text.text_item(item["plain_text"]) for item in cut]
    code = {"caption": [], "language": language or "plain text"}
    return {"type": "code", "code": {**code, "rich_text": texts}}


def _matched(match: re.Match[str], name_of: NameOf) -> Block:
    found = match.groupdict()
    if found["rule"]:
        return {"type": "divider", "divider": {}}
    if found["hashes"]:
        return _text_block(f"heading_{len(found['hashes'])}", found["heading"], name_of)
    group = next(name for name in _GROUP_KINDS if found[name] is not None)
    block = _text_block(_GROUP_KINDS[group], found[group], name_of)
    if group == "todo":
        block["to_do"]["checked"] = found["box"] in "xX"
    return block


def _text_block(kind: str, text: str, name_of: NameOf) -> Block:
    texts = rich_text.from_markdown(text, name_of)
    return {"type": kind, kind: {**_defaults(kind), "color": "default", "rich_text": texts}}


def to_markdown(block: Block, depth: int = 0) -> str | None:
    """A block as markdown; None when markdown has no word for it."""
    own = _own(block)
    if own is None:
        return None
    indent = "  " * depth
    nested = [to_markdown(child, depth + 1) for child in block.get("children", [])]
    return "\n".join([indent + own, *(line for line in nested if line is not None)])


def _own(block: Block) -> str | None:
    kind = block["type"]
    body = block[kind]
    if kind in TEXT_KINDS:
        return _own_text(kind, body)
    if kind in ("child_page", "child_database"):
        tag = kind.removeprefix("child_")
        return f'<{tag} url="{block["url"]}">{body["title"]}</{tag}>'
    if kind in ("bookmark", "embed"):
        return f"[{body.get('url', '')}]({body.get('url', '')})"
    return "---" if kind == "divider" else None


def _own_text(kind: str, body: Block) -> str:
    text = rich_text.to_markdown(body["rich_text"])
    if kind == "code":
        return f"```{body['language']}\n{rich_text.plain(body['rich_text'])}\n```"
    if kind == "to_do":
        return f"- [{'x' if body['checked'] else ' '}] {text}"
    return _PREFIX.get(kind, "") + text
