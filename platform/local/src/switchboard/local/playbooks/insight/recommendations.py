"""What to do next, by priority, each with the numbers that speak for it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from switchboard.local.playbooks.insight.findings import NOTABLE, Findings
from switchboard.local.playbooks.insight.themes import Theme
from switchboard.local.playbooks.prose import plain_in_markdown, shortened

MAX_RECOMMENDATIONS = 5
LOW, HIGH = 3.0, 4.0
CLEAR = 3.5
MOST = 0.6
FEW = 3
"""Fewer voices than this are named as such."""


@dataclass(frozen=True)
class Recommendation:
    """Something to do, and why."""

    what: str
    why: str


def recommendations(
    findings: Findings, themes: Sequence[Theme], enough: int
) -> list[Recommendation]:
    """At most five; with too few responses only that more people should be asked."""
    if findings.responses < enough:
        many = "1 person has" if findings.responses == 1 else f"{findings.responses} people have"
        why = f"{many} answered so far. Below {enough} answers one voice can turn every result."
        return [Recommendation("Ask more people before you decide anything", why)]
    found = [
        *_need(findings),
        *_concern(findings),
        *_weak(findings, themes),
        *_clarity(findings),
        *_strong(findings, themes),
        *_go_on(findings),
    ]
    return found[:MAX_RECOMMENDATIONS] or [_nothing(findings)]


def _need(findings: Findings) -> Iterator[Recommendation]:
    wanted = findings.rating("Desirability Rating")
    if wanted and wanted.mean < LOW:
        why = f"Desirability is {wanted.mean:.1f} of 5 ({_count(wanted.n, 'rating')})."
        yield Recommendation("Find out whether people need this at all, before more is built", why)
    yes, no = findings.users("Yes"), findings.users("No")
    if no > yes:
        why = f"{no:,} would not use it, {yes:,} would."
        yield Recommendation("Ask those who would not use it what they do instead", why)


def _concern(findings: Findings) -> Iterator[Recommendation]:
    if findings.concerns and findings.concerns[0].n > 1:
        concern = findings.concerns[0]
        name = plain_in_markdown(shortened(concern.name, 120))
        rated = f", rating {concern.mean:.1f} on average" if concern.mean is not None else ""
        why = f"It is the most frequent main concern ({_count(concern.n, 'response')}{rated})."
        yield Recommendation(f"Answer the concern “{name}”", why)


def _weak(findings: Findings, themes: Sequence[Theme]) -> Iterator[Recommendation]:
    usual = findings.overall
    for theme in sorted(themes, key=lambda theme: -theme.n * _gap(theme, usual)):
        if theme.mean is not None and usual is not None and _gap(theme, usual) >= NOTABLE:
            why = _mentioned(theme, findings, usual)
            yield Recommendation(f"Work on what people say about “{theme.label}”", why)


def _strong(findings: Findings, themes: Sequence[Theme]) -> Iterator[Recommendation]:
    usual = findings.overall
    for theme in themes:
        if theme.mean is not None and usual is not None and -_gap(theme, usual) >= NOTABLE:
            why = _mentioned(theme, findings, usual)
            yield Recommendation(f"Keep what people like about “{theme.label}”", why)


def _gap(theme: Theme, usual: float | None) -> float:
    """How much worse than usual those rate who mention the theme."""
    return 0.0 if theme.mean is None or usual is None else usual - theme.mean


def _mentioned(theme: Theme, findings: Findings, usual: float) -> str:
    share = theme.n / findings.responses
    few = "Only " if theme.n < FEW else ""
    return (
        f"{few}{_count(theme.n, 'response')} ({share:.0%}) mention it and rate {theme.mean:.1f} "
        f"on average; all together rate {usual:.1f}."
    )


def _clarity(findings: Findings) -> Iterator[Recommendation]:
    clear = findings.rating("Clarity Rating")
    if clear and clear.mean < CLEAR:
        why = f"Clarity is {clear.mean:.1f} of 5 ({_count(clear.n, 'rating')})."
        yield Recommendation("Explain the problem and the solution more simply", why)


def _go_on(findings: Findings) -> Iterator[Recommendation]:
    share = findings.share("Yes")
    if findings.overall is not None and findings.overall >= HIGH and share >= MOST:
        why = f"{share:.0%} would use it, and the overall rating is {findings.overall:.1f} of 5."
        yield Recommendation("Go on with it", why)


def _nothing(findings: Findings) -> Recommendation:
    maybe = findings.users("Maybe")
    if maybe:
        why = f"Nothing else stands out, and {maybe:,} answered Maybe."
        return Recommendation("Ask those who are undecided what they miss", why)
    return Recommendation("Ask more precise questions", "Nothing stands out in these answers.")


def _count(n: int, what: str) -> str:
    return f"{n:,} {what}{'' if n == 1 else 's'}"
