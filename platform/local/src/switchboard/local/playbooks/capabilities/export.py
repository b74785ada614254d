"""Exports: rows as CSV or JSON."""

import re
from dataclasses import dataclass

from switchboard.local.playbooks import sample
from switchboard.local.playbooks.capabilities.listing import names_after_by, noun_of
from switchboard.local.playbooks.part import Check, Part
from switchboard.local.playbooks.story import Story, slug
from switchboard.local.playbooks.template import filled
from switchboard.local.playbooks.words import words

_EXPORT = words("export", "export")
_CSV = words("export", "csv")
_JSON = re.compile(r"\bjson\b", re.IGNORECASE)
_COLUMNS = words("export", "columns")
_HEADER = words("export", "header")
_QUOTING = words("export", "quoting")
_EMPTY = words("export", "empty")
_NAME = words("export", "name")
_ONLY = words("export", "only")
_OTHER_NAME = words("export", "other_name")
_OTHER_FORMAT = words("export", "other_format")
_SEMICOLON = words("export", "semicolon")
_SPLIT = words("export", "split")
AWKWARD = 'Müller, "Ltd"; line\nbreak'
DEFAULT_COLUMNS = ("name", "date", "status", "amount")
MAX_COLUMNS = 8
MAX_WORDS = 3
"""More words are a sentence, not the name of a column."""


@dataclass(frozen=True)
class Export:
    """What is exported, and which criteria ask for what."""

    noun: str
    columns: tuple[str, ...]
    columns_given: bool
    delimiter: str
    has_json: bool
    asks: tuple[tuple[str, int], ...]


def read(story: Story) -> Export | None:
    """The export the story asks for."""
    if not any(_EXPORT.search(text) for text in (story.title, *story.criteria)):
        return None
    kinds = (
        ("csv", _CSV),
        ("json", _JSON),
        ("header", _HEADER),
        ("quoting", _QUOTING),
        ("empty", _EMPTY),
        ("name", _NAME),
        ("only", _ONLY),
        ("delimiter", _SEMICOLON),
        ("columns", _COLUMNS),
    )
    asks = [
        (kind, index)
        for index, text in enumerate(story.criteria)
        for kind, pattern in kinds
        if pattern.search(text)
        and not _OTHER_FORMAT.search(text)
        and (kind != "name" or not _OTHER_NAME.search(text))
        and (kind != "columns" or len(_columns([text])) > 1)
    ]
    covered = {index for _, index in asks}
    asks += [
        ("csv", index)
        for index, text in enumerate(story.criteria)
        if index not in covered
        and not _OTHER_FORMAT.search(text)
        and re.search(r"export|download|exporti|télécharg|descarg", text, re.I)
    ]
    given = _columns(story.criteria) or _columns([story.body])
    listed = tuple(name for text in story.criteria for name in names_after_by(text))
    columns = given or (("name", *listed) if listed else DEFAULT_COLUMNS)
    return Export(
        noun=noun_of(story),
        columns=tuple(dict.fromkeys(columns))[:MAX_COLUMNS],
        columns_given=bool(given),
        delimiter=";" if _SEMICOLON.search(story.asked) else ",",
        has_json=bool(_JSON.search(story.asked)),
        asks=tuple(asks),
    )


def _columns(texts: tuple[str, ...] | list[str]) -> tuple[str, ...]:
    for text in texts:
        for match in _COLUMNS.finditer(text):
            items = _SPLIT.split(match["items"])
            names = [slug(item, 24) for item in items if len(item.split()) <= MAX_WORDS]
            known = [name for name in names if name]
            if len(known) > 1:
                return tuple(known)
    return ()


def part(story: Story, export: Export) -> Part:
    """The module that writes files, and its tests."""
    source = filled(
        "export.py.tmpl",
        {
            "title": story.short_title,
            "columns": repr(export.columns),
            "delimiter": repr(export.delimiter),
            "stem": slug(export.noun) or "export",
        },
        json=export.has_json,
    )
    names = ["COLUMNS", "file_name", "to_csv"] + (["to_json"] if export.has_json else [])
    assumptions = ["Files are UTF-8 with a header row; values are written as they are stored."]
    if not export.columns_given:
        assumptions.append(f"The story names no columns: {', '.join(export.columns)} are exported.")
    return Part(
        "export",
        f"exports {export.noun}",
        source,
        tuple(names),
        _checks(export),
        tuple(assumptions),
    )


def _checks(export: Export) -> tuple[Check, ...]:
    rows = sample.rows(export.columns, export.noun)[:2]
    data = f"ROWS = [\n    {rows[0]!r},\n    {rows[1]!r},\n]\n"
    head = export.delimiter.join(export.columns)
    read_back = f"list(csv.DictReader(io.StringIO(to_csv(ROWS)), delimiter={export.delimiter!r}))"
    first = export.columns[0]
    bodies = {
        "csv": f"assert {read_back} == ROWS",
        "json": "assert json.loads(to_json(ROWS)) == ROWS",
        "header": f"assert to_csv(ROWS).splitlines()[0] == {head!r}",
        "columns": f"assert to_csv(ROWS).splitlines()[0] == {head!r}",
        "quoting": f"ROWS[0][{first!r}] = {AWKWARD!r}\nassert {read_back} == ROWS",
        "empty": f"assert to_csv([]).splitlines() == [{head!r}]",
        "name": 'assert file_name(date(2026, 3, 4)).endswith("2026-03-04.csv")',
        "only": "shown = ROWS[:1]\nassert len(to_csv(shown).splitlines()) == 2",
        "delimiter": f"assert to_csv([]).count(';') == {len(export.columns) - 1}",
    }
    return tuple(Check(index, kind, data + bodies[kind]) for kind, index in export.asks)
