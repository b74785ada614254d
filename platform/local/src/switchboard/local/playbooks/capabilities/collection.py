"""Things people keep: a to-do list, a cart, favourites. Add, remove, tick off, count."""

import re
from dataclasses import dataclass

from switchboard.local.playbooks.part import Check, Part
from switchboard.local.playbooks.quantities import quantities
from switchboard.local.playbooks.story import Story, slug
from switchboard.local.playbooks.template import filled
from switchboard.local.playbooks.words import kinds, words

_THING = words("collection", "thing")
_SHOP = re.compile(r"cart|basket|warenkorb|panier|carrito|shopping|einkauf|compras", re.IGNORECASE)
_LIKED = re.compile(r"favou?r|wish|bookmark|merk|lesezeichen|deseos|watch|playlist", re.IGNORECASE)

_SOME = re.compile(
    r"\b(?:open|remaining|done|completed|unread|finished|offene\w*|erledigte\w*)\b", re.IGNORECASE
)
"""Words for a part of the entries; all of them are counted here."""


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
        for kind, pattern in kinds("collection").items()
        if pattern.search(text) and not (kind == "count" and _SOME.search(text))
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
    adds_up = any(
        re.search(r"quantit|menge|cantidad|increas", text, re.I) for text in story.criteria
    )
    noun = slug(thing[0]).rstrip("s") or "item"
    return Collection(noun, limits[0] if limits else None, adds_up, tuple(asks), _samples(story))


def _samples(story: Story) -> tuple[str, str, str]:
    """Three things such a list may hold."""
    if _SHOP.search(story.asked):
        return ("Oak desk", "Desk lamp", "Notebook")
    if _LIKED.search(story.asked):
        return ("Invisible Cities", "Solaris", "Middlemarch")
    return ("Write the agenda", "Call the supplier", "Book the room")


def part(story: Story, kept: Collection) -> Part:
    """The module with the collection, and its tests."""
    source = filled(
        "collection.py.tmpl",
        {
            "title": story.short_title,
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
    names = f"assert kept.names() == [{one!r}, {two!r}]"
    bodies = {
        "add": (names,),
        "remove": (f"kept.remove({one!r})", f"assert kept.names() == [{two!r}]"),
        "done": (
            f"kept.complete({one!r})",
            f"assert kept.entry({one!r}).done",
            f"assert not kept.entry({two!r}).done",
        ),
        "twice": (f"kept.add({one!r})", names, f"assert kept.entry({one!r}).quantity == 2"),
        "rename": (
            f"kept.rename({one!r}, 'Something else')",
            f"assert kept.names() == ['Something else', {two!r}]",
        ),
        "count": ("assert kept.count() == 2",),
        "empty": (
            "assert Collection().count() == 0",
            'with pytest.raises(ValueError, match="empty"):',
            '    kept.add("   ")',
        ),
        "maximum": (
            f"assert MAX_ENTRIES == {kept.maximum}",
            "for number in range(MAX_ENTRIES - kept.count()):",
            '    kept.add(f"entry {number}")',
            'with pytest.raises(ValueError, match="at most"):',
            '    kept.add("one too many")',
        ),
        "quantity": (
            f"kept.set_quantity({one!r}, 3)",
            f"assert kept.entry({one!r}).quantity == 3",
        ),
        "open": (f"kept.complete({one!r})", f"assert kept.open_names() == [{two!r}]"),
    }
    return tuple(Check(index, kind, start + "\n".join(bodies[kind])) for kind, index in kept.asks)
