"""One replay: read the archive, boot the shadow, publish, follow, compare, tear down."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import httpx

from switchboard.local import wiring
from switchboard.local.access import Access
from switchboard.local.bus import LocalBus
from switchboard.local.deployment.stamp import Stamp
from switchboard.local.flows import FlowJournal
from switchboard.local.notion.client import LocalWorkspace
from switchboard.local.replay.archive import ArchivedFlow, archived
from switchboard.local.replay.difference import Aspect, compare
from switchboard.local.replay.effects import Effects, effects
from switchboard.local.replay.following import Follow
from switchboard.local.replay.furnishing import put_ticket
from switchboard.local.replay.living import Living
from switchboard.local.replay.looking import Looking
from switchboard.local.replay.normal import SAID
from switchboard.local.replay.progress import Event
from switchboard.local.replay.seeding import seed
from switchboard.local.replay.shadow import is_outdated, shadow
from switchboard.local.settings import LOCAL_MODEL, LocalSettings

LEAST_SECONDS = 120.0
TIMES_SLOWER = 4
"""How much longer than in the archive a flow may take in the shadow."""
TICKET = "TicketCreated.v1"

Report = Callable[[str], None]
OnEvent = Callable[[Event], None]


def _nothing(_settings: LocalSettings) -> None:
    """No fault is injected."""


@dataclass(frozen=True)
class Replayed:
    """What came of a replay."""

    flow: ArchivedFlow
    aspects: list[Aspect]
    archived_cost: Decimal
    shadow_cost: Decimal
    events: list[Event]
    """As they passed in the shadow."""
    notes: list[str]
    seconds: float
    kept: LocalSettings | None = None

    @property
    def same(self) -> bool:
        """Whether nothing is on one side only; what could not be read is no difference."""
        return not any(aspect.differs for aspect in self.aspects)

    def report(self) -> dict[str, Any]:
        """The JSON report."""
        return {
            "correlation_id": self.flow.correlation_id,
            "same": self.same,
            "seconds": round(self.seconds, 1),
            "archived_seconds": round(self.flow.seconds, 3),
            "published": [event["detail-type"] for event in self.flow.published],
            "aspects": [aspect.report() for aspect in self.aspects],
            "cost_usd": {
                "archived": format(self.archived_cost, "f"),
                "shadow": format(self.shadow_cost, "f"),
            },
            "not_compared": SAID,
            "notes": self.notes,
            "kept": str(self.kept.home) if self.kept else None,
        }


@dataclass
class Replay:
    """Replays flows of the platform behind `live`; writes nothing there."""

    live: Access
    report: Report
    on_event: OnEvent = field(default=lambda _: None)
    before: Callable[[LocalSettings], None] = _nothing
    """Called with the shadow's settings before the flow begins: to inject a fault."""
    clock: Callable[[], float] = time.monotonic

    def __call__(self, name: str, *, keep: bool = False, twice: bool = False) -> Replayed:
        """Replay a flow by its correlation id or ticket number.

        `twice` publishes the first event a second time, as a bus may: nothing more must come of it.

        Raises:
            ReplayRefusedError: the flow cannot be replayed, or the shadow cannot start.
        """
        begun = self.clock()
        journal = FlowJournal.of(self.live)
        correlation_id = journal.flow_of(name)
        flow = archived(correlation_id, journal.events(correlation_id))
        notes = self._notes(flow)
        with LocalWorkspace.of(self.live.settings) as board, httpx.Client(timeout=30) as http:
            living = Living(self.live, board)
            pages, project = living.pages(flow), living.project()
            old = effects(flow.grown, Looking(self.live.settings, board, http)(flow.grown))

        def furnish(settings: LocalSettings) -> None:
            notes.extend(seed(settings, pages, project))

        self.report("booting the shadow: a second platform, with its own ports and bus")
        with shadow(self.live.settings, furnish, self.report, keep=keep) as settings:
            self.report(f"the shadow is up after {self.clock() - begun:.0f} s")
            new, events = self._run(settings, flow, notes, twice=twice)
        return Replayed(
            flow,
            compare(old, new),
            old.cost,
            new.cost,
            events,
            notes,
            self.clock() - begun,
            settings if keep else None,
        )

    def _run(
        self, settings: LocalSettings, flow: ArchivedFlow, notes: list[str], *, twice: bool
    ) -> tuple[Effects, list[Event]]:
        with _doors(settings) as (access, board, http):
            if flow.first["detail-type"] == TICKET:
                put_ticket(access, flow.first)
            self.before(settings)
            bus = LocalBus(access.events, access.queues, access.parameter("platform/bus/name"))
            with bus.tail(correlation=flow.correlation_id) as tail:
                self.report(f"publishing {flow.first['detail-type']} on the shadow's bus")
                for event in [flow.first, *flow.published] if twice else flow.published:
                    service = event["detail"]["metadata"]["service"]
                    bus.put(service, event["detail-type"], event["detail"])
                seconds = max(LEAST_SECONDS, flow.seconds * TIMES_SLOWER)
                events, why = Follow(tail, self.on_event, self.clock)(flow.kinds, seconds)
            notes.extend([why] if why else [])
            return effects(events, Looking(settings, board, http)(events)), events

    def _notes(self, flow: ArchivedFlow) -> list[str]:
        notes = []
        if flow.left_out:
            kinds = ", ".join(sorted({event["detail-type"] for event in flow.left_out}))
            notes.append(
                f"{len(flow.left_out)} later events began outside of the bus and are left out: "
                f"{kinds}"
            )
        if (model := self.live.settings.model_id) != LOCAL_MODEL:
            notes.append(f"the shadow's agents ask {model}: it costs money, and no two runs agree")
        stamp = Stamp.read(self.live.settings.folder.stamp)
        if stamp is not None and is_outdated(stamp):
            notes.append(
                "the checkout was changed since the platform came up: the shadow runs the services "
                "that are deployed, not the changed ones"
            )
        return notes


@contextmanager
def _doors(
    settings: LocalSettings,
) -> Iterator[tuple[Access, LocalWorkspace, httpx.Client]]:
    access = Access(settings, lambda name: wiring.client(name, settings))
    try:
        with LocalWorkspace.of(settings) as board, httpx.Client(timeout=30) as http:
            yield access, board, http
    finally:
        access.close()
