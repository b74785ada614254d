"""A seed that failed fails again in the same way, and says how to see it."""

from typing import Any

import pytest

from switchboard.local.cli.simulate import show
from switchboard.local.simulation import demands
from switchboard.local.simulation.adapters import Adapters
from switchboard.local.simulation.campaign import Summary, campaign, traced
from switchboard.local.simulation.kernel import Simulation
from switchboard.orchestrator.adapters.memory import MemoryStore


class Nothing(MemoryStore):
    """Events of an invocation are never published."""

    def commit(self, change: Any) -> Any:
        stored = super().commit(change)
        self.outbox.clear()
        return stored


class Broken(Adapters):
    """Whatever was asked for ends without a word."""

    def __init__(self, sim: Simulation) -> None:
        super().__init__(sim)
        self.store = Nothing()


@pytest.fixture
def failed() -> Summary:
    return campaign(range(50), adapters=Broken)


@pytest.mark.requirement("NEW-02", "F")
def test_a_failing_seed_fails_again_at_the_same_step_for_the_same_reason(failed: Summary) -> None:
    (first,) = failed.broken

    again, trace = traced(first.seed, Broken)

    assert again.broken is not None
    assert first.broken is not None
    assert (again.steps, again.faults) == (first.steps, first.faults)
    assert str(again.broken) == str(first.broken)
    assert again.broken.invariant == demands.ONE_END
    assert trace.splitlines()[-1].endswith("] ") or "BROKEN" in trace.splitlines()[-1]


@pytest.mark.requirement("NEW-02", "F")
def test_a_failure_shows_invariant_last_steps_and_the_command_that_plays_it_again(
    failed: Summary, capsys: pytest.CaptureFixture[str]
) -> None:
    show(failed)

    said = capsys.readouterr().out
    seed = failed.broken[0].seed
    assert f"{demands.ONE_END}" in said
    assert "BROKEN" in said
    assert said.rstrip().endswith(f"again: hatch run simulate --seed {seed} --trace")


def test_a_campaign_stops_at_the_first_failure_unless_told_to_go_on() -> None:
    stopped = campaign(range(30), adapters=Broken)
    went_on = campaign(range(30), adapters=Broken, keep_going=True)

    assert len(stopped.broken) == 1
    assert stopped.schedules < went_on.schedules == 30
    assert len(went_on.broken) > 1
