"""The steps of the demo_deck agent: story, database, then the pages from the last to the first."""

from collections.abc import Callable, Generator, Mapping
from typing import Any

from switchboard.local.model.engine import Call, Context, Final, Result, Script, playbook
from switchboard.local.playbooks.answers import failed, give_up, in_trash, reason_of, value_of
from switchboard.local.playbooks.brief import Brief, read_brief
from switchboard.local.playbooks.deck.slides import Prototype, Slides

Steps = Generator[Any, Any, Final]
Made = Mapping[str, Any]


@playbook("demo_deck")
def demo_deck(ctx: Context) -> Script:
    """Read the story, make the feedback database, write the pages."""
    brief = read_brief(ctx.prompt)
    story_page = brief.fact("notion_page_id")
    page = yield Call("notion-fetch", {"id": story_page}, "I read the story.")
    source = _stories(page)
    if source is None:
        return give_up("Cannot make a deck for this page", _why_not(page))
    slides = Slides(brief.story, _prototype(brief), brief.model_note)
    database = yield Call(
        "notion-create-database",
        {
            "parent": {"page_id": story_page},
            "title": slides.title("database"),
            "properties": _properties(brief, source),
        },
        "I make the feedback database.",
    )
    if failed(database):
        return give_up("Cannot make the feedback database", reason_of(database))
    return (yield from _pages(brief, slides, value_of(database)))


def _stories(page: Result) -> str | None:
    """The data source of the stories, to which the feedback is related."""
    value = value_of(page)
    if failed(page) or in_trash(page):
        return None
    parent = value.get("parent")
    found = parent.get("data_source_id") if isinstance(parent, Mapping) else None
    return str(found) if found else None


def _why_not(page: Result) -> str:
    if failed(page):
        return reason_of(page)
    if in_trash(page):
        return "it has been deleted (it is in the trash). Restore it in Notion."
    return "it is no row of a database of stories, so feedback cannot be related to it."


def _prototype(brief: Brief) -> Prototype:
    known = brief.about("prototype")
    texts = {key: str(known.get(key) or "") for key in ("url", "title", "expires_at")}
    return Prototype(**texts)


def _properties(brief: Brief, source: str) -> dict[str, Any]:
    """The schema of the facts, its relations pointing to the stories."""
    schema: dict[str, Any] = dict(brief.about("feedback_properties"))
    for name, definition in schema.items():
        if "relation" in definition:
            relation = {**definition["relation"], "data_source_id": source}
            schema[name] = {**definition, "relation": relation}
    return schema


def _pages(brief: Brief, slides: Slides, database: Made) -> Steps:
    """From the last page to the first, so that each can link to the next."""
    address = str(database.get("url"))
    urls: dict[str, str] = {}
    writers: dict[str, Callable[[str], str]] = {
        "ask": lambda _: slides.ask(address),
        "prototype": slides.try_it,
        "solution": slides.solution,
        "problem": slides.problem,
        "deck": lambda _: slides.first(urls, address),
    }
    page: Made = {}
    for part, write in writers.items():
        made = yield _create(brief, slides.title(part), write(str(page.get("url"))))
        if failed(made):
            return give_up(f'Cannot write the page "{slides.title(part)}"', reason_of(made))
        page = value_of(made)["pages"][0]
        urls[part] = str(page["url"])
    return _done(brief, slides, database, page)


def _create(brief: Brief, title: str, content: str) -> Call:
    page = {"properties": {"title": title}, "content": content}
    parent = {"page_id": brief.fact("notion_page_id")}
    return Call("notion-create-pages", {"parent": parent, "pages": [page]}, f'I write "{title}".')


def _done(brief: Brief, slides: Slides, database: Made, deck: Made) -> Final:
    artifacts = [
        {
            "type": "notion_page",
            "url": str(deck["url"]),
            "title": slides.title("deck"),
            "metadata": {
                "page_id": str(deck["id"]),
                "parent_page_id": str(deck.get("parent_page_id")),
                "page_type": "demo_deck",
            },
        },
        {
            "type": "notion_database",
            "url": str(database["url"]),
            "title": slides.title("database"),
            "metadata": {"database_id": str(database["id"]), "record_count": 0},
        },
    ]
    summary = (
        "A demo deck for people who are no engineers: problem, solution, prototype and a call for "
        "feedback, with a first page that links to all of them. Answers go into the feedback "
        'database; when there are enough, set the status "Synthesize Feedback". '
        f"Model: {brief.model_note}."
    )
    structured = {"status": "completed", "summary": summary, "artifacts": artifacts}
    return Final(f"{summary}\n{deck['url']}", structured)
