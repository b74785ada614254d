"""Sections where people enter something: forms, signing in, keeping a list."""

from switchboard.local.playbooks.capabilities.access import Access
from switchboard.local.playbooks.capabilities.collection import Collection
from switchboard.local.playbooks.capabilities.fields import FormField
from switchboard.local.playbooks.capabilities.form import DEFAULT_MESSAGE, Form, good_value
from switchboard.local.playbooks.pages.markup import Section, card, field, script, text

_TYPES = {"email": "email", "tel": "tel", "date": "date", "password": "password", "url": "url"}
_AUTOCOMPLETE = {"email": "email", "tel": "tel", "postal": "postal-code", "url": "url"}
DEMO_USER, DEMO_PASSWORD = "ada", "correct horse"


def form_section(form: Form, words: dict[str, str]) -> Section:
    """The form with live validation."""
    fields = [_field(item, words) for item in form.fields]
    body = [
        '<form id="form" novalidate>',
        '<div class="grid">',
        *fields,
        "</div>",
        '<p class="row" style="margin-top:1rem">',
        f'<button class="primary" type="submit">{text(words["send"])}</button>',
        f'<button type="button" id="form-fill">{text(words["fill"])}</button></p>',
        '<div class="notice" id="form-notice" role="status"></div>',
        "</form>",
    ]
    message = words["received"] if form.message == DEFAULT_MESSAGE else form.message
    specs = [_spec(item, form) for item in form.fields]
    return Section(
        card(words["try_it"], body, ident="form"),
        script("form.js", specs, message=message, reference=form.reference),
    )


def _field(item: FormField, words: dict[str, str]) -> str:
    ident = f"f-{item.name}"
    note = (
        ""
        if item.required or item.matches
        else f' <span class="muted">({words["optional"]})</span>'
    )
    shared = f'id="{ident}" name="{item.name}" aria-describedby="e-{item.name}"'
    shared += ' aria-required="true"' if item.required else ""
    if item.kind == "textarea":
        control = f"<textarea {shared}></textarea>"
    elif item.options:
        options = "".join(f"<option>{text(value)}</option>" for value in item.options)
        control = f'<select {shared}><option value=""></option>{options}</select>'
    else:
        kind = _TYPES.get(item.kind, "text")
        mode = ' inputmode="decimal"' if item.kind == "number" else ""
        hint = f' autocomplete="{_AUTOCOMPLETE.get(item.kind, "off")}"'
        control = f'<input {shared} type="{kind}"{mode}{hint}>'
    wide = " wide" if item.kind == "textarea" else ""
    return (
        f'<div class="field{wide}"><label for="{ident}">{text(item.label)}{note}</label>'
        f'{control}<p class="error" id="e-{item.name}" role="alert"></p></div>'
    )


def _spec(item: FormField, form: Form) -> dict[str, object]:
    example = good_value(item)
    if item.matches:
        example = next(good_value(other) for other in form.fields if other.name == item.matches)
    return {
        "name": item.name,
        "kind": item.kind,
        "required": item.required,
        "min_length": item.min_length,
        "max_length": item.max_length,
        "minimum": None if item.minimum is None else f"{item.minimum:f}",
        "maximum": None if item.maximum is None else f"{item.maximum:f}",
        "needs": list(item.needs),
        "matches": item.matches,
        "not_past": item.not_past,
        "digits_only": item.german_postal,
        "options": list(item.options),
        "example": example,
    }


def access_section(access: Access, words: dict[str, str]) -> Section:
    """Signing in with attempts that count down, and time that can be skipped."""
    hint = words["try_login"].replace("{u}", DEMO_USER).replace("{p}", DEMO_PASSWORD)
    skip = words["skip_time"].replace("{n}", str(access.lock_minutes))
    body = [
        '<form id="login" novalidate><div class="grid">',
        field("user", words["user"], 'autocomplete="username"'),
        field("secret", words["password"], 'type="password" autocomplete="current-password"'),
        '</div><p class="row between" style="margin-top:1rem"><span class="row">',
        f'<button class="primary" type="submit">{text(words["sign_in"])}</button>',
        f'<button type="button" id="skip">{text(skip)}</button></span>',
        '<span class="tag" id="attempts" role="status"></span></p>',
        '<div class="notice" id="login-notice" role="status"></div></form>',
    ]
    spec = {
        "attempts": access.attempts,
        "lock": access.lock_minutes,
        "user": DEMO_USER,
        "password": DEMO_PASSWORD,
    }
    return Section(
        card(words["try_it"], body, hint=hint, ident="access"), script("access.js", spec)
    )


def collection_section(kept: Collection, words: dict[str, str]) -> Section:
    """A list to add to, tick off and remove from."""
    body = [
        '<form id="add" class="row" novalidate>',
        f'<div style="flex:1 1 14rem">{field("new-name", words["new_entry"])}</div>',
        f'<button class="primary end" type="submit">{text(words["add"])}</button>',
        "</form>",
        '<div class="notice" id="kept-notice" role="status"></div>',
        '<p class="row between gap"><span id="kept-count" role="status"></span>',
        '<label class="row"><input type="checkbox" id="open-only"> ',
        f"{text(words['open_only'])}</label></p>",
        '<ul class="list" id="kept"></ul>',
    ]
    spec = {"items": list(kept.samples), "maximum": kept.maximum or 0}
    return Section(card(words["try_it"], body, ident="kept-list"), script("collection.js", spec))
