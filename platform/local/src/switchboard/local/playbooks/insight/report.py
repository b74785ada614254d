"""The report in Markdown. Everything people wrote is escaped; quotes stand letter for letter."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from switchboard.local.playbooks.insight.findings import NOTABLE, Counted, Findings
from switchboard.local.playbooks.insight.recommendations import recommendations
from switchboard.local.playbooks.insight.sources import Source
from switchboard.local.playbooks.insight.themes import (
    Quote,
    Theme,
    Told,
    sentences,
)
from switchboard.local.playbooks.prose import link, plain_in_markdown, shortened

BAR = 24
"""Characters of the longest bar."""
MAX_PERIODS = 12
LONG_DAYS, DAYS_OF_A_WEEK = 21, 7
MAX_CONCERNS = 6
MAX_VOICES = 3


@dataclass(frozen=True)
class Report:
    """Everything a report says."""

    findings: Findings
    themes: Sequence[Theme]
    told: Sequence[Told]
    sources: Sequence[Source]
    database: tuple[str, str]
    """Title and address of the feedback database."""
    enough: int
    model_note: str

    @property
    def is_thin(self) -> bool:
        """Whether the responses are too few to decide by."""
        return self.findings.responses < self.enough

    def markdown(self) -> str:
        """The page."""
        parts = [
            ("", self._opening()),
            ("In short", self._short()),
            ("Ratings", self._ratings()),
            ("Would people use it?", self._would_use()),
            ("Over time", self._over_time()),
            ("Main concerns", self._concerns()),
            ("Themes", self._themes()),
            ("Recommendations", self._recommendations()),
            ("Further sources", self._sources()),
            ("How this was made", self._made()),
        ]
        blocks = [f"## {name}\n\n{text}" if name else text for name, text in parts if text]
        return "\n\n".join(blocks) + "\n"

    def _opening(self) -> str:
        found = self.findings
        days = f", from {found.days[0]} to {found.days[1]}" if found.days else ""
        about = f"{_count(found.responses, 'response')} in {link(*self.database)}{days}."
        if not self.is_thin:
            return about
        return (
            "**The data are too thin to decide by.** Take what follows as first impressions, "
            f"not as a result.\n\n{about}"
        )

    def headlines(self) -> list[str]:
        """The findings that matter, in a sentence each."""
        found, lines = self.findings, []
        if overall := found.rating("Overall Rating"):
            lines.append(
                f"Overall rating: **{overall.mean:.1f} of 5** ({_count(overall.n, 'rating')})."
            )
        if found.would_use:
            lines.append(
                f"**{found.share('Yes'):.0%}** would use it, {found.share('No'):.0%} would not "
                f"({_count(sum(item.n for item in found.would_use), 'answer')})."
            )
        if self.themes:
            theme = max(self.themes, key=lambda item: item.n)
            lines.append(
                f"Most mentioned: **{theme.label}** ({_count(theme.n, 'response')}"
                f"{_rated(theme.mean)})."
            )
        return lines

    def _short(self) -> str:
        concerns = [item for item in self.findings.concerns[:1] if item.n > 1]
        main = [
            f"Main concern: {_words(item)} ({_count(item.n, 'response')})." for item in concerns
        ]
        return _bullets([*self.headlines(), *main])

    def _ratings(self) -> str:
        if not self.findings.ratings:
            return "Nobody gave a rating from 1 to 5."
        rows = [f"| {r.name} | {r.n:,} | {r.mean:.1f} |" for r in self.findings.ratings]
        table = "\n".join(["| Rating | Answers | Mean |", "| --- | --- | --- |", *rows])
        bars = "\n\n".join(
            "\n".join([item.name, *_bars([(str(v), item.distribution.get(v, 0)) for v in _SCALE])])
            for item in self.findings.ratings
        )
        return f"{table}\n\n```text\n{bars}\n```"

    def _would_use(self) -> str:
        found = self.findings.would_use
        if not found:
            return "Nobody answered this question."
        known = {item.name: item.n for item in found}
        names = dict.fromkeys((*_USE, *known))
        lines = _bars([(_in_a_fence(name), known.get(name, 0)) for name in names])
        return "```text\n" + "\n".join(lines) + "\n```"

    def _over_time(self) -> str:
        periods = self.findings.periods
        if not periods:
            return "No response has a date, so nothing can be said about a trend."
        rows = [
            f"| {item.name} | {item.n:,} | {'' if item.mean is None else f'{item.mean:.1f}'} |"
            for item in periods[-MAX_PERIODS:]
        ]
        heads = f"| {self._period()} | Responses | Mean overall rating |"
        older = (
            f" The table shows the last {MAX_PERIODS} of {len(periods)}."
            if len(periods) > MAX_PERIODS
            else ""
        )
        return "\n".join([f"{self._trend()}{older}\n", heads, "| --- | --- | --- |", *rows])

    def _period(self) -> str:
        """What a row of the table is."""
        names = [item.name for item in self.findings.periods]
        if len(names[0]) == len("2026-11"):
            return "Month"
        days = [date.fromisoformat(name) for name in names]
        is_long = (days[-1] - days[0]).days > LONG_DAYS - DAYS_OF_A_WEEK
        return "Week from" if is_long and all(day.weekday() == 0 for day in days) else "Day"

    def _trend(self) -> str:
        change = self.findings.trend
        if change is None or self.is_thin:
            return "There are too few ratings to speak of a trend."
        if abs(change) < NOTABLE:
            return "The overall rating stays about the same."
        way = "rises" if change > 0 else "falls"
        return f"The overall rating {way}: {change:+.1f} from the earlier to the later half."

    def _concerns(self) -> str:
        shown = self.findings.concerns[:MAX_CONCERNS]
        if not shown:
            return "Nobody named a concern."
        return _bullets(
            [f"{_words(item)}: {_count(item.n, 'response')}{_rated(item.mean)}" for item in shown]
        )

    def _themes(self) -> str:
        if not self.themes:
            return self._voices()
        return "\n\n".join(self._theme(theme) for theme in self.themes)

    def _theme(self, theme: Theme) -> str:
        share = f"{theme.n / self.findings.responses:.0%} of all" if self.findings.responses else ""
        lines = [
            f"### {theme.label}",
            f"{_count(theme.n, 'response')} ({share}){_rated(theme.mean)}.",
            *[_quote(item) for item in theme.quotes],
        ]
        return "\n\n".join(lines)

    def _voices(self) -> str:
        """Without themes: what single people said."""
        if not self.told:
            return "Nobody wrote a text."
        quotes = [
            _quote(Quote((sentences(item.texts[0]) or [item.texts[0]])[0], item))
            for item in self.told[:MAX_VOICES]
        ]
        return "\n\n".join(["No theme is shared by several people. Single voices:", *quotes])

    def _recommendations(self) -> str:
        found = recommendations(self.findings, self.themes, self.enough)
        return "\n".join(
            f"{number}. **{item.what}.** {item.why}" for number, item in enumerate(found, start=1)
        )

    def _sources(self) -> str:
        return _bullets([source.line(self.themes) for source in self.sources])

    def _made(self) -> str:
        found = self.findings
        lines = [
            f"Counted with queries over all {_count(found.rows, 'row')} of {link(*self.database)}.",
        ]
        if found.rows > found.responses:
            lines.append(
                f"{_count(found.rows - found.responses, 'row')} without any answer left out."
            )
        if found.outside:
            lines.append(f"{_count(found.outside, 'rating')} outside 1 to 5 left out.")
        if found.texts > len(self.told) > 0:
            lines.append(
                f"Themes were looked for in {len(self.told):,} different texts, spread over time, "
                f"and counted in all {found.texts:,}."
            )
        lines += [
            "A theme is a word that several people use; what it means is for people to judge.",
            "Quotes are parts of what people wrote, letter for letter and without names.",
            f"Written by Switchboard's insight agent ({self.model_note}).",
        ]
        return _bullets(lines)


_SCALE = (5, 4, 3, 2, 1)
_USE = ("Yes", "Maybe", "No")
_WOULD = {"Yes": "would use it", "Maybe": "might use it", "No": "would not use it"}


def _bars(values: Sequence[tuple[str, int]]) -> list[str]:
    """A line for each value: name, bar, number and share."""
    total, most = sum(n for _, n in values), max((n for _, n in values), default=0)
    width = max(len(name) for name, _ in values)
    return [
        f"{name:<{width}}  {'█' * round(BAR * n / most) if most else '':<{BAR}} "
        f"{n:>6,}  {n / total if total else 0:>4.0%}"
        for name, n in values
    ]


def _in_a_fence(name: str) -> str:
    """Somebody's word in a block of code, which no backtick may end."""
    return shortened(name.replace("`", "'"), 40)


def _words(item: Counted) -> str:
    return f"“{plain_in_markdown(shortened(item.name, 160))}”"


def _quote(item: Quote) -> str:
    """The line with the quote holds nothing else: it is checked letter for letter."""
    rated = f"rated {item.by.rating:g} of 5" if item.by.rating is not None else ""
    known = item.by.would_use
    use = _WOULD.get(known, f"would use it: {plain_in_markdown(known)}" if known else "")
    who = ", ".join(part for part in (rated, use) if part)
    lead = f"*{who[:1].upper()}{who[1:]}:*\n\n" if who else ""
    return f"{lead}> “{plain_in_markdown(item.text)}”"


def _rated(mean: float | None) -> str:
    return "" if mean is None else f", rating {mean:.1f} on average"


def _count(n: int, what: str) -> str:
    return f"{n:,} {what}{'' if n == 1 else 's'}"


def _bullets(items: Sequence[str]) -> str:
    return "\n".join(f"- {item}" for item in items)
