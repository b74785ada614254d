"""The tests of discount codes: what they take off, from where, until when, and unknown ones."""

from datetime import date, timedelta
from decimal import Decimal

from switchboard.local.playbooks.capabilities.pricing import Expiry, Pricing, Tier
from switchboard.local.playbooks.dates import in_code
from switchboard.local.playbooks.part import Check

_SOME_DAY = date(2026, 3, 1)


def code_checks(pricing: Pricing) -> list[Check]:
    """All tests that are about codes."""
    found = [check for tier in pricing.codes for check in _tier_checks(pricing, tier)]
    if pricing.codes and pricing.unknown is not None:
        found.append(_unknown_check(pricing, *pricing.unknown))
    for expiry in pricing.expiries:
        found += _expiry_checks(pricing, expiry)
    return found


def _money(value: Decimal) -> str:
    return f'Decimal("{value.quantize(Decimal("0.01"))}")'


def while_valid(pricing: Pricing, code: str) -> str:
    """The argument with a day on which the code has not ended; empty when it never does."""
    days = [item.last_day for item in pricing.expiries if code in item.codes and item.last_day]
    return f", today={in_code(min(days))}" if days else ""


def _tier_checks(pricing: Pricing, tier: Tier) -> list[Check]:
    """With and without the code; below, at and above its threshold."""
    today = while_valid(pricing, tier.code)

    def check(amount: Decimal, case: str) -> Check:
        off, plain = pricing.discount_at(amount, tier.code), pricing.discount_at(amount)
        by_code = off if tier.applies_to(amount) else Decimal(0)
        body = f'assert discount({_money(amount)}, "{tier.code}"{today}) == {_money(off)}\n'
        body += f"assert discount({_money(amount)}) == {_money(plain)}"
        if by_code >= plain:
            rest = _money(amount - by_code)
            body += f'\nassert apply_code({_money(amount)}, "{tier.code}"{today}).amount == {rest}'
        return Check(tier.criterion, case, body, tier.uses)

    if not tier.threshold:
        return [check(Decimal(80), "with and without the code"), check(Decimal(200), "large order")]
    return [
        check(max(tier.threshold - 1, Decimal(0)), "below the threshold"),
        check(tier.threshold, "exactly at the threshold"),
        check(tier.threshold + 1, "above the threshold"),
    ]


def _unknown_check(pricing: Pricing, message: str, index: int) -> Check:
    plain = pricing.discount_at(Decimal(80))
    said = message or "The code NOPE is not known."
    body = (
        'answer = apply_code(Decimal("80.00"), "NOPE")\n'
        'assert answer.amount == Decimal("80.00")\n'
        'assert answer.discount == Decimal("0.00")\n'
        f"assert answer.message == {said!r}\n"
        f'assert summary([(Decimal("40.00"), 2)], "NOPE")["discount"] == {_money(plain)}'
    )
    return Check(index, "nothing changes and it is said", body)


def _expiry_checks(pricing: Pricing, expiry: Expiry) -> list[Check]:
    """The last day counts, the day after does not."""
    found: list[Check] = []
    for tier in [tier for tier in pricing.codes if tier.code in expiry.codes]:
        last = expiry.last_day or _SOME_DAY
        own = "" if expiry.last_day else f', expiry={{"{tier.code}": {in_code(last)}}}'
        amount = tier.threshold + 100
        call = f'apply_code({_money(amount)}, "{tier.code}", today='
        off = _money(min(pricing.discount_at(amount, tier.code), amount))
        body = f"late = {call}{in_code(last + timedelta(days=1))}{own})\n"
        body += f"assert late.amount == {_money(amount)}\n"
        body += f'assert late.message == "The code {tier.code} has expired."\n'
        if pricing.discount_at(amount) <= pricing.discount_at(amount, tier.code) and not (
            pricing.discount_at(amount)
        ):
            body += f"assert {call}{in_code(last)}{own}).discount == {off}"
        found.append(Check(expiry.criterion, f"{tier.code} on its last day and after", body))
    return found
