"""Random callers: no crash, always an end, every action reached."""

from pathlib import Path

import pytest

from switchboard.contact_flows.rehearsal import rehearse


@pytest.mark.parametrize("seed", range(5))
def test_no_caller_crashes_a_clean_flow_or_is_dropped_by_it(exported: Path, seed: int) -> None:
    rehearsal = rehearse(exported.read_text(), runs=60, seed=seed)

    assert sum(rehearsal.outcomes.values()) == 60
    assert "dropped" not in rehearsal.outcomes


def test_the_callers_together_reach_every_action_and_the_report_says_so(exported: Path) -> None:
    rehearsal = rehearse(exported.read_text(), runs=1_000)

    assert rehearsal.missed == ()
    assert f"of {len(rehearsal.actions)} actions reached" in str(rehearsal)


def test_the_same_seed_gives_the_same_callers(exported: Path) -> None:
    text = exported.read_text()

    assert rehearse(text, runs=20, seed=7) == rehearse(text, runs=20, seed=7)


def test_what_nobody_reaches_is_named() -> None:
    flow = {
        "Version": "2019-10-30",
        "StartAction": "end",
        "Actions": [
            {"Identifier": "end", "Type": "DisconnectParticipant"},
            {"Identifier": "lonely", "Type": "DisconnectParticipant"},
        ],
    }

    assert "missed: lonely" in str(rehearse(flow, runs=3))
