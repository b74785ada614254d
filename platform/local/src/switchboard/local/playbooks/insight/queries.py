"""The questions put to a feedback database, in SQL: every number of a report is counted there.

SQLite's dialect, with the names of the remote Notion MCP server's SQL mode (tables are data source
URLs, a date is `date:<property>:start`). The statements are `templates/feedback/*.sql`; what people
wrote is never pasted into one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from switchboard.local.playbooks.template import filled

RATINGS = ("Overall Rating", "Clarity Rating", "Desirability Rating")
SAMPLE = 200
"""Most texts that are read."""
LONGEST_TEXT = 400
_SEPARATORS = "\n\t(),.;:!?/-\"'"


@dataclass(frozen=True)
class Table:
    """A feedback database: its URL and the types of its properties; any of them may be missing."""

    url: str
    kinds: Mapping[str, str]

    def answers(self) -> str:
        """The statement that gives the columns plain names."""
        overall, clarity, desirability = (self._rating(name) for name in RATINGS)
        return filled(
            "feedback/answers.sql",
            {
                "overall": overall,
                "clarity": clarity,
                "desirability": desirability,
                "would_use": self._text("Would Use"),
                "concern": self._text("Top Concern"),
                "said": self._text("Open Feedback"),
                "day": self._day(),
                "outside": " + ".join(self._outside(name) for name in RATINGS),
                "table": _quoted(self.url),
            },
        ).rstrip()

    def _text(self, name: str) -> str:
        return f"trim(COALESCE({_quoted(name)}, ''))" if name in self.kinds else "''"

    def _rating(self, name: str) -> str:
        """A rating on the scale; NULL for anything else."""
        column = _quoted(name)
        return f"CASE WHEN {column} BETWEEN 1 AND 5 THEN {column} END" if self._is(name) else "NULL"

    def _outside(self, name: str) -> str:
        column = _quoted(name)
        return f"({column} IS NOT NULL AND {column} NOT BETWEEN 1 AND 5)" if self._is(name) else "0"

    def _is(self, name: str) -> bool:
        return self.kinds.get(name) == "number"

    def _day(self) -> str:
        dated = self.kinds.get("Submitted At") == "date"
        return 'date("date:Submitted At:start")' if dated else "NULL"


def statistics(table: Table) -> str:
    """One statement for all counts: rows of (part, name, value, n, mean)."""
    return filled("feedback/statistics.sql", {"answers": table.answers()})


def texts(table: Table) -> str:
    """What people wrote, spread evenly over time when there is much of it."""
    sizes = {"sample": str(SAMPLE), "longest": str(LONGEST_TEXT)}
    return filled("feedback/texts.sql", {"answers": table.answers(), **sizes})


def mentions(table: Table, themes: Sequence[Sequence[str]]) -> tuple[str, list[str]]:
    """How many responses hold a word that begins with one of a theme's stems, and their rating."""
    params: list[str] = []
    parts: list[str] = []
    for number, stems in enumerate(themes):
        # LIKE ignores the case of ASCII letters only
        forms = [form for stem in stems for form in dict.fromkeys((stem, stem.title()))]
        params += [f"% {form}%" for form in forms]
        either = " OR ".join("words LIKE ?" for _ in forms)
        parts.append(filled("feedback/mention.sql", {"number": str(number), "either": either}))
    values = {
        "answers": table.answers(),
        "words": _spaced("said", "concern"),
        "themes": "UNION ALL ".join(parts),
    }
    return filled("feedback/mentions.sql", values), params


def _spaced(*columns: str) -> str:
    """The texts with a space before each word."""
    text = " || ' ' || ".join(("''", *columns))
    for sign in _SEPARATORS:
        text = f"replace({text}, '{sign * 2 if sign == chr(39) else sign}', ' ')"
    return text


def everything(url: str, most: int) -> str:
    """Some rows of another database."""
    return filled("feedback/rows.sql", {"table": _quoted(url), "most": str(most)})


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
