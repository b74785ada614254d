"""The demo_deck agent: a deck counts when it is whole, whatever the model says about it."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from switchboard.agents.definition import definition_of
from switchboard.agents.feedback import PROPERTIES, STORIES, faults, schema
from switchboard.agents.memory import Call, MemoryBus, MemoryToolBox
from switchboard.agents.payload import RunRequest
from switchboard.agents.prompt import task_prompt
from switchboard.agents.run import RunAgent
from switchboard.events.catalogue import parse_event

Runs = Callable[..., RunAgent]
Requests = Callable[..., RunRequest]
SESSION = "inv-01JD2Q3R4S5T6V7W8X9Y0ZABCD-0a1b2c3d"
STORY = "22222222-2222-4222-8222-222222222222"
PROTOTYPE = "https://d111.cloudfront.net/01JD/index.html"
DATABASE = "https://www.notion.so/database"
PARTS = ("ask", "prototype", "solution", "problem")


@pytest.fixture
def tools() -> MemoryToolBox:
    """Notion, where pages get the address of their title."""

    def create_pages(arguments: dict[str, Any]) -> dict[str, Any]:
        titles = [page["properties"]["title"] for page in arguments["pages"]]
        parent = arguments["parent"]["page_id"]
        return {
            "pages": [
                {"id": title, "url": _url(title), "title": title, "parent_page_id": parent}
                for title in titles
            ]
        }

    return MemoryToolBox(
        {
            "notion___notion-create-pages": create_pages,
            "notion___notion-create-database": lambda a: {
                "id": "db",
                "url": DATABASE,
                "title": a["title"],
            },
        }
    )


def _url(title: str) -> str:
    return f"https://www.notion.so/{title}"


@pytest.fixture
def deck_request(request_of: Requests) -> RunRequest:
    """A run for a story whose page names a prototype."""
    properties = {"Status": "Generate Demo Deck", "Prototype": PROTOTYPE}
    story = {"title": "Find products", "properties": properties, "content_markdown": ""}
    return request_of(agent_type="demo_deck", story=story)


def _page(title: str, *links: str) -> Call:
    content = "\n".join(f"[x]({link})" for link in links)
    page = {"properties": {"title": title}, "content": content}
    return Call("notion___notion-create-pages", {"parent": {"page_id": STORY}, "pages": [page]})


def _database(properties: dict[str, Any]) -> Call:
    arguments = {"parent": {"page_id": STORY}, "title": "Feedback", "properties": properties}
    return Call("notion___notion-create-database", arguments)


def _done() -> Call:
    artifacts = [
        {
            "type": "notion_page",
            "url": _url("deck"),
            "title": "Deck",
            "metadata": {"page_id": "deck", "parent_page_id": STORY},
        },
        {
            "type": "notion_database",
            "url": DATABASE,
            "title": "Feedback",
            "metadata": {"database_id": "db"},
        },
    ]
    answer = {"status": "completed", "summary": "A deck.", "artifacts": artifacts}
    return Call("DemoDeckOutput", answer)


def _whole_deck() -> dict[str, Call]:
    return {
        "database": _database(schema()),
        "ask": _page("ask", DATABASE),
        "prototype": _page("prototype", PROTOTYPE, _url("ask")),
        "solution": _page("solution", _url("prototype")),
        "problem": _page("problem", _url("solution")),
        "deck": _page("deck", PROTOTYPE, DATABASE, *map(_url, PARTS)),
    }


def test_the_deck_and_its_feedback_database_are_read_off_the_tools(
    run: Runs, deck_request: RunRequest, bus: MemoryBus, cancel: threading.Event
) -> None:
    run([*_whole_deck().values(), _done()], "demo_deck")(deck_request, SESSION, cancel)

    [event] = bus.events
    data = parse_event("AgentRunCompleted.v1", event.detail()).data
    deck, database = data.artifacts
    assert (deck.type, deck.url) == ("notion_page", _url("deck"))
    assert deck.metadata == {"page_id": "deck", "parent_page_id": STORY, "page_type": "demo_deck"}
    assert (database.type, database.url) == ("notion_database", DATABASE)
    assert database.metadata == {"database_id": "db", "record_count": 0}


@pytest.mark.parametrize(
    ("changed", "missing"),
    [
        ({"prototype": _page("prototype", _url("ask"))}, "no part links to the prototype"),
        ({"ask": _page("ask")}, "no part links to the feedback database"),
        (
            {"deck": _page("deck", DATABASE, *map(_url, PARTS))},
            "the first page does not link to the prototype",
        ),
        ({"database": _database({"Title": {"title": {}}})}, "Overall Rating is missing"),
    ],
)
def test_a_deck_that_is_not_whole_fails_the_run_and_says_what_is_missing(
    run: Runs,
    deck_request: RunRequest,
    bus: MemoryBus,
    cancel: threading.Event,
    changed: dict[str, Call],
    missing: str,
) -> None:
    turns = {**_whole_deck(), **changed}

    run([*turns.values(), _done()], "demo_deck")(deck_request, SESSION, cancel)

    data = bus.events[0].data
    assert data.error.code == "AGENT_ERROR"
    assert missing in data.error.message
    assert [artifact.type for artifact in data.artifacts] == ["notion_page", "notion_database"]


def test_pages_without_a_first_page_are_no_deck(
    run: Runs, deck_request: RunRequest, bus: MemoryBus, cancel: threading.Event
) -> None:
    turns = {**_whole_deck(), "deck": _page("deck", PROTOTYPE)}

    run([*turns.values(), _done()], "demo_deck")(deck_request, SESSION, cancel)

    assert bus.events[0].detail_type == "AgentRunFailed.v1"
    assert _url("deck") in bus.events[0].data.error.message


def test_without_a_prototype_the_run_fails_before_the_model_is_asked(
    run: Runs, request_of: Requests, bus: MemoryBus, cancel: threading.Event
) -> None:
    def never(_: Any) -> None:
        pytest.fail("the model was asked")

    run([never], "demo_deck")(request_of(agent_type="demo_deck"), SESSION, cancel)

    error = bus.events[0].data.error
    assert "no prototype" in error.message
    assert "Generate Prototype" in error.remediation
    assert bus.events[0].data.usage.turns == 0


def test_the_facts_hold_the_prototype_and_the_whole_schema(deck_request: RunRequest) -> None:
    task = task_prompt(definition_of("demo_deck"), deck_request, "m")

    assert PROTOTYPE in task
    for item in PROPERTIES:
        assert item.asks in task
    assert task.count(STORIES) == len(("Demo Deck", "User Story", "what to replace"))


@pytest.mark.requirement("DAT-09", "C")
def test_the_feedback_database_has_the_eleven_properties_with_their_types_and_ranges() -> None:
    made = schema()

    assert {name: definition["type"] for name, definition in made.items()} == {
        "Title": "title",
        "Respondent": "rich_text",
        "Demo Deck": "relation",
        "User Story": "relation",
        "Overall Rating": "number",
        "Clarity Rating": "number",
        "Desirability Rating": "number",
        "Open Feedback": "rich_text",
        "Would Use": "select",
        "Top Concern": "rich_text",
        "Submitted At": "date",
    }
    options = made["Would Use"]["select"]["options"]
    assert [option["name"] for option in options] == ["Yes", "No", "Maybe"]
    for name in ("Overall Rating", "Clarity Rating", "Desirability Rating"):
        assert "1 (" in made[name]["description"]
        assert "5 (" in made[name]["description"]


def test_what_a_database_lacks_to_be_one_for_feedback_is_named() -> None:
    given = {**schema(), "Overall Rating": {"rich_text": {}}, "Mood": {"select": {}}}
    del given["Top Concern"]

    assert faults(given) == [
        "Mood is no property of it",
        "Overall Rating is missing or is not of type number",
        "Top Concern is missing or is not of type rich_text",
    ]
    assert faults(schema()) == []
