"""The read model is the same whatever order the events of a ticket come in."""

from collections.abc import Callable
from itertools import permutations
from typing import Any

import pytest

from switchboard.events.envelope import Event

Make = Callable[..., Event[Any]]
CALLER, TICKET = "+15555550100", "INC0000013"
CONTACT = "5f0a3c52-8c1d-4f5e-9a77-2b1f4d3c6e10"


def test_late_doubled_and_reordered_events_lead_to_the_same_ticket(
    request: pytest.FixtureRequest, opened: Make, moved: Make, commented: Make
) -> None:
    house_type = type(request.getfixturevalue("house"))
    events = [
        opened(),
        moved(
            "01A",
            state="in_progress",
            spoken="Somebody is on it.",
            changed_at="2026-02-04T12:00:30Z",
        ),
        moved("01B"),
        commented("01C"),
    ]
    seen = set()

    for order in permutations(events):
        house = house_type()
        house.learn(*order, *reversed(order))
        seen.add(house.tickets.find(CALLER, TICKET))

    (ticket,) = seen
    assert ticket.state.state == "on_hold"
    assert ticket.short_description.startswith("Discount code")
    assert ticket.has_news


def test_a_change_of_the_moment_of_opening_comes_after_the_opening(
    house: Any, opened: Make, moved: Make
) -> None:
    house.learn(moved(changed_at="2026-02-04T12:00:00Z"), opened())

    assert house.tickets.find(CALLER, TICKET).state.state == "on_hold"


def test_of_two_changes_of_one_moment_the_later_id_counts(house: Any, moved: Make) -> None:
    house.learn(moved("01B", state="resolved"), moved("01A", state="in_progress"))

    assert house.tickets.find(CALLER, TICKET).state.state == "resolved"


def test_a_ticket_opened_in_a_call_is_on_the_record_of_the_call(house: Any, opened: Make) -> None:
    house.learn(opened(), opened(), opened(ticket_id="INC0000021"))
    house.learn(opened(ticket_id="INC0000037", contact_id=None))

    assert house.calls.get(CONTACT).ticket_ids == {TICKET, "INC0000021"}


def test_a_ticket_known_only_by_a_change_is_found_already(house: Any, moved: Make) -> None:
    house.learn(moved())

    assert house.tickets.find(CALLER, TICKET).is_open
    assert house.tickets.find("caller-two", TICKET) is None
