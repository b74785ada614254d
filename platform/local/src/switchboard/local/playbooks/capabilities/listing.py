"""Lists: filter, search, sort, page."""

import re
from dataclasses import dataclass
from decimal import Decimal

from switchboard.local.playbooks import sample
from switchboard.local.playbooks.part import Check, Part
from switchboard.local.playbooks.quantities import quantities
from switchboard.local.playbooks.story import Story, slug
from switchboard.local.playbooks.template import filled
from switchboard.local.playbooks.words import words

_FILTER = words("listing", "filter")
_SEARCH = words("listing", "search")
_SORT = words("listing", "sort")
_PAGE = words("listing", "page")
_DESCENDING = words("listing", "descending")
_EMPTY = words("listing", "empty")
_CASE = words("listing", "case")
_COUNT = words("listing", "count")
_CLEAR = words("listing", "clear")
_COMBINE = words("listing", "combine")
_BY = words("listing", "by")
_SPLIT = words("listing", "split")
_STOP = words("listing", "stop")
_NOUN = words("listing", "noun")
_SUBJECT = words("listing", "subject")
_MOST = words("listing", "most")
_LEAST = words("listing", "least")
_PART_OF = words("listing", "part_of")
_NO_NOUN = ("results", "filters", "users", "fields", "columns", "case", "title", "titles", "rules")
DEFAULT_EMPTY = "No results found."
_QUOTED = re.compile(r"[\"“„«]([^\"”“»]{3,80})[\"”“»]")
MAX_COLUMNS, MAX_WORDS = 6, 4


@dataclass(frozen=True)
class Listing:
    """The list: columns, and which criteria ask for which ability."""

    noun: str
    columns: tuple[str, ...]
    filters: tuple[tuple[str, int], ...] = ()
    searches: tuple[tuple[str, int], ...] = ()
    sorts: tuple[tuple[str, bool, int], ...] = ()
    page_size: tuple[int, int] | None = None
    empty: tuple[str, int] | None = None
    others: tuple[tuple[str, int], ...] = ()
    bounds: tuple[tuple[str, bool, int], ...] = ()
    """Columns with a highest (True) or lowest value people set."""

    @property
    def rows(self) -> list[dict[str, str]]:
        """Sample rows."""
        return sample.rows(self.columns, self.noun)


def read(story: Story) -> Listing | None:
    """The list the story asks for; None when nothing is filtered, searched, sorted or paged."""
    verbs = (_FILTER, _SEARCH, _SORT, _PAGE)
    if not any(verb.search(text) for verb in verbs for text in (story.title, *story.criteria)):
        return None
    filters: list[tuple[str, int]] = []
    searches: list[tuple[str, int]] = []
    sorts: list[tuple[str, bool, int]] = []
    bounds: list[tuple[str, bool, int]] = []
    others: list[tuple[str, int]] = []
    found: dict[str, tuple[int, int] | tuple[str, int]] = {}
    for index, text in enumerate(story.criteria):
        named = names_after_by(text)
        bounded = _bounds(index, text)
        bounds += bounded
        if _FILTER.search(text) and not (_CLEAR.search(text) or _EMPTY.search(text) or bounded):
            filters += [(name, index) for name in named]
        if _SEARCH.search(text) and not _EMPTY.search(text):
            searches += [(name, index) for name in named[:3] or [_part_of(text)]]
        if _SORT.search(text):
            down = bool(_DESCENDING.search(text))
            sorts += [(name, down, index) for name in named or [_sort_field(text)]]
        others += _others(index, text)
        if _PAGE.search(text):
            size = next((item.whole for item in quantities(text) if 1 < item.whole <= 500), 10)  # noqa: PLR2004
            found.setdefault("page_size", (size, index))
        if _EMPTY.search(text):
            quoted = _QUOTED.search(text)
            found.setdefault("empty", (quoted[1] if quoted else DEFAULT_EMPTY, index))
    names = [name for name, _ in (*filters, *searches)]
    names += [name for name, _, _ in (*bounds, *sorts)]
    columns = tuple(dict.fromkeys(("name", *names)))[:MAX_COLUMNS]
    return Listing(
        noun=noun_of(story),
        columns=columns if len(columns) > 1 else ("name", "status", "date"),
        filters=tuple(item for item in filters if item[0] in columns or len(columns) == 1),
        searches=tuple(item for item in searches if item[0] in columns),
        sorts=tuple(item for item in sorts if item[0] in columns),
        others=tuple(others),
        bounds=tuple(item for item in bounds if item[0] in columns),
        **found,  # type: ignore[arg-type]  # the two names have values of their own kind
    )


def _bounds(index: int, text: str) -> list[tuple[str, bool, int]]:
    """The columns a criterion bounds ("filtered by a maximum price")."""
    if not _FILTER.search(text):
        return []
    found = ((_MOST.search(text), True), (_LEAST.search(text), False))
    return [
        (slug(next(name for name in match.groups() if name), 20), is_most, index)
        for match, is_most in found
        if match
    ]


def _part_of(text: str) -> str:
    """The column that is searched: the one named, else the name."""
    match = _PART_OF.search(text)
    named = next((name for name in match.groups() if name), "") if match else ""
    return slug(named, 20) or "name"


def _others(index: int, text: str) -> list[tuple[str, int]]:
    kinds = (("case", _CASE), ("count", _COUNT), ("clear", _CLEAR), ("combine", _COMBINE))
    return [(kind, index) for kind, pattern in kinds if pattern.search(text)]


def _sort_field(text: str) -> str:
    if re.search(r"price|cheap|expensive|preis|prix|precio", text, re.IGNORECASE):
        return "price"
    return "name" if re.search(r"alphabet|name", text, re.IGNORECASE) else "date"


def names_after_by(text: str) -> list[str]:
    """The columns a sentence names after "by" (nach, par, por)."""
    found: list[str] = []
    for match in _BY.finditer(text):
        for item in _SPLIT.split(match["items"]):
            name = _column_name(item)
            if name and name not in found:
                found.append(name)
    return found[:4]


def _column_name(item: str) -> str:
    """The one or two words of an item that name a column; empty for the rest of a sentence."""
    said = item.split()
    kept = [word for word in said if not _STOP.match(word)][:2]
    if not kept or len(said) > MAX_WORDS or kept != said[: len(kept)]:
        return ""
    is_pair = len(kept) > 1 and len(kept[1]) >= MAX_WORDS  # "due date", not "date on"
    return slug(" ".join(kept if is_pair else kept[:1]), 20)


def noun_of(story: Story) -> str:
    """What the list is of: what can be filtered, or what the title finds."""
    for pattern in (_SUBJECT, _NOUN):
        for text in (story.title, *story.criteria):
            match = pattern.search(text)
            noun = next((name for name in match.groups() if name), "") if match else ""
            if noun and noun.lower() not in _NO_NOUN:
                return noun.lower()
    return "items"


def part(story: Story, listing: Listing) -> Part:
    """The module with the list's functions, and its tests."""
    kinds = {kind for kind, _ in listing.others}
    abilities = {
        "filtered": bool(listing.filters or kinds & {"clear", "combine"}),
        "within": bool(listing.bounds),
        "search": bool(listing.searches or "case" in kinds or listing.empty),
        "sorted_by": bool(listing.sorts),
        "page": listing.page_size is not None,
        "view": listing.empty is not None or "count" in kinds,
    }
    wanted = {**abilities, "whole": abilities["view"] and not abilities["page"]}
    wanted["decimal"] = abilities["within"]
    source = filled(
        "listing.py.tmpl",
        {
            "title": story.short_title,
            "page_size": str(listing.page_size[0] if listing.page_size else 10),
            "empty": repr(listing.empty[0] if listing.empty else DEFAULT_EMPTY),
        },
        **wanted,
    )
    names = [name for name, asked in abilities.items() if asked]
    names += ["EMPTY_MESSAGE"] if abilities["view"] else []
    names += ["PAGE_SIZE"] if abilities["page"] else []
    return Part(
        module="listing",
        summary=f"{_verbs(listing)} {listing.noun}",
        source=source,
        names=tuple(sorted(names)),
        checks=tuple(_checks(listing)),
        assumptions=_assumptions(listing),
    )


def _verbs(listing: Listing) -> str:
    """What is done with the list, as asked for: "filters and sorts"."""
    verbs = {
        "filters": listing.filters or listing.bounds,
        "searches": listing.searches,
        "sorts": listing.sorts,
        "pages": listing.page_size,
    }
    asked = [verb for verb, wanted in verbs.items() if wanted] or ["shows"]
    return " and ".join(filter(None, (", ".join(asked[:-1]), asked[-1])))


def _assumptions(listing: Listing) -> tuple[str, ...]:
    found = ["Rows are dictionaries whose values are text."]
    if listing.searches:
        found.append("Searching ignores case and finds parts of words.")
    if listing.sorts:
        found.append("Rows without a value come last when sorted.")
    if listing.bounds:
        found.append("A highest or lowest value counts itself; rows without a value are left out.")
    return tuple(found)


def _checks(listing: Listing) -> list[Check]:
    data = f"ROWS = {_literal(listing.rows)}\n"
    found: list[Check] = []
    for name, index in listing.filters:
        value = listing.rows[0][name]
        expected = [row["name"] for row in listing.rows if row[name] == value]
        body = f"found = filtered(ROWS, {name}={value!r})\n"
        body += f'assert [row["name"] for row in found] == {expected!r}'
        found.append(Check(index, f"filter by {name}", data + body))
    found += [_bound_check(listing, data, item) for item in listing.bounds]
    for name, index in listing.searches:
        part_of = listing.rows[1][name][1:5].strip().upper()
        body = f"found = search(ROWS, {part_of!r}, [{name!r}])\n"
        body += f"assert {listing.rows[1]!r} in found\n"
        body += f"assert all({part_of.casefold()!r} in row[{name!r}].casefold() for row in found)\n"
        body += f"assert search(ROWS, 'no such thing', [{name!r}]) == []"
        found.append(Check(index, f"search in {name}", data + body))
    for name, down, index in listing.sorts:
        found.append(_sort_check(listing, data, name, index, down=down))
    return [*found, *_view_checks(listing, data)]


def _bound_check(listing: Listing, data: str, bound: tuple[str, bool, int]) -> Check:
    """Below, at and above a value that is there."""
    name, is_most, index = bound
    limit = sorted(listing.rows, key=lambda row: Decimal(row[name]))[2][name]
    side = "highest" if is_most else "lowest"
    fits = [
        row["name"]
        for row in listing.rows
        if (
            Decimal(row[name]) <= Decimal(limit)
            if is_most
            else Decimal(row[name]) >= Decimal(limit)
        )
    ]
    body = f'found = within(ROWS, {name!r}, {side}=Decimal("{limit}"))\n'
    body += f'assert [row["name"] for row in found] == {fits!r}'
    return Check(index, f"{side} {name}", data + body)


def _sort_check(listing: Listing, data: str, name: str, index: int, *, down: bool) -> Check:
    numeric = bool(sample.NUMERIC.search(name))

    def key(row: dict[str, str]) -> tuple[float, str]:
        return (float(row[name]), "") if numeric else (0.0, row[name].casefold())

    values = [row[name] for row in sorted(listing.rows, key=key, reverse=down)]
    body = f"found = sorted_by(ROWS, {name!r}, descending={down})\n"
    body += f"assert [row[{name!r}] for row in found] == {values!r}"
    return Check(index, f"sort by {name}", data + body)


def _view_checks(listing: Listing, data: str) -> list[Check]:
    found: list[Check] = []
    if listing.page_size:
        size, index = listing.page_size
        body = f'many = [{{"name": str(number)}} for number in range({size + 3})]\n'
        body += f"assert len(page(many, 1)) == {size}\nassert len(page(many, 2)) == 3"
        found.append(Check(index, f"{size} per page", body))
    if listing.empty:
        message, index = listing.empty
        body = 'nothing = view(search(ROWS, "no such thing", ["name"]))\n'
        body += "assert nothing.rows == []"
        body += f"\nassert nothing.message == {message!r}"
        found.append(Check(index, "nothing found", data + body))
    name = next((item for item in listing.columns if item != "name"), "name")
    value, other = listing.rows[0][name], listing.rows[0]["name"]
    bodies = {
        "case": f"loud, quiet = {other.upper()!r}, {other.lower()!r}\n"
        "assert search(ROWS, loud, ['name']) == search(ROWS, quiet, ['name']) != []",
        "count": f"assert view(ROWS).count == {len(listing.rows)}",
        "clear": "assert filtered(ROWS) == ROWS",
        "combine": f"assert filtered(ROWS, name={other!r}, {name}={value!r}) == [ROWS[0]]",
    }
    return found + [Check(index, kind, data + bodies[kind]) for kind, index in listing.others]


def _literal(rows: list[dict[str, str]]) -> str:
    lines = "".join(f"    {row!r},\n" for row in rows)
    return f"[\n{lines}]"
