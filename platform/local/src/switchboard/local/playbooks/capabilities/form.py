"""Forms and validation: the fields, their rules, and a function that says what is wrong."""

import re
from dataclasses import dataclass
from decimal import Decimal

from switchboard.local.playbooks.capabilities.fields import (
    OPTIONAL,
    REQUIRED,
    FormField,
    demanded_in,
    fields_of,
    listed_in,
    mentioned,
)
from switchboard.local.playbooks.part import Check, Part
from switchboard.local.playbooks.story import Story
from switchboard.local.playbooks.template import filled
from switchboard.local.playbooks.words import words

_FORM = words("form", "form")
_VALIDATION = words("form", "validation")
_VALID = words("form", "valid")
_ELSEWHERE = words("form", "elsewhere")
"""What a form alone cannot do: such a criterion is not met by showing a message."""
_SUCCESS = words("form", "success")
_ERRORS = words("form", "errors")
_REFERENCE = words("form", "reference")
_CONTENT = words("form", "content")
_NUMBERED = re.compile(r"\b(?:number|code|id|reference)\b|nummer|num[ée]ro|número", re.IGNORECASE)
_CONFIRMS = re.compile(r"confirmation|bestätigung|confirmaci[oó]n|message|thank", re.IGNORECASE)
_QUOTED = re.compile(r"[\"“„«»]([^\"“”„«»]{3,120})[\"”“«»]|(?<!\w)'([^']{5,120})'(?!\w)")
DEFAULT_MESSAGE = "Thank you, your entry has been received."
GOOD = {
    "email": "ada@example.com",
    "tel": "+1 555 555 0100",
    "iban": "DE89 3704 0044 0532 0130 00",
    "postal": "10115",
    "url": "https://example.com",
    "date": "2030-05-17",
    "username": "ada_l",
    "textarea": "I have a question about my order.",
}
BAD = {
    "email": "ada.example.com",
    "tel": "call me",
    "iban": "DE00 3704 0044 0532 0130 00",
    "postal": "1",
    "url": "not an address",
    "date": "31.02.",
    "number": "many",
    "username": "a b",
}


@dataclass(frozen=True)
class Form:
    """The form: fields and what it answers."""

    fields: tuple[FormField, ...]
    message: str
    success: int | None = None
    errors: int | None = None
    reference: str = ""
    """What the number is called that an accepted entry gets; empty when it gets none."""


def read(story: Story) -> Form | None:
    """The form the story asks for; None when it asks for none."""
    if not (_FORM.search(story.asked) or (_VALIDATION.search(story.asked) and _named(story))):
        return None
    found = fields_of(story)
    if not found:
        return None
    success, errors = _first(story, _SUCCESS), _first(story, _ERRORS)
    quoted = _QUOTED.search(story.criteria[success]) if success is not None else None
    message = (quoted[1] or quoted[2]) if quoted else DEFAULT_MESSAGE
    said = _CONFIRMS.split(story.criteria[success], maxsplit=1)[-1] if success is not None else ""
    reference = _REFERENCE.search(said)
    if success is not None and not reference and not quoted and _CONTENT.search(said):
        success = None  # a confirmation that holds something we do not know
    return Form(found, message, success, errors, reference["what"].lower() if reference else "")


def _first(story: Story, pattern: re.Pattern[str]) -> int | None:
    """The first criterion of a kind that a form can meet."""
    return next(
        (
            index
            for index, text in enumerate(story.criteria)
            if pattern.search(text) and not _ELSEWHERE.search(text)
        ),
        None,
    )


def _named(story: Story) -> bool:
    """Whether a criterion makes a demand of a field that is a field beyond doubt."""
    sure = ("email", "password", "tel", "iban", "postal", "url", "username")
    return any(
        kind in sure or (kind == "number" and _VALIDATION.search(text))
        for text in story.criteria
        for kind, _, _ in mentioned(text)
    )


def good_value(item: FormField) -> str:
    """A value that satisfies all rules of a field."""
    if item.kind == "password":
        longest = item.max_length or 128
        return ("Aa1!" + "correct-horse-battery-staple" * 5)[
            : min(longest, max(item.min_length or 0, 14))
        ]
    if item.options:
        return item.options[0]
    if item.kind == "number":
        low = item.minimum if item.minimum is not None else item.maximum
        return f"{low if low is not None else Decimal(2):f}"
    value = GOOD.get(item.kind, "10042" if _NUMBERED.search(item.label) else "Ada Lovelace")
    if item.kind in ("text", "textarea", "username") and item.min_length:
        value = (value * item.min_length)[: max(item.min_length, len(value))]
    return value[: item.max_length] if item.max_length else value


def part(story: Story, form: Form) -> Part:
    """The module with the form, and its tests."""
    kinds = {item.kind for item in form.fields}
    source = filled(
        "form.py.tmpl",
        {
            "title": story.short_title,
            "fields": "".join(f"    {_source(item)},\n" for item in form.fields),
            "message": repr(form.message),
            "reference": form.reference,
        },
        iban="iban" in kinds,
        not_past=any(item.not_past for item in form.fields),
        reference=bool(form.reference),
        plain=not form.reference,
        options=any(item.options for item in form.fields),
    )
    return Part(
        module="form",
        summary="checks the form's fields",
        source=source,
        names=("FIELDS", "submit", "validate"),
        checks=tuple(_checks(story, form)),
        assumptions=(
            "Values arrive as text, as a browser sends them; surrounding spaces do not count.",
            "An optional field may be empty; if it is filled in, its rules hold.",
        ),
    )


def _source(item: FormField) -> str:
    parts = [repr(item.name), repr(item.label), repr(item.kind)]
    rules = {
        "required": item.required,
        "min_length": item.min_length,
        "max_length": item.max_length,
        "needs": item.needs,
        "matches": item.matches,
        "not_past": item.not_past,
        "digits_only": item.german_postal,
        "options": item.options,
    }
    parts += [f"{name}={value!r}" for name, value in rules.items() if value]
    for name in ("minimum", "maximum"):
        value = getattr(item, name)
        if value is not None:
            parts.append(f'{name}=Decimal("{value}")')
    return f"Field({', '.join(parts)})".replace("'", '"')


def _values(form: Form, **changes: str) -> str:
    good = {item.name: good_value(item) for item in form.fields}
    for item in form.fields:
        if item.matches:
            good[item.name] = good[item.matches]
    return repr({**good, **changes})


def _wrong(form: Form, item: FormField, value: str) -> str:
    return f"assert {item.name!r} in validate({_values(form, **{item.name: value})})"


def _fine(form: Form) -> str:
    return f"assert validate({_values(form)}) == {{}}"


def _checks(story: Story, form: Form) -> list[Check]:
    found = [Check(None, "valid entries are accepted", _fine(form))]
    for item in form.fields:
        found += _option_checks(story, form, item)
        for index in sorted(item.criteria):
            if len(demanded_in(story.criteria[index])) > _spoken_of(form, index):
                continue  # it demands something of what is no field here
            found += _field_checks(story.criteria[index], index, form, item)
    there = {item.name for item in form.fields}
    for index, text in enumerate(story.criteria):
        names = [name for name in listed_in(text) if name in there]
        if len(names) > 1 and len(names) == len(listed_in(text)):
            body = f"assert {{{', '.join(map(repr, names))}}} <= {{field.name for field in FIELDS}}"
            found.append(Check(index, "fields", body))
    good = _values(form)
    if form.success is not None:
        body = f"answer = submit({good})\nassert answer.accepted\n"
        found.append(Check(form.success, "", body + _said(form, good)))
    broken = _breakable(form, form.errors)
    if form.errors is not None and broken:
        item, value = broken
        bad = _values(form, **{item.name: value})
        body = f"answer = submit({bad})\nassert not answer.accepted\n"
        found.append(Check(form.errors, "", body + f"assert answer.errors[{item.name!r}]"))
    return found


def _option_checks(story: Story, form: Form, item: FormField) -> list[Check]:
    """Only what is offered can be chosen; our own test when the notes say what is offered."""
    if not item.options:
        return []
    body = f"{_wrong(form, item, 'something else')}\n"
    body += f"chosen = next(field for field in FIELDS if field.name == {item.name!r})\n"
    body += f"assert chosen.options == {item.options!r}"
    asked: list[int | None] = [
        index
        for index in sorted(item.criteria)
        if all(value in story.criteria[index] for value in item.options)
    ]
    case = f"{item.name.replace('_', ' ')} is one of those offered"
    return [Check(index, case, body) for index in asked or [None]]


def _said(form: Form, good: str) -> str:
    """What the answer to a good entry holds."""
    if not form.reference:
        return f"assert answer.message == {form.message!r}"
    return (
        f"assert {form.message!r} in answer.message\n"
        "assert answer.reference\n"
        "assert answer.reference in answer.message\n"
        f"assert submit({good}).reference != answer.reference"
    )


def _spoken_of(form: Form, index: int) -> int:
    return sum(index in item.criteria for item in form.fields)


def _breakable(form: Form, index: int | None) -> tuple[FormField, str] | None:
    """A field and a value for it that is wrong, one the criterion names if it names any."""
    named = [item for item in form.fields if index in item.criteria]
    for item in named or form.fields:
        if item.kind in BAD:
            return item, BAD[item.kind]
        if item.required:
            return item, ""
        if item.max_length:
            return item, "x" * (item.max_length + 1)
    return None


def _field_checks(text: str, index: int, form: Form, item: FormField) -> list[Check]:
    """The tests one criterion needs for one field."""
    found: list[Check] = []
    label = item.name.replace("_", " ")
    if item.required and REQUIRED.search(text) and not OPTIONAL.search(text):
        found.append(Check(index, f"{label} is required", _wrong(form, item, "")))
    if not item.required and OPTIONAL.search(text) and not item.matches:
        empty = _values(form, **{item.name: ""})
        found.append(Check(index, f"{label} may be empty", f"assert validate({empty}) == {{}}"))
    if item.kind in BAD and _VALID.search(text):
        bad = _values(form, **{item.name: BAD[item.kind]})
        body = f"{_wrong(form, item, BAD[item.kind])}\n{_fine(form)}\n"
        body += f"assert not submit({bad}).accepted"
        found.append(Check(index, f"{label} format", body))
    if item.german_postal and re.search(
        r"digit|stellig|ziffer|chiffre|dígito", text, re.IGNORECASE
    ):
        body = f"{_wrong(form, item, '1234')}\n{_wrong(form, item, '123456')}\n{_fine(form)}"
        found.append(Check(index, f"{label} of five digits", body, (Decimal(5),)))
    if item.matches:
        found.append(Check(index, "they must match", _wrong(form, item, "something else")))
    if item.not_past and item.kind == "date":
        found.append(Check(index, f"{label} in the past", _wrong(form, item, "2001-01-01")))
    return found + _length_checks(text, index, form, item) + _range_checks(text, index, form, item)


def _length_checks(text: str, index: int, form: Form, item: FormField) -> list[Check]:
    found: list[Check] = []
    good, label = good_value(item), item.name.replace("_", " ")
    if item.min_length and str(item.min_length) in text:
        short = good[: item.min_length - 1]
        found.append(
            Check(
                index,
                f"{label} too short",
                f"{_wrong(form, item, short)}\n{_fine(form)}",
                (Decimal(item.min_length),),
            )
        )
    if item.max_length and str(item.max_length) in text:
        long = (good * item.max_length)[: item.max_length + 1]
        found.append(
            Check(index, f"{label} too long", _wrong(form, item, long), (Decimal(item.max_length),))
        )
    without = {"upper": str.lower, "lower": str.upper, "digit": _no_digit, "special": _no_special}
    for need in item.needs:
        if re.search(_NEED_WORDS[need], text, re.IGNORECASE):
            body = _wrong(form, item, without[need](good))
            found.append(Check(index, f"{label} without {need}", body))
    return found


_NEED_WORDS = {
    "upper": r"upper|capital|groß|majusc|mayúsc|mayusc",
    "lower": r"lower|klein|minusc|minúsc",
    "digit": r"digit|number|ziffer|zahl|chiffre|número|numero|dígito",
    "special": r"special|symbol|sonder|spécial|especial",
}


def _no_digit(value: str) -> str:
    return re.sub(r"\d", "x", value)


def _no_special(value: str) -> str:
    return re.sub(r"[^A-Za-z0-9]", "x", value)


def _range_checks(text: str, index: int, form: Form, item: FormField) -> list[Check]:
    found: list[Check] = []
    label = item.name.replace("_", " ")
    if item.minimum is not None and f"{item.minimum:f}" in text:
        body = _wrong(form, item, f"{item.minimum - 1:f}")
        uses = (item.minimum,)
        found.append(Check(index, f"{label} too small", f"{body}\n{_fine(form)}", uses))
    if item.maximum is not None and f"{item.maximum:f}" in text:
        body = _wrong(form, item, f"{item.maximum + 1:f}")
        uses = (item.maximum,)
        found.append(Check(index, f"{label} too large", f"{body}\n{_fine(form)}", uses))
    return found
