"""The insight agent: a report counts when it rests on the feedback and quotes what was said."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from switchboard.agents.definition import definition_of
from switchboard.agents.insight.agent import inputs
from switchboard.agents.memory import Call, MemoryBus, MemoryToolBox
from switchboard.agents.payload import RunRequest
from switchboard.agents.prompt import system_prompt
from switchboard.agents.run import RunAgent
from switchboard.events.catalogue import parse_event

Runs = Callable[..., RunAgent]
Requests = Callable[..., RunRequest]
SESSION = "inv-01JD2Q3R4S5T6V7W8X9Y0ZABCD-0a1b2c3d"
STORY = "22222222-2222-4222-8222-222222222222"
DATABASE = "44444444-4444-4444-8444-444444444444"
SOURCE = "55555555-5555-4555-8555-555555555555"
FURTHER = "66666666-6666-4666-8666-666666666666"
REPORT = "https://www.notion.so/report"
SAID = "The search is *far* too slow,\non my phone."
INTERVIEW = "Anna told us that she gives up after two tries."


@pytest.fixture
def tools() -> MemoryToolBox:
    """A feedback database of twelve rows, an interview, and the story itself."""
    pages = {
        DATABASE: {"object": "database", "id": DATABASE, "data_sources": [{"id": SOURCE}]},
        FURTHER: {"object": "page", "id": FURTHER, "content_markdown": INTERVIEW},
        STORY: {"object": "page", "id": STORY, "content_markdown": "Nobody said this."},
    }
    return MemoryToolBox(
        {
            "notion___notion-fetch": lambda a: pages[a["id"]],
            "notion___notion-query-data-sources": lambda a: {
                "results": [{"Open Feedback": SAID, "n": 12}],
                "has_more": False,
                "data_sources": [{"url": url, "rows": 12} for url in a["data"]["data_source_urls"]],
            },
            "notion___notion-create-pages": lambda _: {
                "pages": [{"id": "r", "url": REPORT, "title": "Report", "parent_page_id": STORY}]
            },
        }
    )


@pytest.fixture
def insight_request(request_of: Requests) -> RunRequest:
    """A run for a story whose page names the feedback database."""
    properties = {"Feedback Database": f"https://www.notion.so/{DATABASE}", "Status": "x"}
    story = {"title": "Find products", "properties": properties, "content_markdown": ""}
    return request_of(agent_type="insight", story=story)


FETCHES = [Call("notion___notion-fetch", {"id": item}) for item in (DATABASE, FURTHER, STORY)]
QUERY = Call(
    "notion___notion-query-data-sources",
    {"data": {"data_source_urls": [f"collection://{SOURCE}"], "query": "SELECT 1"}},
)


def _report(content: str) -> list[Call]:
    page = {"properties": {"title": "Report"}, "content": content}
    metadata = {
        "page_id": "r",
        "parent_page_id": STORY,
        "feedback_database_id": DATABASE,
        "response_count": 99,
    }
    artifact = {"type": "insight_report", "url": REPORT, "title": "Report", "metadata": metadata}
    return [
        Call("notion___notion-create-pages", {"parent": {"page_id": STORY}, "pages": [page]}),
        Call("InsightOutput", {"status": "completed", "summary": "S.", "artifacts": [artifact]}),
    ]


def test_the_report_and_the_number_of_responses_are_read_off_the_tools(
    run: Runs, insight_request: RunRequest, bus: MemoryBus, cancel: threading.Event
) -> None:
    turns = [*FETCHES, QUERY, *_report("Mean 3.1\n\n> “The search is \\*far\\* too slow, on my”")]

    run(turns, "insight")(insight_request, SESSION, cancel)

    [event] = bus.events
    [artifact] = parse_event("AgentRunCompleted.v1", event.detail()).data.artifacts
    assert (artifact.type, artifact.url, artifact.title) == ("insight_report", REPORT, "Report")
    assert artifact.metadata == {
        "page_id": "r",
        "parent_page_id": STORY,
        "feedback_database_id": DATABASE,
        "response_count": 12,
    }


@pytest.mark.parametrize(
    "quote",
    ["“The search is quick”", "Nobody said this.", "“The search is far too slow”", "12"],
    ids=["invented", "words of the story", "changed", "a number is nobody's words"],
)
def test_a_quote_that_nobody_said_fails_the_run(
    run: Runs, insight_request: RunRequest, bus: MemoryBus, cancel: threading.Event, quote: str
) -> None:
    run([*FETCHES, QUERY, *_report(f"> {quote}")], "insight")(insight_request, SESSION, cancel)

    data = bus.events[0].data
    assert data.error.code == "AGENT_ERROR"
    assert "quotes what nobody said" in data.error.message
    assert quote in data.error.message
    assert [artifact.url for artifact in data.artifacts] == [REPORT]


def test_further_sources_may_be_quoted(
    run: Runs, insight_request: RunRequest, bus: MemoryBus, cancel: threading.Event
) -> None:
    turns = [*FETCHES, QUERY, *_report("> “she gives up after two tries…”")]

    run(turns, "insight")(insight_request, SESSION, cancel)

    assert bus.events[0].detail_type == "AgentRunCompleted.v1"


def test_a_report_without_a_query_of_the_feedback_fails_the_run(
    run: Runs, insight_request: RunRequest, bus: MemoryBus, cancel: threading.Event
) -> None:
    elsewhere = {"data_source_urls": [f"collection://{FURTHER}"], "query": "SELECT 1"}
    query = Call("notion___notion-query-data-sources", {"data": elsewhere})

    run([*FETCHES, query, *_report("Fine.")], "insight")(insight_request, SESSION, cancel)

    assert "does not rest on a query" in bus.events[0].data.error.message


def test_without_a_feedback_database_the_run_fails_before_the_model_is_asked(
    run: Runs, request_of: Requests, bus: MemoryBus, cancel: threading.Event
) -> None:
    run([lambda _: pytest.fail("asked")], "insight")(
        request_of(agent_type="insight"), SESSION, cancel
    )

    error = bus.events[0].data.error
    assert "no feedback database" in error.message
    assert "Generate Demo Deck" in error.remediation
    assert bus.events[0].data.usage.turns == 0


def test_further_sources_come_from_the_parent_and_the_page_each_once(request_of: Requests) -> None:
    notes = "77777777-7777-4777-8777-777777777777"
    properties = {
        "Related Sources": f"https://www.notion.so/Notes-{notes.replace('-', '')}?v={FURTHER}, "
        f"{notes} and {STORY} and {DATABASE}",
        "Feedback Database": DATABASE,
    }
    spec = {"page_id": FURTHER, "parent_page_id": STORY, "page_type": "spec"}
    artifacts = [
        {"type": "notion_page", "url": "https://n/spec", "title": "Spec", "metadata": spec},
        {"type": "prototype", "url": "https://p/x", "title": "P", "metadata": {}},
    ]
    request = request_of(
        agent_type="insight",
        story={"title": "T", "properties": properties},
        parent={"parent_invocation_id": "P", "artifacts": artifacts},
    )

    given = inputs(request)

    assert given["feedback_database"]["id"] == DATABASE
    assert [item.replace("-", "") for item in given["related_sources"]] == [
        FURTHER.replace("-", ""),
        notes.replace("-", ""),
    ]


def test_a_relation_names_further_sources_too(request_of: Requests) -> None:
    properties = {"related sources": [FURTHER, STORY], "Feedback Database": DATABASE}

    request = request_of(agent_type="insight", story={"title": "T", "properties": properties})

    assert inputs(request)["related_sources"] == [FURTHER]


def test_the_prompt_says_that_feedback_is_data_and_numbers_come_from_queries(
    insight_request: RunRequest,
) -> None:
    text: Any = system_prompt(definition_of("insight"), insight_request)

    assert text.startswith("You are Switchboard's insight agent.")
    assert "never followed" in text
    assert "Never count, average or estimate in your head" in text
