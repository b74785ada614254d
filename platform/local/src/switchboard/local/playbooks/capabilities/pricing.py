"""Prices: discounts by amount or code, tax, shipping, tips, totals."""

import re
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from switchboard.local.playbooks.quantities import Quantity, first, is_strict, quantities
from switchboard.local.playbooks.story import Story
from switchboard.local.playbooks.words import words

_DISCOUNT = words("pricing", "discount")
_CODE = re.compile(
    r"(?i:code|coupon|voucher|gutschein\w*|c[oó]digo|cup[oó]n|rabattcode)\W{1,3}([A-Z][A-Z0-9]{2,})"
    r"|\b([A-Z]{3,}[0-9]{1,4})\b"
)
_NONE = words("pricing", "none")
_CAP = words("pricing", "cap")
_TAX = words("pricing", "tax")
_SHIP = words("pricing", "ship")
_FREE = words("pricing", "free")
_TIP = words("pricing", "tip")
_SPLIT = words("pricing", "split")
_TOTAL = words("pricing", "total")
_MONEY_THING = words("pricing", "money_thing")
_LINES = words("pricing", "lines")
_ROUND = words("pricing", "round")
_NEGATIVE = words("pricing", "negative")
_PIECES = words("pricing", "pieces")
_CONDITION = words("pricing", "condition")
CENT = Decimal("0.01")
DEFAULT_SHIPPING = Decimal("4.90")


@dataclass(frozen=True)
class Tier:
    """So many percent from (or, strictly, above) an amount; or with a code."""

    percent: Decimal
    threshold: Decimal
    strict: bool
    criterion: int
    code: str = ""
    is_bulk: bool = False


@dataclass(frozen=True)
class Shipping:
    """What shipping costs, and from which amount it is free (0: never)."""

    fee: Decimal
    fee_criterion: int | None
    free_from: Decimal
    strict: bool
    free_criterion: int | None

    def cost_for(self, amount: Decimal) -> Decimal:
        """The cost for an order."""
        free = amount > self.free_from or (amount == self.free_from and not self.strict)
        return Decimal(0) if self.free_from and free else self.fee


@dataclass(frozen=True)
class Pricing:
    """What the story says about prices; indexes point to the criteria that say it."""

    tiers: tuple[Tier, ...] = ()
    codes: tuple[Tier, ...] = ()
    cap: tuple[Decimal, int] | None = None
    none: int | None = None
    tax: tuple[Decimal, int] | None = None
    shipping: Shipping | None = None
    bulk: tuple[Tier, ...] = ()
    gross: int | None = None
    tips: tuple[tuple[Decimal, ...], int] | None = None
    split: int | None = None
    total: int | None = None
    lines: int | None = None
    rounding: int | None = None
    negative: int | None = None

    def percent_at(self, amount: Decimal) -> Decimal:
        """The discount that applies to an amount without a code."""
        fitting = [
            tier.percent
            for tier in self.tiers
            if amount > tier.threshold or (amount == tier.threshold and not tier.strict)
        ]
        return max(fitting, default=Decimal(0))

    def discount_on(self, amount: Decimal, percent: Decimal) -> Decimal:
        """The discount in money, capped."""
        value = (amount * percent / 100).quantize(CENT, ROUND_HALF_UP)
        return min(value, self.cap[0]) if self.cap else value

    def shipping_for(self, amount: Decimal) -> Decimal:
        """What shipping costs for an order."""
        if self.shipping is None:
            return Decimal(0)
        return self.shipping.cost_for(amount)


def read(story: Story) -> Pricing | None:
    """What the story says about prices; None when that is nothing to calculate with."""
    found: dict[str, object] = {}
    tiers: list[Tier] = []
    for index, text in enumerate(story.criteria):
        tiers += _tiers(index, text)
        for name, value in (
            ("cap", _cap(index, text)),
            ("none", index if _NONE.search(text) else None),
            ("tax", _tax(index, text)),
            ("tips", _tips(index, text)),
            ("split", index if _SPLIT.search(text) and _TIP.search(story.asked) else None),
            ("lines", index if _LINES.search(text) else None),
            ("rounding", index if _ROUND.search(text) else None),
            ("negative", index if _NEGATIVE.search(text) else None),
            ("total", _total(index, text)),
            ("gross", index if _is_gross(text) else None),
        ):
            if value is not None:
                found.setdefault(name, value)
    found |= _shipping(story)
    pricing = Pricing(
        tiers=tuple(tier for tier in tiers if not tier.code and not tier.is_bulk),
        bulk=tuple(tier for tier in tiers if tier.is_bulk),
        codes=tuple(tier for tier in tiers if tier.code),
        **found,  # type: ignore[arg-type]  # each name has the value of its own reader
    )
    calculates = (
        pricing.tiers,
        pricing.bulk,
        pricing.codes,
        pricing.tax,
        pricing.shipping,
        pricing.tips,
    )
    return pricing if any(calculates) or pricing.total is not None else None


def _tiers(index: int, text: str) -> list[Tier]:
    percent = first(text, "percent")
    if percent is None or not _DISCOUNT.search(text) or _NONE.search(text):
        return []
    code = _CODE.search(text)
    if code:
        return [
            Tier(percent.value, Decimal(0), strict=False, criterion=index, code=code[1] or code[2])
        ]
    threshold = _threshold(text)
    if threshold is None:
        pieces = next((item for item in quantities(text, "") if _PIECES.search(text)), None)
        if pieces:
            strict = is_strict(text, pieces)
            return [Tier(percent.value, pieces.value, strict, index, is_bulk=True)]
        if len(quantities(text)) > 1 or _CONDITION.search(text):
            return []  # it holds only sometimes, and we do not know when
        return [Tier(percent.value, Decimal(0), strict=False, criterion=index)]
    return [
        Tier(percent.value, threshold.value, strict=is_strict(text, threshold), criterion=index)
    ]


def _threshold(text: str) -> Quantity | None:
    """The amount from which something holds: money, or a bare number after an order word."""
    money = first(text, "money")
    if money or _PIECES.search(text) or not _MONEY_THING.search(text):
        return money
    return first(text, "")


def _cap(index: int, text: str) -> tuple[Decimal, int] | None:
    money = first(text, "money")
    if money and _CAP.search(text) and _DISCOUNT.search(text) and not first(text, "percent"):
        return money.value, index
    return None


def _tax(index: int, text: str) -> tuple[Decimal, int] | None:
    percent = first(text, "percent")
    return (percent.value, index) if percent and _TAX.search(text) else None


def _tips(index: int, text: str) -> tuple[tuple[Decimal, ...], int] | None:
    percents = tuple(item.value for item in quantities(text) if item.unit in ("percent", ""))
    return (percents, index) if percents and _TIP.search(text) and "%" in text else None


def _total(index: int, text: str) -> int | None:
    plain = not (_DISCOUNT.search(text) or _TAX.search(text) or _SHIP.search(text))
    return index if plain and _TOTAL.search(text) and _MONEY_THING.search(text) else None


def _is_gross(text: str) -> bool:
    """Whether it is about the total with tax."""
    return bool(_TAX.search(text) and _TOTAL.search(text) and not first(text, "percent"))


def _shipping(story: Story) -> dict[str, object]:
    """Fee and free limit may stand in different criteria."""
    found = Shipping(DEFAULT_SHIPPING, None, Decimal(0), strict=False, free_criterion=None)
    for index, text in enumerate(story.criteria):
        money = quantities(text, "money")
        if not money or not _SHIP.search(text):
            continue
        if _FREE.search(text):
            strict = is_strict(text, money[0])
            found = replace(found, free_from=money[0].value, strict=strict, free_criterion=index)
            money = money[1:]
        if money:
            found = replace(found, fee=money[0].value, fee_criterion=index)
    known = found.fee_criterion is not None or found.free_criterion is not None
    return {"shipping": found} if known else {}
