"""The halves meet: a call, its ticket, the story of it, its pull request, and the caller again.

One correlation id finds all of it, on the bus, in the journal and on the ticket.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from switchboard.local.access import Access
from switchboard.local.bus import Tail
from switchboard.local.cli.explain import told
from switchboard.local.connect.client import Desk
from switchboard.local.desk_loop import CloseTheLoop, Loop
from switchboard.local.flows import FlowJournal
from switchboard.local.settings import LocalSettings

Eventually = Callable[..., None]
CALLER = "+15555550100"


@pytest.fixture(scope="module")
def desk(settings: LocalSettings) -> Iterator[Desk]:
    """The desk, as callers reach it."""
    with Desk.of(settings) as reached:
        yield reached


@pytest.fixture
def close_the_loop(desk: Desk, tail: Tail) -> Callable[[str], Loop]:
    """Report a defect, follow it to its pull request, ring again."""
    ring = CloseTheLoop(desk, tail, _ignored, _ignored, lambda *_: None)
    return lambda words: ring(CALLER, words)


def _ignored(_what: Any) -> None:
    """A caller that nobody watches."""


@pytest.mark.requirement("NEW-05", "E")
def test_a_defect_told_on_the_telephone_comes_back_to_the_caller_as_a_fix_in_review(
    close_the_loop: Callable[[str], Loop], access: Access, eventually: Eventually
) -> None:
    loop = close_the_loop(
        "When I enter the discount code LOOP15 at checkout, 15 % should come off the order "
        "total, but nothing happens."
    )

    assert loop.journey is not None
    artifacts = loop.journey.report()["artifacts"]
    ticket = access.call("itsm-mock", "GET", f"/internal/tickets/{loop.ticket}")
    assert [item["type"] for item in artifacts] == ["pull_request"]
    assert (ticket["state"], ticket["hold_reason"]) == ("on_hold", "fix_in_review")
    assert artifacts[0]["url"] in ticket["latest_comment"]["text"]
    assert loop.heard_of_it
    assert min(map(loop.seconds, loop.events)) >= 0
    assert {event["detail"]["metadata"]["correlation_id"] for event in loop.events} == {
        loop.first["contact_id"]
    }

    journal = FlowJournal.of(access)
    eventually(lambda: len(journal.events(loop.correlation_id)) >= len(loop.events))
    kinds = [event["detail-type"] for event in journal.events(journal.flow_of(loop.ticket))]
    assert kinds.index("TicketCreated.v1") < kinds.index("StoryCreated.v1")
    assert kinds.index("StoryCreated.v1") < kinds.index("InvocationRequested.v1")
    assert kinds.index("InvocationRequested.v1") < kinds.index("InvocationCompleted.v1")
    assert "CallEnded.v1" in kinds
    story = "\n".join(told(journal.events(loop.correlation_id)))
    assert loop.ticket in story
    assert artifacts[0]["url"] in story
