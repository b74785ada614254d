"""The sheet as Markdown, and its place in docs/costs.md."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from switchboard.local.costs.prices import PriceTable
from switchboard.local.costs.sheet import AtRest, InUse

BEGIN, END = "<!-- hatch run costs --write -->", "<!-- end -->"


class PageWithoutPlaceError(ValueError):
    """The page lacks the two comments between which the sheet stands."""


def placed(page: str, sheet: str) -> str:
    """`page` with `sheet` between its two comments.

    Raises:
        PageWithoutPlaceError: one of them is missing.
    """
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise PageWithoutPlaceError(f"the page needs {BEGIN} and {END}")
    return f"{before}{BEGIN}\n\n{sheet}\n{END}{after}"


def markdown(rest: Sequence[AtRest], use: Sequence[InUse], table: PriceTable) -> str:
    """Both halves of the sheet."""
    return "\n".join([*_at_rest(rest, table), "", *_in_use(use)]) + "\n"


def _at_rest(sheets: Sequence[AtRest], table: PriceTable) -> Iterable[str]:
    yield f"At rest, USD a month (prices {table.version}; always-free allowances taken off):"
    yield ""
    yield from _row("what", *(sheet.environment for sheet in sheets))
    yield from _row("---", *("---:" for _ in sheets))
    items = list(dict.fromkeys(item.item for sheet in sheets for item in sheet.items))
    for name in items:
        cells = []
        for sheet in sheets:
            found = [item for item in sheet.items if item.item == name]
            cells.append(f"{found[0].usd:.2f} ({_count(found[0].quantity)})" if found else "")
        yield from _row(name, *cells)
    yield from _row("**all**", *(f"**{sheet.usd:.2f}**" for sheet in sheets))
    yield from _row("of it the desk's stacks", *(f"{sheet.desk_usd:.2f}" for sheet in sheets))


def _in_use(sheets: Sequence[InUse]) -> Iterable[str]:
    yield "In use, USD per thousand:"
    yield ""
    yield from _row("what", *(_plural(sheet.name) for sheet in sheets))
    yield from _row("---", *("---:" for _ in sheets))
    items = list(dict.fromkeys(item.item for sheet in sheets for item in sheet.items))
    for name in items:
        cells = []
        for sheet in sheets:
            found = [item.usd for item in sheet.items if item.item == name]
            cells.append(f"{found[0]:.3f}" if found else "")
        yield from _row(name, *cells)
    yield from _row("**without the model**", *(f"**{s.plumbing_usd:.2f}**" for s in sheets))
    yield from _row("model, expected", *(f"{s.model_usd:.2f}" for s in sheets))
    most = [s.unit.most_usd for s in sheets]
    yield from _row("model, at most", *(f"{m * 1000:.0f}" if m else "not bounded" for m in most))


def _row(*cells: str) -> Iterable[str]:
    yield f"| {' | '.join(cells)} |"


def _plural(name: str) -> str:
    return f"1,000 {'stories' if name == 'story' else name + 's'}"


def _count(quantity: Decimal) -> str:
    return f"{int(quantity):,}"
