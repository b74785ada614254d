"""What must hold: some of it after each write, the rest when everything has come to rest."""

from collections import Counter
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from switchboard.events.invocation import InvocationEnded
from switchboard.local.simulation.demands import (
    EFFECTS,
    FINAL,
    LIMIT,
    MONEY,
    NO_COMPUTE,
    NOTHING_VANISHES,
    ONE_END,
    ONE_INVOCATION,
    STARTS,
    demand,
)
from switchboard.local.simulation.kernel import BrokenInvariantError
from switchboard.local.simulation.people import EMPTY, REQUEST, TICKET, Job
from switchboard.local.simulation.seen import Seen
from switchboard.orchestrator.domain.lifecycle import MAX_STARTS
from switchboard.orchestrator.domain.model import Invocation

if TYPE_CHECKING:
    from switchboard.local.simulation.world import World

REQUESTED = "INVOCATION_REQUESTED"
STOPPED_WITHIN = timedelta(minutes=1)
"""A session that was started while its invocation ended is stopped by then."""
ANSWERS = {REQUESTED, "UNKNOWN_PROJECT", "STORY_EMPTY"}
"""Outcomes by which an edit has been answered for good."""


class Invariants:
    """Judges a world."""

    def __init__(self, world: "World") -> None:
        """Look at `world` whenever asked."""
        self._world = world
        self._ended: dict[str, str] = {}
        self._ended_at: dict[str, datetime] = {}

    def after_commit(self) -> None:
        """After each write of an invocation: its status, and the month's money."""
        on = self._world.on
        for record in on.store.records.values():
            if record.ended:
                known = self._ended.setdefault(record.invocation_id, str(record.status))
                self._ended_at.setdefault(record.invocation_id, self._world.sim.now)
                if known != record.status:
                    raise BrokenInvariantError(FINAL, f"{known} became {record.status}")
        limit = self._world.people.month_limit
        for month in on.store.months.values():
            sound = month.committed == month.spent + month.reserved and month.reserved >= 0
            if not sound or month.committed > limit:
                raise BrokenInvariantError(LIMIT, f"{month} of {limit}")

    def after_start(self) -> None:
        """After each start of an agent, also one whose answer is lost."""
        starts = self._world.on.runtimes.starts
        times = Counter(run.payload["invocation_id"] for run in starts)
        sessions = {(run.payload["invocation_id"], run.session_id) for run in starts}
        sound = max(times.values()) <= MAX_STARTS and len(sessions) == len(times)
        demand(STARTS, sound, f"{times} in {len(sessions)} sessions")

    def before_tool(self, invocation_id: str) -> None:
        """Before each tool call of an agent: nobody wants its work any more."""
        ended_at = self._ended_at.get(invocation_id)
        if ended_at is None or self._ended[invocation_id] == "completed":
            return
        late = self._world.sim.now - ended_at
        text = f"the agent of {invocation_id} calls a tool {late} after its end"
        demand(NO_COMPUTE, late <= STOPPED_WITHIN, text)

    def at_rest(self) -> None:
        """Everything that was ever asked for has come to its one end."""
        for job in self._world.people.jobs:
            self._one_invocation(job)
        for record in self._world.records():
            self._one_end(record)
        self._money()
        working = [agent.request.invocation_id for agent in self._world.agents.working()]
        demand(NO_COMPUTE, not working, f"the agents of {working} work on")
        self._nothing_vanished()
        Seen(self._world).judge()

    def _one_invocation(self, job: Job) -> None:
        pages = self._pages_of_ticket(job) if job.kind == TICKET else [job.page_id]
        roots = [
            record
            for record in self._world.records()
            if record.notion_page_id in pages and record.parent_invocation_id is None
        ]
        if job.kind == REQUEST:
            self._one_request(job, roots)
            return
        outcomes = [one for one in self._world.on.table.settled.values() if one.page_id in pages]
        codes = [outcome.code for outcome in outcomes]
        asked = len(pages) if job.kind == TICKET else self._accepted_edits(job)
        most = 0 if job.kind == EMPTY else asked
        what = f"{job.kind} {job.number}"
        demand(ONE_INVOCATION, bool(ANSWERS & set(codes)) or not asked, f"{what}: only {codes}")
        times = codes.count(REQUESTED)
        demand(ONE_INVOCATION, times <= most, f"{what}, asked for {asked} times: {codes}")
        demand(ONE_INVOCATION, len(roots) == times, f"{what}: {len(roots)} records for {codes}")

    def _one_request(self, job: Job, roots: list[Invocation]) -> None:
        """A caller who was never answered may be served; one who was must be, by that id."""
        ids = [record.invocation_id for record in roots]
        sound = len(ids) <= 1 and job.invocation_id in (*ids, None)
        demand(ONE_INVOCATION, sound, f"request {job.number}: {ids}, not {job.invocation_id}")

    def _accepted_edits(self, job: Job) -> int:
        """How many edits of a job were accepted at the door; each has an outcome."""
        accepted = self._world.on.notion.accepted
        settled = self._world.on.table.settled
        lost = [one for edit in job.edits for one in edit if one in accepted and one not in settled]
        demand(NOTHING_VANISHES, not lost, f"webhooks {lost} were accepted and have no outcome")
        return sum(any(event_id in accepted for event_id in edit) for edit in job.edits)

    def _pages_of_ticket(self, job: Job) -> list[str]:
        tickets = [
            ticket.ticket_id
            for ticket in self._world.on.tickets.tickets.values()
            if ticket.issue_description.endswith(f" {job.number}")
        ]
        sound = len(tickets) <= 1 and job.ticket_id in (*tickets, None)
        demand(ONE_INVOCATION, sound, f"ticket {job.number}: {tickets}, not {job.ticket_id}")
        pages = self._world.on.notion.pages.pages.values()
        found = [page.id for page in pages if page.text("Ticket") in tickets]
        demand(EFFECTS, len(found) <= 1, f"ticket {tickets} has the stories {found}")
        return found

    def _one_end(self, record: Invocation) -> None:
        invocation_id = record.invocation_id
        about = [
            event
            for event in self._world.on.store.outbox
            if getattr(event.data, "invocation_id", None) == invocation_id
        ]
        ends = [event.data.status for event in about if isinstance(event.data, InvocationEnded)]
        starts = sum(event.detail_type == "InvocationStarted.v1" for event in about)
        demand(ONE_END, record.ended, f"{invocation_id} is still {record.status}")
        demand(ONE_END, ends == [record.status], f"{invocation_id} was told to be {ends}")
        demand(ONE_END, starts <= 1, f"{invocation_id} was told to start {starts} times")

    def _money(self) -> None:
        on = self._world.on
        spent = sum((month.spent for month in on.store.months.values()), Decimal(0))
        reserved = sum((month.reserved for month in on.store.months.values()), Decimal(0))
        ends = [one.data for one in on.store.outbox if isinstance(one.data, InvocationEnded)]
        receipts, told = _total(self._world.records()), _total(ends)
        demand(MONEY, reserved == 0, f"{reserved} is still reserved")
        sound = spent == receipts == told
        demand(MONEY, sound, f"{spent} spent, receipts {receipts}, told {told}")
        for agent in self._world.agents.all:
            record = on.store.records[agent.request.invocation_id]
            # Who starts unseen and dies unseen leaves nothing by which to know of it.
            free = bool(agent.done) and not agent.died and not record.cost_usd
            demand(MONEY, not free, f"{record.invocation_id} worked and costs nothing")

    def _nothing_vanished(self) -> None:
        world = self._world
        lost = [
            f"{event.detail_type} {event.metadata.id}"
            for event in world.outbox()
            if event.metadata.id not in world.bus.taken
        ]
        demand(NOTHING_VANISHES, not lost, f"never published: {lost}")
        for queue in world.queues.values():
            waiting = [message.about for message in queue.open]
            demand(NOTHING_VANISHES, not waiting, f"{queue.name} never handled {waiting}")
            dead = [f"{letter.about}: {letter.reason}" for letter in queue.dead]
            demand(NOTHING_VANISHES, not dead, f"a redrive does not help in {queue.name}: {dead}")


def _total(ended: list[Any]) -> Decimal:
    return sum((one.receipt.total_usd for one in ended if one.receipt), Decimal(0))
