"""Sections that calculate: orders, formulas, limits, alerts, reminders."""

from decimal import Decimal
from typing import Any

from switchboard.local.playbooks.capabilities.formulas import Formulas
from switchboard.local.playbooks.capabilities.limits import Limit
from switchboard.local.playbooks.capabilities.pricing import Pricing, Tier
from switchboard.local.playbooks.capabilities.reminder import Reminder
from switchboard.local.playbooks.pages.markup import Section, card, field, script, text
from switchboard.local.playbooks.story import Story

Words = dict[str, str]
_ITEMS = (
    ("Oak desk", Decimal("249.00")),
    ("Desk lamp", Decimal("34.50")),
    ("Notebook", Decimal("4.95")),
)
_INPUTS: dict[str, tuple[tuple[str, str], ...]] = {
    "bmi": (("weight", "70"), ("height", "175")),
    "temperature": (("celsius", "21"),),
    "currency": (("amount", "100"),),
    "distance": (("kilometres", "10"),),
    "average": (("value", "4"), ("value", "5"), ("value", "5")),
    "loan": (("amount", "10000"), ("yearly_rate", "6"), ("months", "36")),
}
_TITLES = (
    "Return the library book",
    "Pay the invoice",
    "Prepare the meeting",
    "Renew the contract",
)


def pricing_section(pricing: Pricing, words: Words) -> Section:
    """An order with quantities that can be changed, and its sum."""
    heads = (words["item"], words["price"], words["quantity"], words["amount"])
    head = "".join(
        f'<th scope="col"{" class=num" if index in (1, 3) else ""}>{text(name)}</th>'
        for index, name in enumerate(heads)
    )
    body = [
        f'<div class="table"><table><thead><tr>{head}</tr></thead>',
        '<tbody id="items"></tbody></table></div>',
        '<div class="grid" style="margin-top:1rem">',
        _code(pricing, words) if pricing.codes else "",
        _people(words) if pricing.split is not None else "",
        "</div>",
        _tips(pricing, words) if pricing.tips else "",
        '<dl class="sum" id="sum" aria-live="polite"></dl>',
        '<p class="muted" id="next" role="status"></p>',
    ]
    return Section(card(words["order"], body, ident="order"), script("pricing.js", _spec(pricing)))


def _code(pricing: Pricing, words: Words) -> str:
    example = f'placeholder="{text(pricing.codes[0].code)}" autocomplete="off"'
    return (
        field("code", words["code"], example) + '<p class="hint" id="code-note" role="status"></p>'
    )


def _people(words: Words) -> str:
    return field("people", words["people"], 'type="number" min="1" value="4"')


def _tips(pricing: Pricing, words: Words) -> str:
    percents = (pricing.tips or ((), 0))[0]
    buttons = "".join(
        f'<button type="button" data-tip="{value}" aria-pressed="false">{value} %</button>'
        for value in percents
    )
    return f'<p class="legend">{text(words["tip"])}</p><p class="row">{buttons}</p>'


def _spec(pricing: Pricing) -> dict[str, Any]:
    def tiers(found: tuple[Tier, ...]) -> list[dict[str, Any]]:
        return [
            {
                "percent": float(item.percent),
                "off": float(item.off),
                "from": float(item.threshold),
                "strict": item.strict,
            }
            for item in found
        ]

    ship = pricing.shipping
    return {
        "items": [{"name": name, "price": float(price), "quantity": 1} for name, price in _ITEMS],
        "tiers": tiers(pricing.tiers),
        "bulk": tiers(pricing.bulk),
        "codes": {
            item.code: tier for item, tier in zip(pricing.codes, tiers(pricing.codes), strict=True)
        },
        "ends": {
            code: expiry.last_day.isoformat()
            for expiry in pricing.expiries
            if expiry.last_day
            for code in expiry.codes
        },
        "unknown": pricing.unknown[0] if pricing.unknown else "",
        "cap": float(pricing.cap[0]) if pricing.cap else None,
        "tax": float(pricing.tax[0]) if pricing.tax else None,
        "shipping": ship
        and {"fee": float(ship.fee), "from": float(ship.free_from), "strict": ship.strict},
        "tips": [float(value) for value in (pricing.tips or ((), 0))[0]],
    }


def formulas_section(formulas: Formulas, words: Words) -> Section:
    """A calculator for each formula."""
    body: list[str] = []
    kinds: list[dict[str, Any]] = []
    for kind, inputs in _INPUTS.items():
        if not formulas.has(kind):
            continue
        idents = [f"i-{kind}-{number}" for number in range(len(inputs))]
        body.append('<div class="grid">')
        body += [
            field(ident, words[label], f'inputmode="decimal" value="{value}"')
            for ident, (label, value) in zip(idents, inputs, strict=True)
        ]
        body.append(f'</div><p class="big" id="r-{kind}" aria-live="polite"></p>')
        body.append(f'<p class="muted" id="n-{kind}"></p>')
        kinds.append({"kind": kind, "inputs": idents})
    spec = {"kinds": kinds, "rate": float(formulas.rate)}
    return Section(card(words["try_it"], body, ident="formulas"), script("formulas.js", spec))


def limits_section(story: Story, limits: tuple[Limit, ...], words: Words) -> Section:
    """A slider for each limit."""
    body: list[str] = []
    for index, limit in enumerate(limits):
        name = limit.name.replace("_", " ")
        most = max(int(limit.value * 2), 2)
        body.append(
            f'<div class="field gap"><label for="v{index}">{text(words["try_value"])}: '
            f"{text(story.criteria[limit.criterion])}</label>"
            f'<input type="range" id="v{index}" min="0" max="{most}" '
            f'value="{int(limit.value)}" aria-describedby="o{index}">'
            f'<output class="big" id="o{index}">{text(name)}</output>'
            f'<div class="notice" id="b{index}" role="status"></div></div>'
        )
    spec = [
        {"name": item.name.replace("_", " "), "value": float(item.value), "most": item.is_most}
        for item in limits
    ]
    return Section(card(words["try_it"], body, ident="limits"), script("limits.js", spec))


def reminder_section(reminder: Reminder, words: Words) -> Section:
    """Days to walk through, or a value to move, and what is sent."""
    if not reminder.leads:
        return _alert_section(reminder, words)
    body = [
        f'<div class="field"><label for="day">{text(words["move_day"])}</label>',
        '<input type="range" id="day" min="0" max="30" value="4" aria-describedby="today"></div>',
        f'<p class="row between"><span>{text(words["today"])}: <strong id="today"></strong></span>',
        '<span class="tag" id="due-count" role="status"></span></p>',
        '<ul class="list" id="due"></ul>',
    ]
    items = [
        {"name": name, "day": day, "done": name == _TITLES[3]}
        for name, day in zip(_TITLES, (7, 5, 12, 20), strict=True)
    ]
    leads = [lead.hours if lead.before else -lead.hours for lead in reminder.leads]
    spec = {"items": items, "leads": leads}
    return Section(card(words["try_it"], body, ident="reminder"), script("reminder.js", spec))


def _alert_section(reminder: Reminder, words: Words) -> Section:
    operator, value, _ = reminder.threshold or ("<", "0", 0)
    limit = float(value)
    most = max(int(limit * 2), 10)
    body = [
        f'<div class="field"><label for="level">{text(words["level"])}</label>',
        f'<input type="range" id="level" min="0" max="{most}" value="{int(limit) + 2}">',
        '<output class="big" id="level-value"></output></div>',
        '<div class="notice" id="level-notice" role="status"></div>',
    ]
    spec = {"operator": operator, "limit": limit}
    return Section(card(words["try_it"], body, ident="alert"), script("alert.js", spec))
