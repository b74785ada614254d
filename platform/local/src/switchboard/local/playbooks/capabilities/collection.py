"""Things people keep: a to-do list, a cart, favourites. Add, remove, tick off, count."""

import re
from dataclasses import dataclass

from switchboard.local.playbooks.part import Check, Part
from switchboard.local.playbooks.quantities import quantities
from switchboard.local.playbooks.story import Story, slug
from switchboard.local.playbooks.template import filled

_THING = re.compile(
    r"to-?dos?\b|tasks?\b|cart|basket|wish ?list|favou?rites?|bookmarks?|shopping list|check ?list|notes?\b|"
    r"playlist|watchlist|aufgaben?|warenkorb|merkliste|einkaufsliste|lesezeichen|favoriten|t[âa]ches?|panier|"
    r"favoris|tareas?|carrito|favoritos|lista de (?:compras|deseos)|collection|inventory|contacts list",
    re.IGNORECASE,
)
_KINDS = (
    ("remove", r"remov|delet|entfern|lösch|supprim|enlever|retirer|elimin|borrar|quitar"),
    ("done", r"\bmark\w*|\btick(?:ed|s)?\b|check(?:ed)? off|complete[sd]?\b|abhak|erledigt|abschließ|termin[ée]|coch|"
             r"completad|marcar"),
    ("twice", r"twice|duplicate|already (?:in|on|there|exists)|again (?:increases|adds)|doppelt|bereits|"
              r"déjà|dos veces|duplicad|more than once"),
    ("rename", r"edit|rename|chang(?:e|ing) (?:the )?(?:title|name|text)|bearbeit|umbenenn|modifi|editar|"
               r"renombrar"),
    ("count", r"\bcount\w*|how many|number of|anzahl|combien|nombre d|cu[aá]nt|contador|badge"),
    ("empty", r"\bempty\b|blank|without (?:a )?(?:title|text|name)|leer\w*|vide|vac[ií]"),
    ("maximum", r"at most|max\w*|no more than|up to|limit|höchstens|au plus|como máximo"),
    ("quantity", r"quantit|menge|cantidad"),
    ("open", r"(?:show|filter|only).*(?:open|active|remaining|unfinished|pending)|offene|restant|pendientes"),
    ("add", r"\badd|creat|put|save[sd]?|hinzufüg|anleg|erstell|speicher|ajout|cré(?:er|e)|añad|agreg|crear|"
            r"guardar"),
)  # fmt: skip
_PATTERNS = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _KINDS)
_SAMPLES = (
    (r"cart|basket|warenkorb|panier|carrito|shopping|einkauf|compras|inventory", ("Oak desk", "Desk lamp", "Notebook")),
    (r"favou?r|wish|bookmark|merk|lesezeichen|favori|deseos|watch|playlist",
     ("Invisible Cities", "Solaris", "Middlemarch")),
)  # fmt: skip


@dataclass(frozen=True)
class Collection:
    """What is kept, and which criteria ask for which ability."""

    noun: str
    maximum: int | None
    adds_up: bool
    asks: tuple[tuple[str, int], ...]
    samples: tuple[str, str, str]

    def has(self, kind: str) -> bool:
        """Whether a criterion asks for this ability."""
        return any(kind == asked for asked, _ in self.asks)


def read(story: Story) -> Collection | None:
    """The collection the story asks for: something kept, and something to do with it."""
    thing = _THING.search(story.asked)
    if thing is None:
        return None
    asks = [
        (kind, index)
        for index, text in enumerate(story.criteria)
        for kind, pattern in _PATTERNS
        if pattern.search(text)
    ]
    if not any(kind in ("add", "remove", "done") for kind, _ in asks):
        return None
    limits = [
        item.whole
        for kind, index in asks
        if kind == "maximum"
        for item in quantities(story.criteria[index], "")
        if item.whole > 1
    ]
    asks = [ask for ask in asks if ask[0] != "maximum" or limits]
    samples = next(
        (names for pattern, names in _SAMPLES if re.search(pattern, story.asked, re.IGNORECASE)),
        ("Write the agenda", "Call the supplier", "Book the room"),
    )
    adds_up = any(
        re.search(r"quantit|menge|cantidad|increas", text, re.I) for text in story.criteria
    )
    noun = slug(thing[0]).rstrip("s") or "item"
    return Collection(noun, limits[0] if limits else None, adds_up, tuple(asks), samples)


def part(story: Story, kept: Collection) -> Part:
    """The module with the collection, and its tests."""
    source = filled(
        "collection.py.tmpl",
        {
            "title": story.title.replace("\\", "").replace('"', "'"),
            "maximum": str(kept.maximum or 0),
        },
        maximum=kept.maximum is not None,
    )
    twice = (
        "Adding what is there already raises its quantity."
        if kept.adds_up
        else "Adding what is there already keeps one entry and counts it up."
    )
    names = ("Collection", "MAX_ENTRIES") if kept.maximum else ("Collection",)
    return Part("collection", f"keeps a {kept.noun} list", source, names, _checks(kept), (twice,))


def _checks(kept: Collection) -> tuple[Check, ...]:
    one, two, _ = kept.samples
    start = f"kept = Collection()\nkept.add({one!r})\nkept.add({two!r})\n"
    bodies = {
        "add": start + f"assert kept.names() == [{one!r}, {two!r}]",
        "remove": start + f"kept.remove({one!r})\nassert kept.names() == [{two!r}]",
        "done": start
        + f"kept.complete({one!r})\nassert kept.entry({one!r}).done\nassert not kept.entry({two!r}).done",
        "twice": start + f"kept.add({one!r})\nassert kept.names() == [{one!r}, {two!r}]\n"
        f"assert kept.entry({one!r}).quantity == 2",
        "rename": start
        + f"kept.rename({one!r}, 'Something else')\nassert kept.names() == ['Something else', {two!r}]",
        "count": start + "assert kept.count() == 2",
        "empty": "kept = Collection()\nassert kept.count() == 0\n"
        'with pytest.raises(ValueError, match="empty"):\n    kept.add("   ")',
        "maximum": "kept = Collection()\nfor number in range(MAX_ENTRIES):\n    kept.add(f'entry {number}')\n"
        'with pytest.raises(ValueError, match="at most"):\n    kept.add("one too many")\n'
        f"assert MAX_ENTRIES == {kept.maximum}",
        "quantity": start
        + f"kept.set_quantity({one!r}, 3)\nassert kept.entry({one!r}).quantity == 3",
        "open": start + f"kept.complete({one!r})\nassert kept.open_names() == [{two!r}]",
    }
    return tuple(Check(index, kind, bodies[kind]) for kind, index in kept.asks)
