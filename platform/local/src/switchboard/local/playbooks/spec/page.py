"""The specification page in Markdown, for developers, testers and the code agent."""

from collections.abc import Iterable, Sequence

from switchboard.local.playbooks.brief import Brief
from switchboard.local.playbooks.deck.wish import wish_of
from switchboard.local.playbooks.language import language_of
from switchboard.local.playbooks.prose import link, plain_in_markdown, shortened
from switchboard.local.playbooks.spec.earlier import decided_elsewhere
from switchboard.local.playbooks.spec.requirements import Requirement, Specification
from switchboard.local.playbooks.spec.tasks import tasks_of

MAX_STANDARDS = 20
MAX_LINE = 300


def title_of(specification: Specification) -> str:
    """The title of the page."""
    return f"Specification: {specification.story.title}"


def content(specification: Specification, brief: Brief, *, stale: bool) -> str:
    """The whole page, without its title."""
    sections = (
        ("Summary", _summary(specification, brief, stale=stale)),
        ("Requirements", _requirements(specification.requirements)),
        ("Design notes", _design(specification, brief)),
        ("Earlier decisions", _earlier(brief)),
        ("Task breakdown", _tasks(specification)),
        ("Open questions", _listed(map(_text, specification.questions)) or "None."),
        ("Source", _source(brief)),
    )
    return "\n\n".join(f"## {heading}\n\n{text}" for heading, text in sections if text)


def _text(value: str) -> str:
    return plain_in_markdown(shortened(value, MAX_LINE))


def _listed(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _summary(specification: Specification, brief: Brief, *, stale: bool) -> str:
    story = specification.story
    wish = wish_of(story.body, language_of(story.text))
    said = [
        f"{len(specification.requirements)} requirements for {_story(brief)}."
        if len(specification.requirements) > 1
        else f"One requirement for {_story(brief)}."
    ]
    if wish:
        said.append(f"In the story's words: {_text(wish.sentence)}.")
    prototype = brief.fact("prototype_url")
    if prototype:
        said.append(f"People can click through {link('the prototype', prototype)}.")
    if stale:
        said.append(
            "The page of the story has changed, or could not be read, since the specification was "
            "asked for; this follows its text at that moment."
        )
    return "\n\n".join(said)


def _story(brief: Brief) -> str:
    url, title = brief.fact("notion_page_url"), brief.story.title
    return f"the story {link(title, url)}" if url else f"the story **{_text(title)}**"


def _requirements(requirements: Sequence[Requirement]) -> str:
    return "\n\n".join(_requirement(item) for item in requirements)


def _requirement(item: Requirement) -> str:
    """The criterion is the requirement: words of its own would only move away from it."""
    checked = "; ".join(_text(case) for case in item.cases)
    lines = [
        f"### {item.name}",
        "",
        plain_in_markdown(item.text),
        "",
        f"- From: acceptance criterion {item.number}, word for word",
        f"- Checked by: {checked or 'open, see the questions below'}",
    ]
    if item.module:
        lines.append(f"- Served by: the module `{item.module}`")
    return "\n".join(lines)


def _design(specification: Specification, brief: Brief) -> str:
    notes = [
        f"The module `{part.module}` {part.summary}. It offers "
        f"{', '.join(f'`{name}`' for name in part.names)}."
        for part in specification.parts
    ]
    notes += [_text(text) for part in specification.parts for text in part.assumptions]
    rest = specification.without_pattern
    if rest:
        names = ", ".join(item.name for item in rest)
        whose = "its" if len(rest) == 1 else "their"
        notes.append(f"No known pattern serves {names}: {whose} design is open.")
    seen = [item.name for item in specification.requirements if item.is_seen and item.module]
    if seen:
        notes.append(
            f"{', '.join(seen)} {'speaks' if len(seen) == 1 else 'speak'} of what people see: the "
            "modules hold the rule, a page or route shows it."
        )
    frameworks = brief.facts.get("framework_preferences")
    if isinstance(frameworks, list) and frameworks:
        notes.append(f"Frameworks of the project: {', '.join(_text(str(f)) for f in frameworks)}.")
    standards = [line.strip(" -*\t") for line in brief.fact("coding_standards").splitlines()]
    kept = [_text(line) for line in standards if line][:MAX_STANDARDS]
    text = _listed(notes) or "The story asks for nothing that has a known pattern."
    return f"{text}\n\nStandards of the project:\n\n{_listed(kept)}" if kept else text


def _earlier(brief: Brief) -> str:
    """What memory knows of other pages; what they are worth here is for people to say."""
    told = decided_elsewhere(brief)
    if not told:
        return ""
    lines = _listed(f"{_text(text)}{_of_page(brief, page)}" for page, text in told)
    return f"Earlier specifications of the project have settled:\n\n{lines}"


def _of_page(brief: Brief, page: str) -> str:
    """Pages of one workspace differ in their ids only, whatever the title in the address says."""
    url, own = brief.fact("notion_page_url"), brief.fact("notion_page_id").replace("-", "").lower()
    return f" ({link('page', url.replace(own, page))})" if own and own in url else ""


def _tasks(specification: Specification) -> str:
    lines = []
    for task in tasks_of(specification):
        after = f" After {task.after}." if task.after else ""
        serves = f" ({task.serves})" if task.serves else ""
        lines.append(f"**{task.name}** {task.text}{serves}.{after}")
    return _listed(lines)


def _source(brief: Brief) -> str:
    model = f"Model: {brief.model_note} (`{brief.fact('model_id', 'unknown')}`)."
    note = (
        " It restates what the story says and adds nothing to it."
        if brief.model_note == "offline playbook"
        else ""
    )
    return f"Notion page `{brief.fact('notion_page_id', 'unknown')}`. {model}{note}"
