"""Every event has words, and a flow is told in order."""

import pytest

from switchboard.events.catalogue import CATALOGUE
from switchboard.events.released import Releases
from switchboard.local.checkout import EVENTS
from switchboard.local.cli.explain import told
from switchboard.local.narrative import LONGEST, knows, sentence


@pytest.mark.parametrize("detail_type", CATALOGUE)
def test_every_event_of_the_catalogue_has_a_sentence_of_its_own(detail_type: str) -> None:
    data = Releases(EVENTS).sample(detail_type)["data"]

    said = sentence(detail_type, data)

    assert knows(detail_type)
    assert said
    assert "\n" not in said


def test_an_event_without_words_is_named() -> None:
    assert sentence("Surprise.v1", {}) == "Surprise.v1 was published"


def test_long_words_of_somebody_are_cut() -> None:
    data = Releases(EVENTS).sample("TicketCommented.v1")["data"] | {"comment": "word " * 500}

    assert len(sentence("TicketCommented.v1", data)) < LONGEST + 60


def test_a_flow_is_told_with_the_time_since_its_first_event() -> None:
    events = [
        {"detail-type": name, "detail": Releases(EVENTS).sample(name)}
        for name in ("TicketCreated.v1", "StoryCreated.v1")
    ]
    events[1]["detail"]["metadata"]["time"] = "2026-02-04T10:00:03Z"

    lines = told(events)

    assert "ticket INC0000013 was opened in a call" in lines[1]
    assert "3.00 s" in lines[2]
    assert "became the story" in lines[2]
