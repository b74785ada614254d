"""Prices: discounts by amount or code, tax, shipping, tips, totals."""

import re
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from switchboard.local.playbooks.part import Check, Part, checks
from switchboard.local.playbooks.quantities import Quantity, first, is_strict, quantities
from switchboard.local.playbooks.story import Story
from switchboard.local.playbooks.template import filled

_DISCOUNT = re.compile(
    r"discount|\boff\b|rabatt|nachlass|remise|r[ée]duction|descuento|rebaja|cheaper|sconto|korting",
    re.IGNORECASE,
)
_CODE = re.compile(
    r"(?:code|coupon|voucher|gutschein\w*|c[oó]digo|cup[oó]n|rabattcode)\W{1,3}([A-Z][A-Z0-9]{2,})"
    r"|\b([A-Z]{3,}[0-9]{1,4})\b"
)
_NONE = re.compile(
    r"\bno discount|without (?:a )?discount|not discounted|kein\w* rabatt|ohne rabatt|"
    r"pas de (?:remise|réduction)|sin descuento",
    re.IGNORECASE,
)
_CAP = re.compile(
    r"(?:max\w*|cap(?:ped)?|at most|no more than|höchstens|au maximum|como máximo)\W", re.IGNORECASE
)
_TAX = re.compile(
    r"\b(?:tax(?:es)?|vat|gst|mwst\.?|mehrwertsteuer|ust|steuer|tva|iva|btw)\b", re.IGNORECASE
)
_SHIP = re.compile(
    r"\bships?\b|shipping|delivery|versand|lieferung|livraison|env[ií]o|postage|porto\b",
    re.IGNORECASE,
)
_FREE = re.compile(r"free|kostenlos|gratis|gratuit|kostenfrei|versandkostenfrei", re.IGNORECASE)
_TIP = re.compile(r"\btips?\b|trinkgeld|pourboire|propina", re.IGNORECASE)
_SPLIT = re.compile(
    r"split|per person|each person|pro person|aufteil|par personne|por persona|divid", re.IGNORECASE
)
_TOTAL = re.compile(r"total|\bsum\b|gesamt|summe|somme|suma|importe", re.IGNORECASE)
_MONEY_THING = re.compile(
    r"\b(?:cart|basket|order|invoice|bill|checkout|price|cost|quote|receipt|warenkorb|bestell\w*|"
    r"rechnung|panier|commande|facture|prix|carrito|pedido|factura|precio)",
    re.IGNORECASE,
)
_LINES = re.compile(
    r"(?:show|display|list|see|separate|anzeig|sichtbar|affich|muestra|visible).*"
    r"(?:discount|saving|rabatt|remise|descuento|subtotal|total|summe)"
    r"|(?:discount|rabatt|remise|descuento)\w* (?:is|are|wird|est|se) "
    r"(?:shown|displayed|listed|visible|angezeigt|affichée?|muestra)",
    re.IGNORECASE,
)
_ROUND = re.compile(
    r"round|two decimals?|2 decimals?|cents?\b|gerundet|nachkommastellen|arrondi|redond",
    re.IGNORECASE,
)
_NEGATIVE = re.compile(
    r"negative|below zero|less than zero|unter null|negativ|négati|negativo", re.IGNORECASE
)
_PIECES = re.compile(
    r"items|pieces|units|copies|products|tickets|licen[cs]es|seats|stück|artikel|articles|unités|"
    r"unidades|artículos|or more",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"\b(?:between|only|if|when|during|members?|students?|employees?|first|new customers?|birthday|"
    r"monday|friday|weekend|happy hour|category|selected|nur|wenn|für|mitglieder|studierende|lundi|"
    r"membres|étudiants|miembros|estudiantes|solo)\b",
    re.IGNORECASE,
)
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


def part(story: Story, pricing: Pricing) -> Part:
    """The module that calculates, and its tests."""
    wanted = {
        "discount": bool(pricing.tiers or pricing.codes),
        "tier": bool(pricing.tiers or pricing.codes or pricing.bulk),
        "codes": bool(pricing.codes),
        "nocodes": not pricing.codes,
        "cap": pricing.cap is not None,
        "tax": pricing.tax is not None,
        "shipping": pricing.shipping is not None,
        "bulk": bool(pricing.bulk),
        "tips": pricing.tips is not None,
    }
    source = filled("pricing.py.tmpl", _constants(story, pricing), **wanted)
    assumptions = ["Amounts are Decimal and rounded half up to cents."]
    if len(pricing.tiers) > 1:
        assumptions.append(
            "When several discounts fit, the highest one applies; they do not add up."
        )
    if pricing.shipping and pricing.shipping.fee_criterion is None:
        assumptions.append(f"The story names no shipping fee: {DEFAULT_SHIPPING} is assumed.")
    return Part(
        module="pricing",
        summary="calculates prices",
        source=source,
        names=tuple(re.findall(r"^(?:def|class) ([A-Za-z]\w+)", source, re.MULTILINE)),
        checks=_checks(pricing),
        assumptions=tuple(assumptions),
    )


def _constants(story: Story, pricing: Pricing) -> dict[str, str]:
    tiers = "".join(
        f'    Tier(Decimal("{tier.percent}"), Decimal("{tier.threshold}"), strictly_above={tier.strict}),\n'
        for tier in pricing.tiers
    )
    codes = "".join(f'    "{item.code}": Decimal("{item.percent}"),\n' for item in pricing.codes)
    bulk = "".join(
        f'    Tier(Decimal("{tier.percent}"), Decimal("{tier.threshold}"), strictly_above={tier.strict}),\n'
        for tier in pricing.bulk
    )
    ship = pricing.shipping or Shipping(
        Decimal(0), None, Decimal(0), strict=False, free_criterion=None
    )
    free_holds = f"amount {'>' if ship.strict else '>='} FREE_SHIPPING_FROM"
    return {
        "title": story.title.replace("\\", "").replace('"', "'"),
        "tiers": f"(\n{tiers})" if tiers else "()",
        "codes": f"{{\n{codes}}}",
        "cap": str(pricing.cap[0] if pricing.cap else 0),
        "tax": str(pricing.tax[0] if pricing.tax else 0),
        "bulk": f"(\n{bulk})",
        "fee": str(ship.fee),
        "free": str(ship.free_from),
        "free_holds": free_holds if ship.free_from else "False",
        "tips": ", ".join(f'Decimal("{value}")' for value in (pricing.tips or ((), 0))[0]),
    }


def _money(value: Decimal) -> str:
    return f'Decimal("{value.quantize(CENT, ROUND_HALF_UP)}")'


def _checks(pricing: Pricing) -> tuple[Check, ...]:
    found: list[Check | None] = []
    for tier in pricing.tiers:
        found += _tier_checks(pricing, tier)
    for tier in pricing.bulk:
        found += _bulk_checks(pricing, tier)
    found += [_code_check(pricing, tier) for tier in pricing.codes]
    if pricing.none is not None and (pricing.tiers or pricing.codes):
        found.append(_no_discount_check(pricing, pricing.none))
    return checks([*found, *_limit_checks(pricing), *_other_checks(pricing)])


def _no_discount_check(pricing: Pricing, index: int) -> Check:
    """Below every threshold, or with a code nobody knows."""
    if not pricing.tiers:
        return Check(index, "", 'assert discount(Decimal("80.00"), code="NOPE") == Decimal("0.00")')
    below = max(min(tier.threshold for tier in pricing.tiers) - 1, Decimal(0))
    return Check(index, "", f'assert discount({_money(below)}) == Decimal("0.00")')


def _tier_checks(pricing: Pricing, tier: Tier) -> list[Check | None]:
    """Above, below and exactly at the threshold."""

    def check(amount: Decimal, case: str) -> Check:
        off = pricing.discount_on(amount, pricing.percent_at(amount))
        body = f"assert discount({_money(amount)}) == {_money(off)}\n"
        body += f"assert discounted({_money(amount)}) == {_money(amount - off)}"
        return Check(tier.criterion, case, body)

    if not tier.threshold:
        return [check(Decimal(200), "")]
    return [
        check(tier.threshold + 1, "above the threshold"),
        check(tier.threshold, "exactly at the threshold"),
        check(max(tier.threshold - 1, Decimal(0)), "below the threshold"),
    ]


def _code_check(pricing: Pricing, tier: Tier) -> Check:
    amount = Decimal(80)
    percent = max(tier.percent, pricing.percent_at(amount))
    off = pricing.discount_on(amount, percent)
    plain = pricing.discount_on(amount, pricing.percent_at(amount))
    return Check(
        tier.criterion,
        "with and without the code",
        f'assert discount({_money(amount)}, code="{tier.code}") == {_money(off)}\n'
        f'assert discount({_money(amount)}, code="NOPE") == {_money(plain)}',
    )


def _limit_checks(pricing: Pricing) -> list[Check | None]:
    found: list[Check | None] = []
    discounting = bool(pricing.tiers or pricing.codes)
    if pricing.cap and discounting:
        cap, index = pricing.cap
        best = max(tier.percent for tier in (*pricing.tiers, *pricing.codes))
        amount = max(cap * 200 / best, *(tier.threshold * 2 for tier in pricing.tiers or (_FLAT,)))
        code = f', code="{pricing.codes[0].code}"' if not pricing.tiers else ""
        found.append(Check(index, "", f"assert discount({_money(amount)}{code}) == {_money(cap)}"))
    if pricing.negative is not None:
        body = 'with pytest.raises(ValueError, match="negative"):\n    line_total(Decimal("-1"), 1)'
        found.append(Check(pricing.negative, "", body))
    if pricing.rounding is not None:
        body = 'assert line_total(Decimal("3.333"), 3) == Decimal("10.00")'
        found.append(Check(pricing.rounding, "", body))
    if pricing.total is not None or pricing.lines is not None:
        body = (
            'items = [(Decimal("19.99"), 2), (Decimal("5.00"), 1)]\n'
            'assert summary(items)["subtotal"] == Decimal("44.98")\n'
        )
        for index in (pricing.total, pricing.lines):
            if index is not None:
                found.append(Check(index, "", body + _summary_total(pricing)))
    return found


_FLAT = Tier(Decimal(0), Decimal(0), strict=False, criterion=0)


def _gross(pricing: Pricing) -> Decimal:
    """What an order of 100.00 comes to."""
    net = 100 - pricing.discount_on(Decimal(100), pricing.percent_at(Decimal(100)))
    tax = (net * (pricing.tax[0] if pricing.tax else 0) / 100).quantize(CENT, ROUND_HALF_UP)
    return net + tax + pricing.shipping_for(net)


def _summary_total(pricing: Pricing) -> str:
    """What the lines of the sample order come to."""
    subtotal = Decimal("44.98")
    off = pricing.discount_on(subtotal, pricing.percent_at(subtotal))
    net = subtotal - off
    tax = (net * (pricing.tax[0] if pricing.tax else 0) / 100).quantize(CENT, ROUND_HALF_UP)
    total = net + tax + pricing.shipping_for(net)
    lines = f'assert summary(items)["total"] == {_money(total)}'
    if pricing.tiers or pricing.codes:
        lines = f'assert summary(items)["discount"] == {_money(off)}\n{lines}'
    return lines


def _other_checks(pricing: Pricing) -> list[Check | None]:
    found: list[Check | None] = []
    if pricing.tax:
        rate, index = pricing.tax
        tax = (Decimal(100) * rate / 100).quantize(CENT, ROUND_HALF_UP)
        body = f'assert tax(Decimal("100.00")) == {_money(tax)}\n'
        body += f'assert with_tax(Decimal("100.00")) == {_money(100 + tax)}'
        found.append(Check(index, "", body))
        if pricing.gross is not None:
            body = f'assert summary([(Decimal("50.00"), 2)])["total"] == {_money(_gross(pricing))}'
            found.append(Check(pricing.gross, "total with tax", body))
    if pricing.shipping:
        found += _shipping_checks(pricing.shipping)
    if pricing.tips:
        percents, index = pricing.tips
        body = "\n".join(
            f'assert tip(Decimal("80.00"), Decimal("{value}")) == {_money(80 * value / 100)}'
            for value in percents
        )
        found.append(Check(index, "", body))
        if pricing.split is not None:
            body = 'assert per_person(Decimal("80.00"), Decimal("10"), 4) == Decimal("22.00")'
            found.append(Check(pricing.split, "split", body))
    return found


def _shipping_checks(shipping: Shipping) -> list[Check | None]:
    def check(index: int, case: str, amount: Decimal) -> Check:
        cost = _money(shipping.cost_for(amount))
        return Check(index, case, f"assert shipping({_money(amount)}) == {cost}")

    found: list[Check | None] = []
    low = max(shipping.free_from - 1, Decimal(0))
    if shipping.fee_criterion is not None:
        found.append(check(shipping.fee_criterion, "not free", low if low else Decimal(20)))
    if shipping.free_criterion is not None:
        found.append(check(shipping.free_criterion, "above the limit", shipping.free_from + 1))
        found.append(check(shipping.free_criterion, "at the limit", shipping.free_from))
        found.append(check(shipping.free_criterion, "below the limit", low))
    return found


def _bulk_checks(pricing: Pricing, tier: Tier) -> list[Check | None]:
    def check(quantity: int, case: str) -> Check:
        fitting = [
            item.percent
            for item in pricing.bulk
            if quantity > item.threshold or (quantity == item.threshold and not item.strict)
        ]
        percent = max(fitting, default=Decimal(0))
        body = f'assert bulk_percent({quantity}) == Decimal("{percent}")\n'
        price = (Decimal(10) * quantity * (100 - percent) / 100).quantize(CENT, ROUND_HALF_UP)
        body += f'assert bulk_total(Decimal("10.00"), {quantity}) == Decimal("{price}")'
        return Check(tier.criterion, case, body)

    start = int(tier.threshold)
    return [check(start + 1, "more"), check(start, "exactly"), check(max(start - 1, 1), "fewer")]
