"""The price table and the workload: data with source and date, read from the package."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from importlib.resources import files
from typing import Any


@dataclass(frozen=True)
class Price:
    """One list price; `read` is when somebody read it at its source, None: remembered."""

    usd: Decimal
    per: str
    source: str
    read: str | None
    free_per_month: int = 0
    """What every account gets for nothing, every month."""


@dataclass(frozen=True)
class PriceTable:
    """Prices by item, and the resource types that cost nothing as long as nobody uses them."""

    version: str
    items: Mapping[str, Price]
    at_rest_free: frozenset[str]


@dataclass(frozen=True)
class Line:
    """How much of an item one story or call takes, and how we know."""

    item: str
    quantity: Decimal
    why: str


@dataclass(frozen=True)
class Unit:
    """A story or a call."""

    what: str
    lines: tuple[Line, ...]
    model_usd: Decimal
    model_why: str
    most_usd: Decimal | None
    """What the budget lets one cost at most; None where nothing bounds it."""
    most_why: str


def prices() -> PriceTable:
    """The table of the package."""
    table = _read("prices.json")
    items = {
        name: Price(
            Decimal(found["usd"]),
            found["per"],
            found["source"],
            found["read"],
            found.get("free_per_month", 0),
        )
        for name, found in table["items"].items()
    }
    return PriceTable(table["version"], items, frozenset(table["at_rest_free"]))


def workload() -> dict[str, Unit]:
    """`story` and `call`."""
    found = _read("workload.json")
    return {name: _unit(found[name]) for name in ("story", "call")}


def _unit(found: Mapping[str, Any]) -> Unit:
    return Unit(
        found["what"],
        tuple(
            Line(line["item"], Decimal(line["quantity"]), line["why"]) for line in found["lines"]
        ),
        Decimal(found["model_usd"]),
        found["model_why"],
        Decimal(found["most_usd"]) if found["most_usd"] else None,
        found["most_why"],
    )


def _read(name: str) -> Any:
    return json.loads(files(__package__ or __name__).joinpath(name).read_text())
