"""Prices: discounts by amount or code, tax, shipping, tips, totals."""

import re
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from switchboard.local.playbooks.dates import first_date
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
_FROM = words("pricing", "from")
_UPPER = words("pricing", "upper")
_UNKNOWN = words("pricing", "unknown")
_ANY_CODE = words("pricing", "any_code")
_EXPIRED = words("pricing", "expired")
_QUOTED = re.compile(r"[\"“„«]([^\"“”„«»]{3,120})[\"”“»]")
CENT = Decimal("0.01")
DEFAULT_SHIPPING = Decimal("4.90")


@dataclass(frozen=True)
class Tier:
    """So many percent, or so much money, from (or, strictly, above) an amount; or with a code."""

    percent: Decimal
    threshold: Decimal
    strict: bool
    criterion: int
    code: str = ""
    is_bulk: bool = False
    off: Decimal = Decimal(0)

    def applies_to(self, amount: Decimal) -> bool:
        """Whether an order of this amount gets it."""
        return amount > self.threshold or (amount == self.threshold and not self.strict)

    @property
    def uses(self) -> tuple[Decimal, ...]:
        """The numbers it makes use of."""
        return (self.percent, self.threshold, self.off)


@dataclass(frozen=True)
class Expiry:
    """Codes that end: all of them, or those of a criterion; without a day it is passed in."""

    codes: tuple[str, ...]
    last_day: date | None
    criterion: int


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
    unknown: tuple[str, int] | None = None
    expiries: tuple[Expiry, ...] = ()

    def discount_at(self, amount: Decimal, code: str = "") -> Decimal:
        """The discount in money: the highest that fits, capped."""
        fitting = [tier for tier in (*self.tiers, *self.codes) if tier.code in ("", code)]
        return max(
            (self._taken_off(tier, amount) for tier in fitting if tier.applies_to(amount)),
            default=Decimal(0),
        )

    def _taken_off(self, tier: Tier, amount: Decimal) -> Decimal:
        value = (amount * tier.percent / 100).quantize(CENT, ROUND_HALF_UP) + tier.off
        return min(value, amount, self.cap[0] if self.cap else value)

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
            ("none", index if _NONE.search(text) and not _unknown(index, text) else None),
            ("unknown", _unknown(index, text)),
            ("tax", _tax(index, text)),
            ("tips", _tips(index, text)),
            ("split", index if _SPLIT.search(text) and _TIP.search(story.asked) else None),
            ("lines", index if _LINES.search(text) else None),
            ("rounding", index if _rounds(text) else None),
            ("negative", index if _NEGATIVE.search(text) else None),
            ("total", _total(index, text)),
            ("gross", index if _is_gross(text) else None),
        ):
            if value is not None:
                found.setdefault(name, value)
    found |= _shipping(story)
    codes = tuple(tier for tier in tiers if tier.code)
    pricing = Pricing(
        tiers=tuple(tier for tier in tiers if not tier.code and not tier.is_bulk),
        bulk=tuple(tier for tier in tiers if tier.is_bulk),
        codes=codes,
        expiries=_expiries(story, list(codes)),
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
    code = _CODE.search(text)
    if code:
        return _code(index, text, code[1] or code[2])
    percent = first(text, "percent")
    nameless = _ANY_CODE.search(text)  # a code without a name is nobody's, not everybody's
    if percent is None or not _DISCOUNT.search(text) or _NONE.search(text) or nameless:
        return []
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


def _code(index: int, text: str, code: str) -> list[Tier]:
    """What a code takes off, and from which amount."""
    if not _DISCOUNT.search(text) or _NONE.search(text) or _UPPER.search(text):
        return []
    percent, money = first(text, "percent"), quantities(text, "money")
    limits = [item for item in money if _FROM.search(text[: item.start])]
    offs = [item for item in money if item not in limits]
    if len(limits) > 1 or len(offs) != (0 if percent else 1):
        return []  # a highest discount, or something else we do not calculate
    return [
        Tier(
            percent.value if percent else Decimal(0),
            limits[0].value if limits else Decimal(0),
            bool(limits) and is_strict(text, limits[0]),
            index,
            code=code,
            off=Decimal(0) if percent else offs[0].value,
        )
    ]


def _unknown(index: int, text: str) -> tuple[str, int] | None:
    """An unknown code, and the words for it."""
    if not (_UNKNOWN.search(text) and _ANY_CODE.search(text)):
        return None
    quoted = _QUOTED.search(text)
    return (quoted[1] if quoted else "", index)


def _expiries(story: Story, codes: list[Tier]) -> tuple[Expiry, ...]:
    """When codes end; a criterion that names none speaks of all."""
    known = tuple(tier.code for tier in codes)
    found: list[Expiry] = []
    for index, text in enumerate(story.criteria):
        if _EXPIRED.search(text) and (_ANY_CODE.search(text) or _CODE.search(text)):
            named = tuple(code for code in known if re.search(rf"\b{code}\b", text))
            if named or not _CODE.search(text):
                found.append(Expiry(named or known, first_date(text), index))
    return tuple(found) if known else ()


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


def _rounds(text: str) -> bool:
    """Whether it is about cents, and not about five of them."""
    decimals = ("decimal", "nachkomma", "décimale")
    others = [item for item in quantities(text) if not item.noun.startswith(decimals)]
    return bool(_ROUND.search(text)) and not others


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
