"""The steps of the spec agent: story, then one page below it."""

from collections.abc import Mapping
from typing import Any

from switchboard.local.model.engine import Call, Context, Final, Result, Script, playbook
from switchboard.local.playbooks.answers import failed, give_up, in_trash, reason_of, value_of
from switchboard.local.playbooks.brief import Brief, read_brief
from switchboard.local.playbooks.spec.earlier import decisions
from switchboard.local.playbooks.spec.page import content, title_of
from switchboard.local.playbooks.spec.requirements import Specification, specification_of
from switchboard.local.playbooks.spec.tasks import tasks_of


@playbook("spec")
def spec(ctx: Context) -> Script:
    """Read the story, write the specification below it."""
    brief = read_brief(ctx.prompt)
    page = yield Call("notion-fetch", {"id": brief.fact("notion_page_id")}, "I read the story.")
    if in_trash(page):
        return give_up("The story was deleted", "its page is in the trash. Restore it in Notion.")
    if not brief.story.body.strip() and not brief.heading.get("acceptance_criteria"):
        return give_up(
            "There is nothing to specify",
            "the page has a title and no text. Write down what is wanted, best as a list under "
            '"Acceptance criteria".',
        )
    specification = specification_of(
        brief.story, listed=bool(brief.heading.get("acceptance_criteria"))
    )
    written = {
        "properties": {"title": title_of(specification)},
        "content": content(specification, brief, stale=brief.is_stale(page)),
    }
    parent = {"page_id": brief.fact("notion_page_id")}
    made: Result = yield Call(
        "notion-create-pages", {"parent": parent, "pages": [written]}, "I write the page."
    )
    if failed(made):
        return give_up("Cannot write the specification", reason_of(made))
    return _done(brief, specification, value_of(made)["pages"][0])


def _done(brief: Brief, specification: Specification, page: Mapping[str, Any]) -> Final:
    artifact = {
        "type": "notion_page",
        "url": str(page["url"]),
        "title": title_of(specification),
        "metadata": {
            "page_id": str(page["id"]),
            "parent_page_id": str(page.get("parent_page_id")),
            "page_type": "spec",
        },
    }
    summary = _summary(brief, specification)
    structured = {
        "status": "completed",
        "summary": summary,
        "artifacts": [artifact],
        "decisions": decisions(specification),
    }
    return Final(f"{summary}\n{artifact['url']}", structured)


def _summary(brief: Brief, specification: Specification) -> str:
    requirements = _count(len(specification.requirements), "requirement")
    tasks = _count(len(tasks_of(specification)), "task")
    asked = len(specification.questions)
    verb = "is" if asked == 1 else "are"
    open_now = f"{_count(asked, 'question')} {verb} open" if asked else "no question is open"
    return (
        f"A specification with {requirements} and {tasks}; {open_now}. Each requirement is an "
        "acceptance criterion of the story, word for word, with the cases a test needs. "
        f"Model: {brief.model_note}."
    )


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
