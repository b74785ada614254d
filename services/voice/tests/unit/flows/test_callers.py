"""Callers who hang up at any moment, and callers nobody wrote a scenario for."""

from collections.abc import Callable

import pytest

from switchboard.contact_flows.document import FlowDocument
from switchboard.contact_flows.interpreter.effects import (
    ActionStarted,
    ContactEvent,
    Disconnect,
    Effect,
)
from switchboard.contact_flows.rehearsal import rehearse
from switchboard.voice.flows.scenarios import Scenario, scenarios

Leave = Callable[[Scenario, int], list[Effect]]
NEVER = -2


def event_types(effects: list[Effect]) -> list[str]:
    events = [effect.event for effect in effects if isinstance(effect, ContactEvent)]
    return [event["detail"]["eventType"] for event in events]


def test_a_caller_may_hang_up_at_every_action_of_the_flow_and_the_contact_is_completed(
    leave: Leave, flow: FlowDocument
) -> None:
    left_at: set[str] = set()
    for scenario in scenarios():
        whole = leave(scenario, NEVER)
        for position, effect in enumerate(whole):
            if not isinstance(effect, ActionStarted) or effect.action in left_at:
                continue
            left_at.add(effect.action)
            *_, before, disconnect, last_but_one, last = leave(scenario, position)
            assert before == effect
            assert disconnect == Disconnect(effect.action, "CUSTOMER_DISCONNECT")
            assert event_types([last_but_one, last]) == ["DISCONNECTED", "COMPLETED"]

    assert left_at == set(flow.by_identifier)


@pytest.mark.parametrize("scenario", scenarios(), ids=lambda scenario: scenario.name)
def test_a_caller_may_hang_up_at_every_moment_of_every_scenario(
    leave: Leave, scenario: Scenario
) -> None:
    for position in range(len(leave(scenario, NEVER))):
        effects = leave(scenario, position)

        assert event_types(effects)[0] == "INITIATED"
        assert event_types(effects)[-2:] == ["DISCONNECTED", "COMPLETED"]
        assert sum(isinstance(effect, Disconnect) for effect in effects) == 1


@pytest.mark.parametrize("seed", range(5))
def test_random_callers_never_crash_the_desk_and_every_call_ends(content: str, seed: int) -> None:
    rehearsal = rehearse(content, runs=100, seed=seed)

    assert set(rehearsal.outcomes) <= {"hung_up", "disconnected", "queued"}
    assert rehearsal.uninterpreted == frozenset()


def test_random_callers_reach_every_action_of_the_desk(content: str) -> None:
    rehearsal = rehearse(content, runs=500)

    assert rehearsal.missed == (), str(rehearsal)
    assert rehearsal.steps / rehearsal.runs < 40
