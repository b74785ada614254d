"""Realistic rows for a list of anything, in the columns the story names."""

import re
from collections.abc import Sequence

_ORDERS = ("Oak desk", "Desk lamp", "Office chair", "Monitor arm", "Notebook stand", "Standing mat")
_PEOPLE = (
    "Ada Lovelace",
    "Grace Hopper",
    "Alan Turing",
    "Katherine Johnson",
    "Linus Pauling",
    "Mary Jackson",
)
_TITLES = ("Prepare quarterly report", "Call the supplier", "Review pull request", "Book meeting room",
           "Update price list", "Write release notes")  # fmt: skip
_BOOKS = (
    "The Left Hand of Darkness",
    "Invisible Cities",
    "Middlemarch",
    "Kindred",
    "Solaris",
    "Beloved",
)
_RECIPES = (
    "Lentil soup",
    "Mushroom risotto",
    "Apple crumble",
    "Shakshuka",
    "Potato gratin",
    "Ramen",
)
_EVENTS = (
    "Open day",
    "Product launch",
    "Summer party",
    "Security training",
    "Town hall",
    "Hack week",
)
_JOBS = (
    "Backend engineer",
    "Product designer",
    "Data analyst",
    "Site manager",
    "Support lead",
    "Recruiter",
)
_BY_NOUN = (
    (r"person|people|customer|user|employee|member|contact|client|kund|mitarbeit|patient|student|"
     r"utilisateur|usuario|empleado|cliente|team", _PEOPLE),
    (r"task|todo|to-do|ticket|issue|aufgabe|t[âa]che|tarea|note|request|bug|story", _TITLES),
    (r"book|buch|b[üu]cher|livre|libro|article|artikel|document|dokument|post", _BOOKS),
    (r"recipe|rezept|recette|receta|meal|dish", _RECIPES),
    (r"event|termin|appointment|booking|meeting|course|kurs|veranstalt|[ée]v[ée]nement|evento", _EVENTS),
    (r"job|position|vacanc|stelle|emploi|empleo|candidate|applicant", _JOBS),
)  # fmt: skip
_COLUMNS = (
    (r"price|cost|amount|total|preis|betrag|prix|montant|precio|importe|revenue|salary|umsatz",
     ("129.00", "34.50", "249.90", "89.00", "19.95", "45.00")),
    (r"date|created|due|datum|day|fecha|deadline|updated|time|frist|termin",
     ("2026-01-12", "2026-03-04", "2026-02-18", "2026-05-30", "2026-04-09", "2026-06-21")),
    (r"status|state|zustand|statut|estado|phase",
     ("open", "in progress", "done", "open", "done", "in progress")),
    (r"priority|priorität|priorit|prioridad", ("high", "low", "medium", "high", "low", "medium")),
    (r"rating|stars|score|bewertung|note|puntu", ("4.5", "3.9", "4.8", "4.1", "2.7", "4.9")),
    (r"quantity|stock|count|menge|anzahl|bestand|quantit|cantidad|number|nummer|size|hours|stunden",
     ("12", "3", "40", "7", "0", "25")),
    (r"city|location|ort|stadt|ville|ciudad|place|region|office|standort",
     ("Berlin", "Lyon", "Madrid", "Leeds", "Berlin", "Lyon")),
    (r"country|land|pays|pa[ií]s", ("Germany", "France", "Spain", "Ireland", "Germany", "France")),
    (r"category|kategorie|cat[ée]gorie|categor[ií]a|type|typ|tag|group|department|abteilung|genre|art",
     ("Furniture", "Lighting", "Furniture", "Accessories", "Accessories", "Lighting")),
    (r"mail|courriel|correo", ("ada@example.com", "grace@example.com", "alan@example.com",
                               "katherine@example.com", "linus@example.com", "mary@example.com")),
    (r"phone|telefon|tel", ("+1 555 555 0100", "+1 555 555 0101", "+1 555 555 0102",
                            "+1 555 555 0103", "+1 555 555 0104", "+1 555 555 0105")),
    (r"author|autor|auteur|customer|kunde|client|owner|assignee|user|person|employee|reviewer|buyer",
     _PEOPLE),
)  # fmt: skip
NUMERIC = re.compile(
    r"price|cost|amount|total|preis|betrag|prix|montant|precio|importe|revenue|salary|rating|stars|"
    r"score|quantity|stock|count|menge|anzahl|bestand|quantit|cantidad|hours|stunden|umsatz",
    re.IGNORECASE,
)


def column(name: str, topic: str) -> tuple[str, ...]:
    """Six values for a column of a list of `topic`."""
    if re.search(
        r"name|title|titel|titre|t[ií]tulo|nombre|nom\b|subject|product|produkt|item", name
    ):
        return names_of(topic)
    for pattern, values in _COLUMNS:
        if re.search(pattern, name, re.IGNORECASE):
            return values
    return tuple(f"{name.replace('_', ' ')} {letter}" for letter in "ABCABC")


def names_of(topic: str) -> tuple[str, ...]:
    """Six names of things of a kind; furniture when the kind is not known."""
    for pattern, values in _BY_NOUN:
        if re.search(rf"\b(?:{pattern})", topic, re.IGNORECASE):
            return values
    return _ORDERS


def rows(columns: Sequence[str], topic: str) -> list[dict[str, str]]:
    """Six rows with these columns."""
    values = [column(name, topic) for name in columns]
    return [dict(zip(columns, row, strict=True)) for row in zip(*values, strict=True)]
