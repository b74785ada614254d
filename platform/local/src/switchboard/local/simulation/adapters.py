"""The in-memory adapters of all services, as one schedule has them; a test replaces some."""

from dataclasses import replace
from typing import Any

from switchboard.completion.adapters.memory import MemoryContents, MemoryDeliveries
from switchboard.completion.adapters.memory import MemoryProjects as DeliveryProjects
from switchboard.completion.wiring import LEASE
from switchboard.ingress.adapters.memory import (
    MemoryBodies,
    MemoryJournal,
    MemoryReceipts,
    MemoryTable,
)
from switchboard.itsm_mock.adapters.memory import MemoryNumbers, MemoryTickets
from switchboard.local.simulation.kernel import Simulation
from switchboard.local.simulation.notion import Notion
from switchboard.local.simulation.queues import Bus
from switchboard.local.simulation.script import SCRIPTS
from switchboard.orchestrator.adapters.memory import (
    MemoryDeadlines,
    MemoryProjects,
    MemoryRuntimes,
    MemoryStore,
    MemoryStories,
)
from switchboard.orchestrator.domain.model import Invocation
from switchboard.orchestrator.domain.ports import Change
from switchboard.tools.adapters.memory import MemoryLedger
from switchboard.tools.github.adapters.memory import MemoryRepositories
from switchboard.tools.prototype.adapters.memory import MemoryPrototypeStore


class Adapters:
    """State of everything; the fields are what the mutation tests replace."""

    def __init__(self, sim: Simulation) -> None:
        """Start empty."""
        self.table = MemoryTable()
        self.receipts: Any = MemoryReceipts(self.table)
        self.journal: Any = MemoryJournal(self.table)
        self.bodies = MemoryBodies()
        self.store: Any = MemoryStore()
        self.projects = MemoryProjects()
        self.stories = MemoryStories()
        self.runtimes = MemoryRuntimes(frozenset(SCRIPTS))
        self.timers = MemoryDeadlines()
        self.deliveries: Any = MemoryDeliveries(sim.clock, LEASE)
        self.delivery_projects = DeliveryProjects()
        self.contents = MemoryContents()
        self.effects: Any = MemoryLedger()
        self.repositories = MemoryRepositories()
        self.prototypes = MemoryPrototypeStore()
        self.tickets: Any = MemoryTickets()
        self.numbers = MemoryNumbers()
        self.notion = Notion(sim)
        self.bus: type[Bus] = Bus


class Stamped:
    """The orchestrator's store; its events get ids of the schedule as they are written.

    The domain makes these ids by chance and nothing reads them before the write.
    """

    def __init__(self, sim: Simulation, store: Any) -> None:
        """Write to `store`."""
        self._sim = sim
        self._store = store

    def commit(self, change: Change) -> Invocation:
        """The same change under reproducible ids."""
        fresh = {event.metadata.id: self._sim.new_id() for event in change.events}
        events = tuple(
            event.model_copy(
                update={
                    "metadata": event.metadata.model_copy(
                        update={"id": fresh[event.metadata.id]},
                    )
                }
            )
            for event in change.events
        )
        cause = change.record.causation_id
        record = (
            change.record.model_copy(update={"causation_id": fresh[cause]})
            if cause in fresh
            else change.record
        )
        stored: Invocation = self._store.commit(replace(change, record=record, events=events))
        return stored

    def __getattr__(self, name: str) -> Any:
        """Everything else as it is."""
        return getattr(self._store, name)
