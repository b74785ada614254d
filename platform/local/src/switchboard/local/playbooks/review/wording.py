"""The words of a review: verdict, criteria with their reasons, suggestions, what was not read."""

from collections.abc import Sequence
from dataclasses import dataclass

from switchboard.local.playbooks.brief import Brief
from switchboard.local.playbooks.pull_request import inline
from switchboard.local.playbooks.review.findings import Finding
from switchboard.local.playbooks.review.judging import Change, Judgement

MAX_SUGGESTIONS = 5
MAX_COMMENTS = 20
MAX_UNREAD = 20


@dataclass(frozen=True)
class Remark:
    """A comment on a line."""

    path: str
    line: int
    body: str


@dataclass(frozen=True)
class Review:
    """Everything that was found out about a pull request."""

    number: int
    change: Change
    judgements: tuple[Judgement, ...]
    findings: tuple[Finding, ...]
    checks: str = ""
    """What the checks of the repository say, when there are any."""
    notes: tuple[str, ...] = ()
    """What else people should know, e.g. that the story's page could not be read."""

    @property
    def unmet(self) -> list[Judgement]:
        """The criteria that are not met."""
        return [item for item in self.judgements if not item.met]

    @property
    def defects(self) -> list[Finding]:
        """The findings that must not be merged."""
        return [item for item in self.findings if item.is_defect]

    @property
    def verdict(self) -> str:
        """PASS when every criterion is met and nothing is a defect."""
        return "FAIL" if self.unmet or self.defects else "PASS"

    @property
    def suggestions(self) -> list[str]:
        """What would make it better, the most useful first."""
        found = [
            f"Criterion {number}: {item.remark} (`{item.case.place}`)."
            for number, item in enumerate(self.judgements, 1)
            if item.remark and item.case
        ]
        found += [f"{item.advice} (`{item.place}`)" for item in self.findings if not item.is_defect]
        return found[:MAX_SUGGESTIONS]

    @property
    def not_read(self) -> list[str]:
        """The files that could not be read, or not in full, with the reason."""
        return [f"{file.path}: {file.note}" for file in self.change.unread]

    @property
    def remarks(self) -> list[Remark]:
        """The comments on lines, the most serious first; one on a line."""
        found = [
            Remark(item.path, item.line, f"**Defect.** {item.message} {item.advice}")
            for item in self.defects
        ]
        found += [
            Remark(item.case.path, item.case.line, f"**Not met.** {_about(number, item)}")
            for number, item in enumerate(self.judgements, 1)
            if not item.met and item.case
        ]
        found += [
            Remark(item.path, item.line, f"{item.message} {item.advice}")
            for item in self.findings
            if not item.is_defect
        ]
        found += [
            Remark(item.case.path, item.case.line, _upper(f"{item.remark}."))
            for item in self.judgements
            if item.remark and item.case
        ]
        return _one_each(found)[:MAX_COMMENTS]


def _about(number: int, item: Judgement) -> str:
    return f'Criterion {number}, "{inline(item.criterion)}": {item.reason}.'


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _one_each(remarks: Sequence[Remark]) -> list[Remark]:
    """Remarks on the same line in one comment."""
    found: dict[tuple[str, int], str] = {}
    for item in remarks:
        said = found.get((item.path, item.line))
        if said is None or item.body not in said:
            found[item.path, item.line] = f"{said}\n\n{item.body}" if said else item.body
    return [Remark(path, line, body) for (path, line), body in found.items()]


def body(review: Review, brief: Brief, homeless: Sequence[Remark] = ()) -> str:
    """The text of the review; `homeless` are remarks whose line GitHub has refused."""
    sections = [
        ("Acceptance criteria", _criteria(review)),
        ("Suggestions", _listed(review.suggestions)),
        ("Not read", _not_read(review)),
        ("Source", _source(review, brief)),
    ]
    if review.defects:
        sections.insert(1, ("Defects", _listed([_defect(item) for item in review.defects])))
    if homeless:
        texts = [f"`{item.path}:{item.line}`: {item.body}" for item in homeless]
        sections.insert(1, ("Remarks without a line", _listed(texts)))
    parts = [f"**Verdict: {review.verdict}**\n\n{why(review)}", *review.notes]
    parts += [f"### {heading}\n\n{text}" for heading, text in sections]
    return "\n\n".join(parts)


def why(review: Review) -> str:
    """The verdict in a sentence."""
    total, met = len(review.judgements), len(review.judgements) - len(review.unmet)
    text = f"{met} of {total} acceptance criteria are met"
    if not review.unmet:
        one = total == 1
        text = "The one acceptance criterion is met" if one else f"All {total} criteria are met"
    if review.defects:
        count = len(review.defects)
        text += f", and there {'is' if count == 1 else 'are'} {_count(count, 'defect')}"
    else:
        text += ", and no defect was found in the lines that were read"
    return f"{text}."


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _criteria(review: Review) -> str:
    return "\n".join(
        f"{number}. **{'Met' if item.met else 'Not met'}:** {inline(item.criterion)}\n"
        f"   - {_upper(item.reason)}"
        for number, item in enumerate(review.judgements, 1)
    )


def _defect(item: Finding) -> str:
    return f"{item.message} {item.advice} (`{item.place}`)"


def _listed(texts: Sequence[str]) -> str:
    return "\n".join(f"- {text}" for text in texts) or "None."


def _not_read(review: Review) -> str:
    total, unread = len(review.change.files), review.change.unread
    if not unread:
        return "Everything was read."
    lines = [f"`{file.path}`: {inline(file.note)}" for file in unread[:MAX_UNREAD]]
    if len(unread) > MAX_UNREAD:
        lines.append(f"and {len(unread) - MAX_UNREAD} more")
    whole = total - len(unread)
    return (
        f"{whole} of {total} changed files were read in full; these were not:\n\n{_listed(lines)}"
    )


def _source(review: Review, brief: Brief) -> str:
    link = brief.fact("notion_page_url")
    page = f"Notion page `{brief.fact('notion_page_id', 'unknown')}`"
    lines = [f"{page}: <{link}>" if link else page]
    if review.checks:
        lines.append(review.checks)
    lines.append(
        f"Model: {brief.model_note} (`{brief.fact('model_id', 'unknown')}`). It reads the diff: a "
        "criterion counts as met when a test names it, can fail, and uses code of this pull "
        "request. It has run nothing. People decide over the merge."
    )
    return "\n\n".join(lines)


def summary(review: Review, brief: Brief, comments: int) -> str:
    """Two or three sentences for the people on the page."""
    said = f"Verdict {review.verdict} for pull request #{review.number}: {_lower(why(review))}"
    if review.unmet:
        numbers = [str(i) for i, item in enumerate(review.judgements, 1) if not item.met]
        noun = "criterion" if len(numbers) == 1 else "criteria"
        said += f" Not met: {noun} {', '.join(numbers)}."
    posted = _count(comments, "line comment") if comments else "no line comments"
    said += f" The review is on the pull request, with {posted}."
    if review.change.unread:
        said += f" {_count(len(review.change.unread), 'file')} could not be read in full."
    return f"{said} Model: {brief.model_note}."


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
