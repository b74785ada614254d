"""What the delivery half does is written back to the ticket, in whatever order it is told."""

import itertools
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from switchboard.events.values import Artifact
from switchboard.itsm_mock.domain.lifecycle import spoken_status
from switchboard.itsm_mock.domain.model import State

CALL = "5f0a3c52-8c1d-4f5e-9a77-2b1f4d3c6e10"
URL = "https://github.example/acme/shop/pull/12"
EVERY = 17
"""Of the 720 orders of six events, one in so many is tried."""
IN_REVIEW = (State.ON_HOLD, "fix_in_review")


@pytest.fixture
def ticket_id(desk: Any, make: Any) -> str:
    """A ticket whose story is known."""
    opened: str = desk.ticket(contact_id=CALL).ticket_id
    assert desk.receive(make.story(opened))
    return opened


def standing(desk: Any, ticket_id: str) -> tuple[State, str | None]:
    ticket = desk.now(ticket_id)
    return ticket.state, ticket.hold_reason


def test_a_story_is_noted_inside_and_the_caller_hears_that_engineering_has_it(
    desk: Any, ticket_id: str
) -> None:
    (note,) = desk.texts(ticket_id, "work_note")
    assert "https://notion.example/story" in note
    assert desk.texts(ticket_id, "comment") == ["Engineering has your report now."]
    assert desk.now(ticket_id).latest_comment.author == "delivery"
    assert desk.now(ticket_id).state is State.NEW


def test_what_is_told_because_of_an_event_stays_in_the_flow_and_names_its_cause(
    desk: Any, make: Any, ticket_id: str
) -> None:
    started = make.started()
    desk.receive(started)

    moved = desk.told("TicketStatusChanged.v1")[-1].metadata
    assert (moved.correlation_id, moved.causation_id) == (CALL, started.metadata.id)
    assert moved.project_id == "proj-demo"


def test_work_that_starts_puts_the_ticket_in_progress(desk: Any, make: Any, ticket_id: str) -> None:
    desk.receive(make.started())

    assert standing(desk, ticket_id) == (State.IN_PROGRESS, None)
    assert desk.told("TicketStatusChanged.v1")[-1].data.changed_by == "delivery"


def test_a_pull_request_is_a_fix_in_review(
    desk: Any, make: Any, clock: Any, ticket_id: str
) -> None:
    desk.receive(make.started(), make.completed(clock.tick(minutes=2)))

    assert standing(desk, ticket_id) == IN_REVIEW
    assert spoken_status(desk.now(ticket_id)) == "A fix is ready and in review."
    assert desk.told("TicketStatusChanged.v1")[-1].data.spoken == "A fix is ready and in review."
    assert URL in desk.texts(ticket_id, "comment")[-1]


def test_a_draft_that_leaves_criteria_open_is_shown_and_called_no_fix(
    desk: Any, make: Any, clock: Any, ticket_id: str
) -> None:
    made = [Artifact(type="pull_request", url=URL, title="x", metadata={"criteria_open": 1})]

    desk.receive(make.started(), make.completed(clock.tick(minutes=2), output_artifacts=made))

    assert standing(desk, ticket_id) == (State.IN_PROGRESS, None)
    said = desk.texts(ticket_id, "comment")[-1]
    assert said == f"Engineering has a first draft. It is no fix yet: {URL}"


def test_anything_else_that_was_made_is_shown_and_moves_nothing(
    desk: Any, make: Any, clock: Any, ticket_id: str
) -> None:
    made = [Artifact(type="prototype", url="https://proto.example/1/", title="A clickable page")]

    desk.receive(make.started(), make.completed(clock.tick(minutes=2), output_artifacts=made))

    assert standing(desk, ticket_id) == (State.IN_PROGRESS, None)
    said = desk.texts(ticket_id, "comment")[-1]
    assert said == "Engineering made something for this: A clickable page: https://proto.example/1/"


def test_a_step_that_made_nothing_to_open_is_still_told(
    desk: Any, make: Any, ticket_id: str
) -> None:
    desk.receive(make.completed(output_artifacts=[]))

    assert desk.texts(ticket_id, "comment")[-1] == "Engineering has finished a step on this."


@pytest.mark.parametrize("kind", ["failed", "cancelled"])
def test_work_that_ends_without_a_result_stays_with_engineering_in_plain_words(
    desk: Any, make: Any, clock: Any, ticket_id: str, kind: str
) -> None:
    event = getattr(make, kind)(clock.tick(minutes=2))

    desk.receive(make.started(), event)

    assert standing(desk, ticket_id) == (State.IN_PROGRESS, None)
    assert desk.texts(ticket_id, "comment")[-1].endswith("It stays with engineering.")
    assert f"agent {kind}" in desk.texts(ticket_id, "work_note")[-1]
    assert "AGENT_ERROR" not in "".join(desk.texts(ticket_id, "comment"))


def test_a_failure_before_any_start_leaves_the_ticket_with_engineering_as_well(
    desk: Any, make: Any, ticket_id: str
) -> None:
    desk.receive(make.failed())

    assert standing(desk, ticket_id) == (State.IN_PROGRESS, None)


def test_a_result_that_did_not_reach_the_page_is_for_people_inside(
    desk: Any, make: Any, ticket_id: str
) -> None:
    told = len(desk.tickets.outbox)

    desk.receive(make.not_delivered())

    assert "DELIVERY_FAILED" in desk.texts(ticket_id, "work_note")[-1]
    assert len(desk.tickets.outbox) == told


def test_an_event_that_comes_twice_is_followed_once(desk: Any, make: Any, ticket_id: str) -> None:
    events = [make.started(), make.completed()]
    desk.receive(*events)
    before = (desk.now(ticket_id), len(desk.tickets.outbox))

    assert desk.receive(*events, *events)

    assert (desk.now(ticket_id), len(desk.tickets.outbox)) == before


def test_a_late_start_after_the_completion_changes_nothing(
    desk: Any, make: Any, clock: Any, ticket_id: str
) -> None:
    start = make.started()
    desk.receive(make.completed(clock.tick(minutes=2)))
    told = len(desk.tickets.outbox)

    desk.receive(start)

    assert standing(desk, ticket_id) == IN_REVIEW
    assert len(desk.tickets.outbox) == told


def test_a_new_attempt_at_a_fix_takes_the_ticket_out_of_review(
    desk: Any, make: Any, clock: Any, ticket_id: str
) -> None:
    desk.receive(make.completed(clock.tick(minutes=2)))

    desk.receive(make.started(clock.tick(minutes=2), invocation_id="01AGAIN"))

    assert standing(desk, ticket_id) == (State.IN_PROGRESS, None)


def test_a_chains_next_step_leaves_the_fix_in_review(
    desk: Any, make: Any, clock: Any, ticket_id: str
) -> None:
    desk.receive(make.completed(clock.tick(minutes=2)))
    step = {"agent_type": "review", "parent_invocation_id": "01INVOCATION"}
    said = desk.texts(ticket_id, "comment")

    desk.receive(make.started(clock.tick(minutes=1), **step))
    desk.receive(make.failed(clock.tick(minutes=1), **step))

    assert standing(desk, ticket_id) == IN_REVIEW
    assert desk.texts(ticket_id, "comment") == said


def test_whatever_the_order_the_ticket_ends_up_where_the_newest_event_put_it(
    new_desk: Callable[[], Any], make: Any, clock: Any
) -> None:
    begin = clock()
    step = {"agent_type": "review", "parent_invocation_id": "01INVOCATION"}
    events = [
        make.started(begin + timedelta(minutes=1)),
        make.failed(begin + timedelta(minutes=2)),
        make.started(begin + timedelta(minutes=3), invocation_id="01AGAIN"),
        make.completed(begin + timedelta(minutes=4), invocation_id="01AGAIN"),
        make.started(begin + timedelta(minutes=5), **step),
        make.completed(begin + timedelta(minutes=6), output_artifacts=[], **step),
    ]

    ends = set()
    for order in itertools.islice(itertools.permutations(events), 0, None, EVERY):
        desk = new_desk()
        ticket_id = desk.ticket(contact_id=CALL).ticket_id
        desk.receive(make.story(ticket_id), *order)
        ends.add((*standing(desk, ticket_id), URL in " ".join(desk.texts(ticket_id, "comment"))))

    assert ends == {(*IN_REVIEW, True)}


def test_what_a_person_has_ended_stays_ended(
    desk: Any, make: Any, clock: Any, ticket_id: str
) -> None:
    desk.solve(ticket_id)

    desk.receive(make.completed(clock.tick(minutes=2)))

    assert desk.now(ticket_id).state is State.RESOLVED
    assert URL in desk.texts(ticket_id, "comment")[-1]


def test_work_told_before_its_story_comes_again_later(desk: Any, make: Any) -> None:
    ticket_id = desk.ticket(contact_id=CALL).ticket_id
    completed = make.completed()

    assert not desk.receive(completed)
    assert desk.hidden == [30]
    desk.receive(make.story(ticket_id))

    assert desk.receive(completed)
    assert standing(desk, ticket_id) == IN_REVIEW


def test_work_on_pages_that_are_no_ticket_is_none_of_ours(desk: Any, make: Any) -> None:
    other = {"flow": "another-flow", "notion_page_id": "another-page"}

    assert desk.receive(
        make.started(**other),
        make.completed(**other),
        make.failed(**other),
        make.cancelled(**other),
    )

    assert (desk.tickets.outbox, desk.tickets.claims) == ([], {})


def test_a_page_is_known_with_and_without_its_dashes(desk: Any, make: Any, ticket_id: str) -> None:
    desk.receive(make.started(notion_page_id="3F2B6C1E8A4D4A539B1E0C5D7F6A8E21"))

    assert desk.now(ticket_id).state is State.IN_PROGRESS


def test_a_story_of_a_ticket_nobody_opened_is_left_to_people(desk: Any, make: Any) -> None:
    assert not desk.receive(make.story("INC0000021"))
