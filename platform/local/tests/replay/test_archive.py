"""Which flows can be replayed, from what, and what is compared."""

from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace as Tale
from typing import Any

import pytest

from switchboard.local.replay.archive import archived, pages, refused_pages
from switchboard.local.replay.refusal import ReplayRefusedError

Event = dict[str, Any]
Make = Callable[..., Event]


def soon(tale: Tale) -> datetime:
    return tale.began + timedelta(minutes=1)  # type: ignore[no-any-return]


def test_a_story_is_replayed_from_the_change_of_its_status(tale: Tale, story: list[Event]) -> None:
    flow = archived(tale.flow, story, soon(tale))

    assert [event["detail-type"] for event in flow.published] == ["ContentChanged.v1"]
    assert flow.grown == story
    assert flow.left_out == []
    assert flow.seconds == 6


def test_the_page_is_as_the_request_saw_it(tale: Tale, story: list[Event]) -> None:
    (page,) = pages(archived(tale.flow, story, soon(tale)))

    assert (page.page_id, page.title) == (tale.page, "Discount codes")
    assert page.markdown == "As a shopper I want to enter a code."
    assert page.properties["Status"] == "Generate Code"


def test_a_story_that_the_flow_makes_itself_needs_no_page(
    tale: Tale, story: list[Event], make: Make
) -> None:
    made = make("StoryCreated.v1", "made", "changed", 0.5, notion_page_id=tale.page)

    flow = archived(tale.flow, [story[0], made, *story[1:]], soon(tale))

    assert pages(flow) == []


def test_what_a_person_did_later_is_left_out_with_all_that_grew_from_it(
    tale: Tale, story: list[Event], make: Make
) -> None:
    late = [
        make("TicketStatusChanged.v1", "by-ada", "her-request", 7),
        make("TicketCommented.v1", "told", "by-ada", 8),
    ]

    flow = archived(tale.flow, [*story, *late], soon(tale))

    assert flow.left_out == late
    assert flow.grown == story


def test_what_the_call_itself_said_is_published_again(
    tale: Tale, story: list[Event], make: Make
) -> None:
    over = make("CallEnded.v1", "over", "the-call", 0.2)

    flow = archived(tale.flow, [story[0], over, *story[1:]], soon(tale))

    assert [event["detail-type"] for event in flow.published] == [
        "ContentChanged.v1",
        "CallEnded.v1",
    ]


def test_an_effect_that_is_dated_before_its_cause_still_belongs_to_it(
    tale: Tale, story: list[Event], make: Make
) -> None:
    early = make("TicketCommented.v1", "early", "requested", 0.5)

    flow = archived(tale.flow, [story[0], early, *story[1:]], soon(tale))

    assert early in flow.grown


def test_an_unknown_flow_is_refused_with_where_to_find_one() -> None:
    with pytest.raises(ReplayRefusedError, match="nothing is known of 'nonsense'") as refused:
        archived("nonsense", [])

    assert "hatch run events tail" in refused.value.remedy


@pytest.mark.parametrize("missing", [1, 2])
def test_a_flow_that_still_runs_is_refused(tale: Tale, story: list[Event], missing: int) -> None:
    with pytest.raises(ReplayRefusedError, match="still running: invocation inv"):
        archived(tale.flow, story[:-missing], soon(tale))


def test_a_chain_between_two_steps_still_runs(tale: Tale, chain_in_between: list[Event]) -> None:
    with pytest.raises(ReplayRefusedError, match="still running: invocation inv-2"):
        archived(tale.flow, chain_in_between, soon(tale))


def test_a_flow_that_died_long_ago_can_be_replayed(tale: Tale, story: list[Event]) -> None:
    flow = archived(tale.flow, story[:-1], tale.began + timedelta(days=1))

    assert flow.grown == story[:-1]


def test_a_flow_without_a_beginning_that_anybody_acts_upon_is_refused(
    tale: Tale, story: list[Event]
) -> None:
    with pytest.raises(ReplayRefusedError, match="InvocationCompleted"):
        archived(tale.flow, story[2:], soon(tale))


def test_a_change_from_which_nothing_grew_is_refused(tale: Tale) -> None:
    with pytest.raises(ReplayRefusedError, match="asked for no work"):
        archived(tale.flow, [tale.changed()], soon(tale))


def test_a_first_event_that_breaks_its_contract_is_refused(tale: Tale, story: list[Event]) -> None:
    del story[0]["detail"]["data"]["page_id"]

    with pytest.raises(ReplayRefusedError, match="page_id"):
        archived(tale.flow, story, soon(tale))


def test_of_a_refused_request_the_archive_has_no_page(tale: Tale, make: Make) -> None:
    no = make(
        "TriggerRejected.v1",
        "no",
        "changed",
        1,
        notion_page_id=tale.page,
        trigger_value="Generate Code",
        code="STORY_EMPTY",
    )

    flow = archived(tale.flow, [tale.changed(), no], soon(tale))

    assert refused_pages(flow) == {tale.page: "Generate Code"}
    assert pages(flow) == []
