"""The cost sheet: an environment at rest, a thousand stories, a thousand calls."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from switchboard.local.costs.at_rest import Template, at_rest, not_judged
from switchboard.local.costs.prices import PriceTable, Unit

DEV_BUDGET_USD = 10
"""What the desk may cost, and what `dev` is held below a month at rest, before its alarms."""
DESK = ("connect", "desk", "itsm-mock", "voice")
"""Stacks whose resources the desk's budget counts."""


@dataclass(frozen=True)
class Item:
    """A line of the sheet."""

    item: str
    quantity: Decimal
    usd: Decimal


@dataclass(frozen=True)
class AtRest:
    """One environment in which nobody does anything, for a month."""

    environment: str
    items: tuple[Item, ...]
    desk_usd: Decimal
    """Its part that the desk's budget counts, without the free allowances."""
    not_judged: tuple[str, ...]

    @property
    def usd(self) -> Decimal:
        """All of it."""
        return sum((item.usd for item in self.items), Decimal(0))

    def of(self, name: str) -> Decimal:
        """What one item of it costs."""
        return sum((item.usd for item in self.items if item.item == name), Decimal(0))


@dataclass(frozen=True)
class InUse:
    """A thousand stories or calls."""

    name: str
    unit: Unit
    items: tuple[Item, ...]
    model_usd: Decimal

    @property
    def plumbing_usd(self) -> Decimal:
        """Everything but the model."""
        return sum((item.usd for item in self.items), Decimal(0))


def at_rest_sheet(environment: str, templates: Mapping[str, Template], table: PriceTable) -> AtRest:
    """What the stacks of an environment (by name, `switchboard-<env>-<short>`) cost at rest."""
    whole: Counter[str] = Counter()
    desk = Decimal(0)
    unknown: set[str] = set()
    for name, template in templates.items():
        counted = at_rest(template)
        whole += counted
        unknown |= not_judged(template, table.at_rest_free)
        if name.removeprefix(f"switchboard-{environment}-") in DESK:
            desk += sum(
                (table.items[item].usd * count for item, count in counted.items()), Decimal(0)
            )
    items = [
        Item(item, Decimal(count), _usd(table, item, Decimal(count)))
        for item, count in whole.items()
    ]
    dearest = tuple(sorted(items, key=lambda item: item.usd, reverse=True))
    return AtRest(environment, dearest, desk, tuple(sorted(unknown)))


def in_use_sheet(name: str, unit: Unit, table: PriceTable, times: int = 1000) -> InUse:
    """A thousand of `unit`, without free allowances: they are used up at rest."""
    items = [
        Item(line.item, line.quantity * times, table.items[line.item].usd * line.quantity * times)
        for line in unit.lines
    ]
    dearest = tuple(sorted(items, key=lambda item: item.usd, reverse=True))
    return InUse(name, unit, dearest, unit.model_usd * times)


def _usd(table: PriceTable, item: str, quantity: Decimal) -> Decimal:
    price = table.items[item]
    return price.usd * max(quantity - price.free_per_month, Decimal(0))
