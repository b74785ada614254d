"""What a change of a page leads to, and the reason when it leads to nothing."""

import hashlib
from typing import Any

import pytest

from switchboard.events.catalogue import parse_event
from switchboard.ingress.adapters.memory import MemoryJournal
from switchboard.ingress.domain.explain_page import ExplainPage
from switchboard.ingress.domain.request_invocation import INLINE_BYTES, MAX_BODY_BYTES
from switchboard.ingress.domain.triggers import COMPLETION_VALUES, DEFAULT_TRIGGERS


def requested(world: Any) -> Any:
    (event,) = world.events("InvocationRequested.v1")
    return event


def rejected(world: Any) -> Any:
    (event,) = world.events("TriggerRejected.v1")
    return event.data


@pytest.mark.requirement("ING-04", "U")
@pytest.mark.requirement("ING-06", "U")
def test_a_trigger_status_of_a_story_asks_for_its_agent(board: Any) -> None:
    outcome = board.follow()

    data = requested(board).data
    assert outcome.code == "INVOCATION_REQUESTED"
    assert (data.agent_type, data.trigger_value) == ("code", "Generate Code")
    assert data.project_id == "proj-demo"
    assert outcome.invocation_id == data.invocation_id


@pytest.mark.requirement("ING-10", "C")
def test_the_request_carries_what_the_contract_asks_for(board: Any, make: Any) -> None:
    board.follow()

    event = requested(board)
    again = parse_event("InvocationRequested.v1", event.detail())
    data = again.data
    assert again.source == "switchboard.ingress"
    assert len(data.invocation_id) == 26
    assert data.workspace_id == make.workspace
    assert data.notion_page_id == make.page
    assert data.origin == "webhook"
    assert data.requested_by == [make.person]
    assert data.page_snapshot.title == "Preview the dashboard"
    assert again.metadata.project_id == "proj-demo"
    assert again.metadata.correlation_id == data.invocation_id


@pytest.mark.requirement("ING-05", "U")
@pytest.mark.parametrize("changed", [["st%3A"], ["st:"], ["Status"], ["na%3A", "st%3A"], []])
def test_status_is_found_by_id_by_name_or_without_either(board: Any, changed: list[str]) -> None:
    assert board.follow(changed_property_ids=changed).code == "INVOCATION_REQUESTED"


@pytest.mark.requirement("ING-05", "U")
def test_a_renamed_status_property_is_found_by_its_id(board: Any, make: Any) -> None:
    story = make.story()
    story["properties"]["Stage"] = story["properties"].pop("Status")
    board.show(story)

    assert board.follow(changed_property_ids=["st%3A"]).code == "INVOCATION_REQUESTED"


@pytest.mark.requirement("ING-05", "U")
def test_a_change_of_other_properties_starts_nothing_while_the_status_stands(board: Any) -> None:
    outcome = board.follow(changed_property_ids=["na%3A", "ac%3A"])

    assert outcome.code == "STATUS_UNCHANGED"
    assert board.events("InvocationRequested.v1") == []


@pytest.mark.requirement("ING-04", "U")
@pytest.mark.requirement("ING-05", "U")
def test_the_status_is_the_one_of_the_page_as_it_is_now(board: Any, make: Any) -> None:
    board.show(make.story("Generate Prototype"))

    board.follow()

    assert requested(board).data.agent_type == "mock"


@pytest.mark.requirement("ING-07", "U")
@pytest.mark.parametrize(
    ("status", "agent_type"),
    [
        ("Generate Code", "code"),
        ("Generate Prototype", "mock"),
        ("Generate Demo Deck", "demo_deck"),
        ("Synthesize Feedback", "insight"),
        ("Generate Spec", "spec"),
        ("Review Code", "review"),
        ("Generate A/B Variants", "a_b_test"),
    ],
)
def test_a_project_without_triggers_has_the_default_ones(
    board: Any, make: Any, status: str, agent_type: str
) -> None:
    board.show(make.story(status))

    board.follow()

    assert requested(board).data.agent_type == agent_type


def test_the_default_triggers_are_seven_and_none_is_a_completion_value() -> None:
    assert len(DEFAULT_TRIGGERS) == 7
    assert set(COMPLETION_VALUES) == set(DEFAULT_TRIGGERS.values())
    assert not set(COMPLETION_VALUES.values()) & set(DEFAULT_TRIGGERS)


@pytest.mark.requirement("ING-06", "U")
def test_the_project_s_own_triggers_replace_the_default_ones(board: Any, make: Any) -> None:
    board.configure(Triggers=make.rich("Build it = code\nShow it = mock"))
    board.show(make.story("Show it"))

    assert board.follow().code == "INVOCATION_REQUESTED"
    assert requested(board).data.agent_type == "mock"
    board.show(make.story("Generate Code"))
    assert board.follow().code == "UNKNOWN_TRIGGER"


@pytest.mark.parametrize("parent", ["data source", "database"])
def test_a_story_is_found_by_its_data_source_or_its_database(
    board: Any, make: Any, parent: str
) -> None:
    ids = {
        "data source": {"type": "data_source_id", "data_source_id": make.stories},
        "database": {"type": "database_id", "database_id": make.stories_database},
    }
    board.show(make.story(parent=ids[parent]))

    assert board.follow().code == "INVOCATION_REQUESTED"


@pytest.mark.requirement("ING-08", "U")
@pytest.mark.parametrize("status", ["In Review", "Code Generated", None])
def test_a_status_without_a_trigger_starts_nothing_and_leaves_a_reason(
    board: Any, make: Any, status: str | None
) -> None:
    board.show(make.story(status))
    published = len(board.table.outbox)

    board.follow()

    (reason,) = ExplainPage(MemoryJournal(board.table))(make.page)
    assert reason.code == "UNKNOWN_TRIGGER"
    assert "Generate Code" in reason.remediation
    assert len(board.table.outbox) == published


def test_reasons_come_newest_first_and_no_more_than_asked_for(board: Any, make: Any) -> None:
    explain = ExplainPage(MemoryJournal(board.table))
    board.follow(changed_property_ids=["na%3A"])
    board.follow()
    board.show(make.story("Done"))
    board.follow()

    codes = [item.code for item in explain(make.page.replace("-", ""))]
    assert codes == ["UNKNOWN_TRIGGER", "INVOCATION_REQUESTED", "STATUS_UNCHANGED"]
    assert [item.code for item in explain(make.page, limit=1)] == ["UNKNOWN_TRIGGER"]


def test_our_own_write_is_dropped_without_reading_the_page(board: Any, make: Any) -> None:
    reads = board.pages.reads

    assert board.follow(authors=[make.bot]).code == "OWN_ECHO"
    assert board.pages.reads == reads
    assert board.events("InvocationRequested.v1") == []


def test_an_aggregated_change_of_a_person_and_our_bot_is_followed(board: Any, make: Any) -> None:
    assert board.follow(authors=[make.bot, make.person]).code == "INVOCATION_REQUESTED"
    assert requested(board).data.requested_by == [make.person]


@pytest.mark.requirement("ING-09", "U")
def test_title_properties_and_body_are_in_the_snapshot(board: Any, make: Any) -> None:
    board.follow()

    snapshot = requested(board).data.page_snapshot
    assert snapshot.title == "Preview the dashboard"
    assert snapshot.content_markdown == "As a PM I see a preview."
    assert snapshot.content_ref is None
    assert snapshot.properties == {
        "Name": "Preview the dashboard",
        "Status": "Generate Code",
        "Acceptance Criteria": "It opens in a second",
        "Assignee": {"people": [{"id": make.person, "name": "Ada"}]},
    }


@pytest.mark.requirement("ING-09", "U")
def test_a_large_body_lies_in_the_bucket_and_the_event_has_key_and_hash(
    board: Any, make: Any
) -> None:
    text = "é" * (INLINE_BYTES // 2 + 1)
    board.show(make.story(), text)

    board.follow()

    snapshot = requested(board).data.page_snapshot
    assert snapshot.content_markdown is None
    assert board.bodies.objects == {snapshot.content_ref.key: text}
    assert snapshot.content_ref.key.startswith(f"snapshots/{requested(board).data.invocation_id}")
    assert snapshot.content_ref.sha256 == hashlib.sha256(text.encode()).hexdigest()
    assert snapshot.content_ref.size_bytes == len(text.encode())


@pytest.mark.requirement("ING-09", "U")
def test_a_body_at_the_limit_still_travels_in_the_event(board: Any, make: Any) -> None:
    board.show(make.story(), "x" * INLINE_BYTES)

    board.follow()

    assert requested(board).data.page_snapshot.content_ref is None


def test_a_body_above_a_million_bytes_is_refused(board: Any, make: Any) -> None:
    board.show(make.story(), "x" * (MAX_BODY_BYTES + 1))

    assert board.follow().code == "STORY_TOO_LARGE"
    assert rejected(board).code == "STORY_TOO_LARGE"
    assert board.bodies.objects == {}


def test_properties_that_fit_no_event_are_refused(board: Any, make: Any) -> None:
    story = make.story()
    story["properties"]["Notes"] = {"id": "no", **make.rich("x" * 200_000)}
    board.show(story)

    assert board.follow().code == "STORY_TOO_LARGE"


def test_a_story_without_text_is_refused_and_its_author_is_told(board: Any, make: Any) -> None:
    story = make.story()
    story["properties"]["Acceptance Criteria"] = {"id": "ac", **make.rich("  ")}
    board.show(story, " \n")

    assert board.follow().code == "STORY_EMPTY"
    told = rejected(board)
    assert (told.code, told.trigger_value) == ("STORY_EMPTY", "Generate Code")
    assert told.requested_by == [make.person]
    assert told.remediation


def test_acceptance_criteria_alone_are_text_enough(board: Any, make: Any) -> None:
    board.show(make.story(), "")

    assert board.follow().code == "INVOCATION_REQUESTED"


def test_a_trigger_outside_every_project_is_refused_visibly(world: Any, make: Any) -> None:
    world.show(make.story())

    assert world.follow().code == "UNKNOWN_PROJECT"
    assert rejected(world).code == "UNKNOWN_PROJECT"


def test_other_pages_outside_every_project_are_left_in_peace(world: Any, make: Any) -> None:
    world.show(make.story("Shopping"))

    assert world.follow().code == "NOT_A_STORY"
    assert world.table.outbox == []


@pytest.mark.parametrize("trashed", [True, False])
def test_a_page_that_is_gone_leaves_a_reason_and_is_not_tried_again(
    board: Any, make: Any, trashed: bool
) -> None:
    if trashed:
        board.show(make.story(in_trash=True))
    else:
        del board.pages.pages[make.page]

    assert board.follow().code == "PAGE_NOT_FOUND"
    assert board.events("InvocationRequested.v1") == []


def test_a_page_cut_by_notion_is_said_so(board: Any, make: Any) -> None:
    body = board.pages.bodies[make.page]
    board.pages.bodies[make.page] = type(body)(body.markdown, truncated=True)

    assert "left out" in board.follow().text
