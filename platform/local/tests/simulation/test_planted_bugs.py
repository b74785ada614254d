"""A simulation that cannot fail proves nothing: each guarantee is switched off, and missed."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from switchboard.completion.adapters.memory import MemoryDeliveries
from switchboard.completion.domain.ports import Claim as DeliveryClaim
from switchboard.completion.wiring import LEASE
from switchboard.ingress.adapters.memory import MemoryJournal, MemoryReceipts
from switchboard.itsm_mock.adapters.memory import MemoryTickets
from switchboard.local.simulation import demands
from switchboard.local.simulation.adapters import Adapters
from switchboard.local.simulation.campaign import campaign
from switchboard.local.simulation.kernel import Simulation
from switchboard.local.simulation.ports import no_answer
from switchboard.local.simulation.queues import Bus
from switchboard.orchestrator.adapters.memory import MemoryStore
from switchboard.tools.adapters.memory import MemoryLedger

SEEDS = range(1000)
"""A planted bug is found within this many schedules, mostly within a hundred."""


class EverybodyDelivers(MemoryDeliveries):
    """Completion's claim on a delivery forgets who has it and what is done."""

    def claim(self, key: str, stage: int, holder: str) -> DeliveryClaim | None:
        self._states.pop(key, None)
        return super().claim(key, stage, holder)


class AnyOrder(MemoryDeliveries):
    """Results of one page are shown in the order in which they come."""

    def claim(self, key: str, stage: int, holder: str) -> DeliveryClaim | None:
        if key.startswith("CARD#"):
            self._states.pop(key, None)
        return super().claim(key, stage, holder)


class ForgetfulLedger(MemoryLedger):
    """The effect ledger grants every call as the first one."""

    def claim(self, key: Any, owner: str, now: Any) -> Any:
        self._rows.pop(key, None)
        return super().claim(key, owner, now)


class LastWriterWins(MemoryStore):
    """An invocation is written whatever its version is by now."""

    def commit(self, change: Any) -> Any:
        known = self.records.get(change.record.invocation_id)
        if known is not None:
            record = change.record.model_copy(update={"version": known.version})
            change = replace(change, record=record)
        return super().commit(change)


class EventsAfterwards(MemoryStore):
    """State first, its events by a second call: a crash in between loses them."""

    def __init__(self, sim: Simulation) -> None:
        super().__init__()
        self._sim = sim

    def commit(self, change: Any) -> Any:
        stored = super().commit(replace(change, events=()))
        publish = lambda: self.outbox.extend(change.events)  # noqa: E731 - an act
        self._sim.call("outbox.put", publish, no_answer)
        return stored


class GenerousLedger(MemoryStore):
    """The month's limit is not part of the reservation's condition."""

    def commit(self, change: Any) -> Any:
        if change.ledger is not None:
            change = replace(change, ledger=replace(change.ledger, room=None))
        return super().commit(change)


class ForgottenReservations(MemoryStore):
    """An end settles what it cost and releases nothing."""

    def commit(self, change: Any) -> Any:
        if change.ledger is not None and change.ledger.reserved < 0:
            change = replace(change, ledger=replace(change.ledger, reserved=0))
        return super().commit(change)


class NoPageClaim(MemoryJournal):
    """Ingress claims a source event, but not the page's edit."""

    def settle(self, settlement: Any) -> Any:
        return super().settle(replace(settlement, claim=None))


class NothingSettled(MemoryJournal):
    """Ingress remembers no source event."""

    def settle(self, settlement: Any) -> Any:
        self._table.settled.pop(settlement.outcome.source_event_id, None)
        return super().settle(replace(settlement, claim=None))


class SilentDoor(MemoryReceipts):
    """The door answers before anything is kept, and a crash loses it."""

    def keep(self, event: Any) -> bool:
        kept = len(self._table.outbox)
        new = super().keep(event)
        del self._table.outbox[kept:]
        return new


class ForgetfulDesk(MemoryTickets):
    """Tickets are written without their claims."""

    def commit(self, change: Any, now: Any) -> Any:
        return super().commit(replace(change, claims=()), now)


class UncheckedBus(Bus):
    """PutEvents refuses an entry and nobody looks."""

    def put_events(self, Entries: Any) -> Any:  # noqa: N803 - boto3's name
        return {**super().put_events(Entries), "FailedEntryCount": 0}


def planted(**bugs: Any) -> Any:
    """Adapters of which some are replaced; each is built from the schedule and its own table."""

    class Planted(Adapters):
        def __init__(self, sim: Simulation) -> None:
            super().__init__(sim)
            for name, build in bugs.items():
                setattr(self, name, build(sim, self))

    return Planted


BUGS: dict[str, tuple[Any, set[str]]] = {
    "a consumer's claim is forgotten": (
        planted(deliveries=lambda sim, _: EverybodyDelivers(sim.clock, LEASE)),
        {demands.DELIVERED, demands.TOLD},
    ),
    "a claim ends before its holder": (
        planted(deliveries=lambda sim, _: MemoryDeliveries(sim.clock, timedelta(seconds=1))),
        {demands.DELIVERED, demands.TOLD},
    ),
    "an older result is shown over a newer": (
        planted(deliveries=lambda sim, _: AnyOrder(sim.clock, LEASE)),
        {demands.DELIVERED},
    ),
    "the effect ledger is forgotten": (
        planted(effects=lambda *_: ForgetfulLedger()),
        {demands.EFFECTS},
    ),
    "the last writer of an invocation wins": (
        planted(store=lambda *_: LastWriterWins()),
        {demands.FINAL, demands.ONE_END, demands.MONEY, demands.STARTS},
    ),
    "events are written after their state": (
        planted(store=lambda sim, _: EventsAfterwards(sim)),
        {demands.ONE_END, demands.DELIVERED},
    ),
    "a reservation has no condition": (
        planted(store=lambda *_: GenerousLedger()),
        {demands.LIMIT},
    ),
    "a reservation is not released": (
        planted(store=lambda *_: ForgottenReservations()),
        {demands.LIMIT, demands.MONEY},
    ),
    "an edit of a page is not claimed": (
        planted(journal=lambda _, on: NoPageClaim(on.table)),
        {demands.ONE_INVOCATION},
    ),
    "a source event is not remembered": (
        planted(journal=lambda _, on: NothingSettled(on.table)),
        {demands.ONE_INVOCATION, demands.EFFECTS},
    ),
    "a webhook is answered but not kept": (
        planted(receipts=lambda _, on: SilentDoor(on.table)),
        {demands.NOTHING_VANISHES},
    ),
    "a ticket is not claimed": (
        planted(tickets=lambda *_: ForgetfulDesk()),
        {demands.ONE_INVOCATION, demands.TOLD},
    ),
    "a refused event is not noticed": (
        planted(bus=lambda *_: UncheckedBus),
        {demands.NOTHING_VANISHES, demands.ONE_INVOCATION},
    ),
}


@pytest.mark.requirement("NEW-02", "F")
@pytest.mark.parametrize("bug", BUGS)
def test_a_planted_bug_is_found_within_a_few_hundred_schedules(bug: str) -> None:
    adapters, expected = BUGS[bug]

    summary = campaign(SEEDS, adapters=adapters)

    assert summary.broken, f"{summary.schedules} schedules did not notice that {bug}"
    broken = summary.broken[0].broken
    assert broken is not None
    assert broken.invariant in expected
