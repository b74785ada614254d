"""The module that calculates prices, and the tests that prove it."""

import re
from decimal import ROUND_HALF_UP, Decimal

from switchboard.local.playbooks.capabilities.pricing import (
    CENT,
    DEFAULT_SHIPPING,
    Pricing,
    Shipping,
    Tier,
)
from switchboard.local.playbooks.capabilities.pricing_codes import code_checks, while_valid
from switchboard.local.playbooks.dates import in_code
from switchboard.local.playbooks.part import Check, Part, checks
from switchboard.local.playbooks.story import Story
from switchboard.local.playbooks.template import filled


def part(story: Story, pricing: Pricing) -> Part:
    """The module that calculates, and its tests."""
    wanted = {
        "discount": bool(pricing.tiers or pricing.codes),
        "tier": bool(pricing.tiers or pricing.codes or pricing.bulk),
        "codes": bool(pricing.codes),
        "expiry": bool(pricing.expiries),
        "no_expiry": not pricing.expiries,
        "cap": pricing.cap is not None,
        "tax": pricing.tax is not None,
        "shipping": pricing.shipping is not None,
        "free_shipping": bool(pricing.shipping and pricing.shipping.free_from),
        "no_free_shipping": not (pricing.shipping and pricing.shipping.free_from),
        "bulk": bool(pricing.bulk),
        "tips": pricing.tips is not None,
    }
    source = filled("pricing.py.tmpl", _constants(story, pricing), **wanted)
    assumptions = ["Amounts are Decimal and rounded half up to cents."]
    if len(pricing.tiers) + bool(pricing.codes) > 1:
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
    tiers = "".join(f"    {_tier(tier)},\n" for tier in pricing.tiers)
    codes = "".join(f'    "{item.code}": {_tier(item)},\n' for item in pricing.codes)
    ends = [(code, item.last_day) for item in pricing.expiries for code in item.codes]
    expiry = "".join(f'    "{code}": {in_code(day)},\n' for code, day in ends if day)
    today = ", today: date | None = None" if pricing.expiries else ""
    pass_today = ", today" if pricing.expiries else ""
    bulk = "".join(f"    {_tier(tier)},\n" for tier in pricing.bulk)
    ship = pricing.shipping or Shipping(
        Decimal(0), None, Decimal(0), strict=False, free_criterion=None
    )
    free_holds = f"amount {'>' if ship.strict else '>='} FREE_SHIPPING_FROM"
    return {
        "title": story.short_title,
        "tiers": f"(\n{tiers})" if tiers else "()",
        "codes": f"{{\n{codes}}}",
        "unknown": repr(_unknown_message(pricing)),
        "expiry": f"{{\n{expiry}}}" if expiry else "{}",
        "code": f', code: str = ""{today}' if pricing.codes else "",
        "pass_code": f", code{pass_today}" if pricing.codes else "",
        "pass_today": pass_today,
        "cap": str(pricing.cap[0] if pricing.cap else 0),
        "tax": str(pricing.tax[0] if pricing.tax else 0),
        "bulk": f"(\n{bulk})",
        "fee": str(ship.fee),
        "free": str(ship.free_from),
        "free_holds": free_holds,
        "tips": ", ".join(f'Decimal("{value}")' for value in (pricing.tips or ((), 0))[0]),
    }


def _tier(tier: Tier) -> str:
    numbers = f'Decimal("{tier.percent}"), Decimal("{tier.threshold}")'
    off = f', off=Decimal("{tier.off}")' if tier.off else ""
    return f"Tier({numbers}, strictly_above={tier.strict}{off})"


def _unknown_message(pricing: Pricing) -> str:
    """The words of the story, or ours; braces in them are no holes."""
    given = pricing.unknown[0] if pricing.unknown else ""
    return re.sub(r"[{}]", "", given) or "The code {code} is not known."


def _money(value: Decimal) -> str:
    return f'Decimal("{value.quantize(CENT, ROUND_HALF_UP)}")'


def _checks(pricing: Pricing) -> tuple[Check, ...]:
    found: list[Check | None] = []
    for tier in pricing.tiers:
        found += _tier_checks(pricing, tier)
    for tier in pricing.bulk:
        found += _bulk_checks(pricing, tier)
    found += code_checks(pricing)
    if pricing.none is not None and (pricing.tiers or pricing.codes):
        found.append(_no_discount_check(pricing, pricing.none))
    return checks([*found, *_limit_checks(pricing), *_other_checks(pricing)])


def _no_discount_check(pricing: Pricing, index: int) -> Check:
    """Below every threshold, or with a code nobody knows."""
    if not pricing.tiers:
        code = pricing.codes[0]
        body = 'assert discount(Decimal("80.00")) == Decimal("0.00")'
        if code.threshold:
            low = _money(max(code.threshold - 1, Decimal(0)))
            today = while_valid(pricing, code.code)
            body = f'assert discount({low}, "{code.code}"{today}) == Decimal("0.00")'
        return Check(index, "", body, code.uses)
    below = max(min(tier.threshold for tier in pricing.tiers) - 1, Decimal(0))
    uses = tuple(value for tier in pricing.tiers for value in tier.uses)
    return Check(index, "", f'assert discount({_money(below)}) == Decimal("0.00")', uses)


def _tier_checks(pricing: Pricing, tier: Tier) -> list[Check | None]:
    """Above, below and exactly at the threshold."""

    def check(amount: Decimal, case: str) -> Check:
        off = pricing.discount_at(amount)
        body = f"assert discount({_money(amount)}) == {_money(off)}\n"
        body += f"assert discounted({_money(amount)}) == {_money(amount - off)}"
        return Check(tier.criterion, case, body, tier.uses)

    if not tier.threshold:
        return [check(Decimal(200), "")]
    return [
        check(tier.threshold + 1, "above the threshold"),
        check(tier.threshold, "exactly at the threshold"),
        check(max(tier.threshold - 1, Decimal(0)), "below the threshold"),
    ]


def _limit_checks(pricing: Pricing) -> list[Check | None]:
    found: list[Check | None] = []
    discounting = bool(pricing.tiers or pricing.codes)
    if pricing.cap and discounting:
        cap, index = pricing.cap
        best = max((*pricing.tiers, *pricing.codes), key=lambda tier: (tier.percent, tier.off))
        amount = max(cap * 200 / (best.percent or 100), best.threshold * 2)
        today = while_valid(pricing, best.code)
        code = f', code="{best.code}"{today}' if best.code else ""
        most = _money(pricing.discount_at(amount, best.code))
        found.append(Check(index, "", f"assert discount({_money(amount)}{code}) == {most}"))
    found += _money_checks(pricing, discounting=discounting)
    if pricing.total is not None or pricing.lines is not None:
        body = (
            'items = [(Decimal("19.99"), 2), (Decimal("5.00"), 1)]\n'
            'assert summary(items)["subtotal"] == Decimal("44.98")\n'
        )
        body += _summary_total(pricing)
        asked = [item for item in (pricing.total, pricing.lines) if item is not None]
        found += [Check(item, "", body) for item in asked]
    return found


def _money_checks(pricing: Pricing, *, discounting: bool) -> list[Check | None]:
    """Cents, and nothing below nothing: a discount may be larger than the amount."""
    found: list[Check | None] = []
    if pricing.negative is not None:
        body = 'with pytest.raises(ValueError, match="negative"):\n    line_total(Decimal("-1"), 1)'
        if discounting:
            body = (
                'assert after_discount(Decimal("10.00"), Decimal("25.00")) == Decimal("0.00")\n'
                + body
            )
        for tier in [tier for tier in pricing.codes if tier.off]:
            little = max(tier.threshold, CENT) + (CENT if tier.strict else 0)
            rest = _money(little - pricing.discount_at(little, tier.code))
            call = f'discounted({_money(little)}, "{tier.code}"{while_valid(pricing, tier.code)})'
            body += f"\nassert {call} == {rest}"
        found.append(Check(pricing.negative, "a discount larger than the amount", body))
    if pricing.rounding is not None:
        body = 'assert line_total(Decimal("3.333"), 3) == Decimal("10.00")'
        found.append(Check(pricing.rounding, "rounded to cents", body))
    return found


def _gross(pricing: Pricing) -> Decimal:
    """What an order of 100.00 comes to."""
    net = 100 - pricing.discount_at(Decimal(100))
    tax = (net * (pricing.tax[0] if pricing.tax else 0) / 100).quantize(CENT, ROUND_HALF_UP)
    return net + tax + pricing.shipping_for(net)


def _summary_total(pricing: Pricing) -> str:
    """What the lines of the sample order come to."""
    subtotal = Decimal("44.98")
    off = pricing.discount_at(subtotal)
    net = subtotal - off
    tax = (net * (pricing.tax[0] if pricing.tax else 0) / 100).quantize(CENT, ROUND_HALF_UP)
    total = net + tax + pricing.shipping_for(net)
    lines = f'assert summary(items)["total"] == {_money(total)}'
    if pricing.tiers or pricing.codes:
        lines = f'assert summary(items)["discount"] == {_money(off)}\n{lines}'
    if pricing.shipping:
        lines = f'assert summary(items)["shipping"] == {_money(pricing.shipping_for(net))}\n{lines}'
    return lines


def _other_checks(pricing: Pricing) -> list[Check | None]:
    found: list[Check | None] = []
    if pricing.tax:
        rate, index = pricing.tax
        tax = (Decimal(100) * rate / 100).quantize(CENT, ROUND_HALF_UP)
        body = f'assert tax(Decimal("100.00")) == {_money(tax)}\n'
        body += f'assert with_tax(Decimal("100.00")) == {_money(100 + tax)}'
        found.append(Check(index, "", body, (rate,)))
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
        uses = (shipping.free_from, shipping.fee)
        return Check(index, case, f"assert shipping({_money(amount)}) == {cost}", uses)

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
        return Check(tier.criterion, case, body, tier.uses)

    start = int(tier.threshold)
    return [check(start + 1, "more"), check(start, "exactly"), check(max(start - 1, 1), "fewer")]
