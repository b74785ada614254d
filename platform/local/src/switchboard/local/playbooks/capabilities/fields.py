"""Which fields a form has, and what the criteria demand of each."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal

from switchboard.local.playbooks.quantities import quantities
from switchboard.local.playbooks.story import Story, slug
from switchboard.local.playbooks.words import kinds, words

_LIST = words("fields", "list")
_SEPARATOR = words("fields", "separator")
_ARTICLE = words("fields", "article")
REQUIRED = words("fields", "required")
OPTIONAL = words("fields", "optional")
_DEMAND = words("fields", "demand")
_ALL = words("fields", "all")
_AT_MOST = words("fields", "at_most")
_BETWEEN = words("fields", "between")
_NEEDS = (
    ("upper", r"upper-?case|capital letter|großbuchstabe|majuscule|may[uú]scula"),
    ("lower", r"lower-?case|kleinbuchstabe|minuscule|min[uú]scula"),
    ("digit", r"\bdigits?\b|\bnumbers?\b|ziffer|\bzahl\b|chiffre|n[uú]mero|d[ií]gito"),
    (
        "special",
        r"special|symbol|sonderzeichen|caract[eè]re sp[ée]cial|car[aá]cter(?:es)? especial",
    ),
)
_MATCH = words("fields", "match")
_NOT_PAST = words("fields", "not_past")
_SUBJECTS = words("fields", "subjects")
_OPTIONS = re.compile(
    r"(?:^|(?<=[.\n]))[\s*-]*(?:the |possible |die )?(?P<name>[^\W\d][\w ]{2,24}?)"
    r"(?: options| choices)?(?:\s*:|\s+(?:is|are|must be) (?:one of|either)\b:?|\s+can be\b)"
    r"\s*(?P<items>[^.\n]+)",
    re.IGNORECASE,
)
_CHOICE = re.compile(r",(?:\s*(?:or|and|oder|und)\b)?|;|\s\b(?:or|oder|ou)\b\s|/", re.IGNORECASE)
MAX_CHOICE_WORDS = 5


@dataclass(frozen=True)
class FormField:
    """One field and its rules; `criteria` are the indexes of the criteria that speak of it."""

    name: str
    label: str
    kind: str
    required: bool = False
    min_length: int | None = None
    max_length: int | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    needs: tuple[str, ...] = ()
    matches: str = ""
    not_past: bool = False
    german_postal: bool = False
    options: tuple[str, ...] = ()
    criteria: frozenset[int] = field(default_factory=frozenset)


def mentioned(text: str) -> list[tuple[str, str, int]]:
    """Known fields a text names: kind, the words, where; longer words win over parts of them."""
    found: list[tuple[int, int, str, str]] = []
    for kind, pattern in kinds("fields").items():
        for match in re.finditer(rf"\b(?:{pattern.pattern})\b", text, re.IGNORECASE):
            clash = any(start < match.end() and match.start() < end for start, end, _, _ in found)
            if not clash and match[0].strip():
                found.append((match.start(), match.end(), kind, match[0].strip()))
    return [(kind, named, start) for start, _, kind, named in sorted(found)]


def fields_of(story: Story) -> tuple[FormField, ...]:
    """The form's fields: those listed as such, then those the criteria make demands of."""
    found: dict[str, FormField] = {}
    for text in (*story.criteria, story.body):
        for listed in _listed(text):
            found.setdefault(listed.name, listed)
    for index, text in enumerate(story.criteria):
        _take(found, index, text, listed=bool(found))
        _take_demanded(found, index, text)
    _all_required(found, story)
    return tuple(_with_options(item, story) for item in found.values())[:12]


def demanded_in(text: str) -> tuple[str, ...]:
    """The things a text says are required, or optional ("order number and reason")."""
    match = _SUBJECTS.match(text)
    if match is None or _ALL.search(text):
        return ()
    items = (item.strip() for item in _SEPARATOR.split(match["items"]))
    return tuple(_without_article(item) for item in items if item)


def _take_demanded(found: dict[str, FormField], index: int, text: str) -> None:
    """Each thing that is required is a field, whatever it is called."""
    for said in demanded_in(text):
        name = slug(said, 24)
        kinds_named = mentioned(said)
        same = name if name in found else None
        if same is None and kinds_named and kinds_named[0][1].casefold() == said.casefold():
            same = _same(found, kinds_named[0][0], said)
        made = None if same else _field(said)
        if made:
            found[made.name] = made
            same = made.name
        if same:
            found[same] = _with_rules(found[same], index, text)


def _with_options(item: FormField, story: Story) -> FormField:
    """A field whose choices are written down ("Reasons: damaged, wrong size")."""
    last = item.name.rpartition("_")[2]
    for index, text in ((None, story.body), *enumerate(story.criteria)):
        for match in _OPTIONS.finditer(text):
            named = slug(match["name"]).rpartition("_")[2]
            values = [value.strip(" \"'“”.") for value in _CHOICE.split(match["items"])]
            options = tuple(dict.fromkeys(value for value in values if value))
            short = all(len(value.split()) <= MAX_CHOICE_WORDS for value in options)
            if (
                named in (last, f"{last}s")
                and len(options) > 1
                and short
                and not _is_enumeration(match[0])
            ):
                criteria = item.criteria if index is None else item.criteria | {index}
                return replace(item, kind="select", options=options, criteria=criteria)
    return item


def _is_enumeration(text: str) -> bool:
    """Whether it enumerates fields rather than the choices of one."""
    return bool(re.match(r"\s*(?:fields?|felder|champs|campos)\b", text, re.IGNORECASE))


def listed_in(text: str) -> tuple[str, ...]:
    """The names of the fields a text enumerates."""
    return tuple(dict.fromkeys(item.name for item in _listed(text)))


def _listed(text: str) -> Iterator[FormField]:
    """The fields of an enumeration ("fields: name, e-mail (required) and phone")."""
    for match in _LIST.finditer(text):
        items = [item.strip() for item in _SEPARATOR.split(match["items"]) if item.strip()]
        known = [item for item in items if mentioned(item)]
        if len(items) < 2 or not known:  # noqa: PLR2004 - one thing is no enumeration
            continue
        marked = any(OPTIONAL.search(item) for item in items)
        marked = marked and not any(REQUIRED.search(item) for item in items)
        for item in items:
            made = _field(item)
            if made:  # where one is called optional, the others are not
                needed = made.required or (marked and not OPTIONAL.search(item))
                yield replace(made, required=needed)


def _without_article(label: str) -> str:
    while _ARTICLE.match(label):
        label = _ARTICLE.sub("", label, count=1)
    return label


def _field(item: str) -> FormField | None:
    label = _without_article(re.sub(r"\([^)]*\)|\*", "", item).strip(" .:-\"'"))
    name = slug(label, 24)
    if not name or len(label.split()) > 4:  # noqa: PLR2004 - a sentence, not a field
        return None
    kinds = mentioned(label)
    required = bool(REQUIRED.search(item) or "*" in item) and not OPTIONAL.search(item)
    return FormField(
        name, label[:1].upper() + label[1:], kinds[0][0] if kinds else "text", required
    )


def _take(found: dict[str, FormField], index: int, text: str, *, listed: bool) -> None:
    """What one criterion demands of the fields it names."""
    if listed and not _DEMAND.search(text):
        return
    named = [(kind, said) for kind, said, _ in mentioned(text)]
    for kind, said in named:
        field_name = _same(found, kind, said)
        if field_name is None:
            if listed and kind in ("text", "textarea", "number", "date", "url"):
                continue  # a word of the sentence rather than another field
            made = _field(said)
            if made is None:
                continue
            field_name = made.name
            found[field_name] = made
        found[field_name] = _with_rules(found[field_name], index, text)
    if _MATCH.search(text):
        first_password = next((item for item in found.values() if item.kind == "password"), None)
        if first_password:
            found["password_confirmation"] = FormField(
                "password_confirmation",
                "Confirm password",
                "password",
                matches=first_password.name,
                criteria=frozenset({index}),
            )


def _same(found: dict[str, FormField], kind: str, said: str) -> str | None:
    name = slug(said, 24)
    if name in found:
        return name
    for item in found.values():
        if item.kind == kind and kind not in ("text", "number", "date"):
            return item.name
        if kind in ("text", "number", "date") and (name in item.name or item.name in name):
            return item.name
    return None


def _with_rules(item: FormField, index: int, text: str) -> FormField:
    known = replace(item, criteria=item.criteria | {index})
    if REQUIRED.search(text) and not OPTIONAL.search(text):
        known = replace(known, required=True)
    if item.kind == "date":
        return replace(known, not_past=known.not_past or bool(_NOT_PAST.search(text)))
    if item.kind == "number":
        return _with_range(known, text)
    if item.kind == "postal":
        german = bool(
            re.search(r"plz|postleitzahl|german|5 ?(?:digits|stellig|ziffern)", text, re.I)
        )
        return replace(known, german_postal=known.german_postal or german)
    return _with_lengths(known, text)


def _with_lengths(item: FormField, text: str) -> FormField:
    lengths = quantities(text, "character")
    if item.kind == "password":
        needs = [name for name, pattern in _NEEDS if re.search(pattern, text, re.IGNORECASE)]
        item = replace(item, needs=tuple(dict.fromkeys((*item.needs, *needs))))
        lengths = lengths or [
            found
            for found in quantities(text, "")
            if 4 <= found.whole <= 128  # noqa: PLR2004
        ]
    if not lengths:
        return item
    if _BETWEEN.search(text) and len(quantities(text)) > 1:
        low, high, *_ = quantities(text)
        return replace(item, min_length=low.whole, max_length=high.whole)
    if _AT_MOST.search(text):
        return replace(item, max_length=lengths[0].whole)
    return replace(item, min_length=lengths[0].whole)


def _with_range(item: FormField, text: str) -> FormField:
    numbers = [found for found in quantities(text) if found.unit in ("", "money")]
    if not numbers:
        return item
    if _BETWEEN.search(text) and len(numbers) > 1:
        return replace(item, minimum=numbers[0].value, maximum=numbers[1].value)
    if _AT_MOST.search(text):
        return replace(item, maximum=numbers[0].value)
    return replace(item, minimum=numbers[0].value)


def _all_required(found: dict[str, FormField], story: Story) -> None:
    for index, text in enumerate(story.criteria):
        if _ALL.search(text) and REQUIRED.search(text):
            for name, item in found.items():
                found[name] = replace(item, required=True, criteria=item.criteria | {index})
