"""What must hold at rest where people look: GitHub, the prototypes, Notion, the desk."""

from collections import Counter
from typing import TYPE_CHECKING, Any

from switchboard.completion.domain.chain import TEMPLATES
from switchboard.completion.domain.show_result import COMPLETION_VALUES, FAILED_VALUES
from switchboard.events.project import BudgetThresholdReachedV1
from switchboard.itsm_mock.domain.model import EntryKind, HoldReason, State
from switchboard.local.simulation.demands import CHAINED, DELIVERED, EFFECTS, TOLD, demand
from switchboard.local.simulation.notion import DASHBOARD
from switchboard.orchestrator.domain.model import Invocation

if TYPE_CHECKING:
    from switchboard.local.simulation.world import World

Reached = tuple[str, int, Any]


class Seen:
    """Judges what people see."""

    def __init__(self, world: "World") -> None:
        """Look at `world`, which has come to rest."""
        self._world = world
        self._board = world.on.notion.board

    def judge(self) -> None:
        """Every run and everything that is told beside."""
        for record in self._world.records():
            self._effects(record)
            self._delivered(record)
            self._status(record)
            self._chained(record)
        self._refusals_told()
        self._thresholds_told()
        for ticket in self._world.on.tickets.tickets.values():
            self._desk(ticket)

    def _effects(self, record: Invocation) -> None:
        least = int(record.status == "completed")
        for effect, times in self._made_by(record).items():
            what = f"{effect} of {record.invocation_id} ({record.status})"
            demand(EFFECTS, least <= times <= 1, f"{what} was made {times} times")

    def _made_by(self, record: Invocation) -> dict[str, int]:
        on, invocation_id = self._world.on, record.invocation_id
        if record.agent_type == "code":
            pulls = on.repositories.repositories["acme/app"].pulls
            branch = f"switchboard/{invocation_id.lower()}"
            return {"pull request": sum(pull["head"]["ref"] == branch for pull in pulls)}
        if record.agent_type == "spec":
            said = [item["rich_text"][0]["plain_text"] for item in on.notion.tools.comments]
            pages = on.notion.tools.children(record.notion_page_id)
            titles = [page["properties"]["Name"]["title"][0]["plain_text"] for page in pages]
            made = titles.count(f"Specification {invocation_id}")
            return {"page": made, "agent's comment": said.count(invocation_id)}
        return {"prototype": int(f"{invocation_id}/index.html" in on.prototypes.files)}

    def _delivered(self, record: Invocation) -> None:
        invocation_id = record.invocation_id
        facts = self._world.on.deliveries.facts.get(f"DELIVERY#{invocation_id}", {})
        comments = len(self._board.marked(f"Ref {invocation_id}/result"))
        demand(DELIVERED, comments == 1, f"{invocation_id} has {comments} result comments")
        rows = self._board.rows_made[invocation_id]
        demand(DELIVERED, rows == 1, f"{invocation_id} has {rows} dashboard rows")
        shown = self._board.rows.get((DASHBOARD, invocation_id), {}).get("Status")
        text = f"the row of {invocation_id} says {shown}, it is {record.status}"
        demand(DELIVERED, shown == record.status, text)
        noted = "delivered_at" in facts and record.delivered_at and not record.delivery_error
        demand(DELIVERED, bool(noted), f"{invocation_id} is not noted as delivered: {facts}")

    def _status(self, record: Invocation) -> None:
        """The card shows how a run of its page ended: the newest, if accepted as asked for."""
        runs = [one for one in self._world.records() if one.notion_page_id == record.notion_page_id]
        by_wish = sorted(runs, key=lambda one: one.invocation_id)
        by_acceptance = sorted(runs, key=lambda one: one.created_at)
        possible = runs if by_wish != by_acceptance else by_wish[-1:]
        page = self._board.pages[record.notion_page_id]
        wanted = {_status_of(run) for run in possible}
        demand(DELIVERED, page.status in wanted, f"{page.title} is {page.status}, not {wanted}")

    def _chained(self, record: Invocation) -> None:
        chain = TEMPLATES[self._world.people.chain]
        follows = record.status == "completed" and record.agent_type in chain[:-1]
        parents = [one.parent_invocation_id for one in self._world.records()]
        children = parents.count(record.invocation_id)
        text = f"{record.invocation_id} has {children} next steps in {chain}"
        demand(CHAINED, children == int(follows), text)

    def _refusals_told(self) -> None:
        refusals = {
            event.metadata.id: event.data
            for event in self._world.outbox()
            if event.detail_type == "TriggerRejected.v1"
        }
        edits: Counter[tuple[str, str]] = Counter()
        for event_id, refused in refusals.items():
            edits[refused.notion_page_id, refused.code] += 1
            times = len(self._board.marked(f"Ref {event_id}/rejected"))
            demand(TOLD, times == 1, f"the refusal of {refused.notion_page_id}: {times} times")
        for (page_id, code), often in edits.items():
            # A ticket's story is refused for one change, whatever page it lies on.
            wishes = [len(job.edits) for job in self._world.people.jobs if job.page_id == page_id]
            most = max(wishes, default=1)
            demand(TOLD, often <= most, f"{code} of {page_id}: {often} refusals, {most} edits")

    def _thresholds_told(self) -> None:
        reached: Counter[Reached] = Counter()
        for event in self._world.on.store.outbox:
            if isinstance(event.data, BudgetThresholdReachedV1):
                told = event.data
                reached[told.month, told.threshold_percent, told.limit_usd] += 1
        for (month, percent, limit), often in reached.items():
            mark = f"Ref proj/{month}/{percent}%/{limit}"
            times = len(self._board.marked(mark))
            demand(TOLD, often == times == 1, f"{mark}: {often} events, {times} comments")

    def _desk(self, ticket: Any) -> None:
        """The ticket says once what became of it, and stands where the work stands."""
        entries = self._world.on.tickets.written.get(ticket.ticket_id, [])
        notes = Counter(one.text for one in entries if one.kind is EntryKind.WORK_NOTE)
        twice = [text for text, times in notes.items() if times > 1]
        demand(TOLD, not twice, f"{ticket.ticket_id} says twice: {twice}")
        stories = self._world.on.notion.pages.pages.values()
        pages = [page.id for page in stories if page.text("Ticket") == ticket.ticket_id]
        runs = [one for one in self._world.records() if one.notion_page_id in pages]
        if not runs:
            return
        ended = runs[0].status
        wanted: tuple[State, HoldReason | None] = (State.IN_PROGRESS, None)
        if ended == "completed":
            wanted = (State.ON_HOLD, HoldReason.FIX_IN_REVIEW)
        text = f"{ticket.ticket_id} is {ticket.state}, {ticket.hold_reason}; its run {ended}"
        demand(DELIVERED, (ticket.state, ticket.hold_reason) == wanted, text)


def _status_of(run: Invocation) -> str:
    if run.status == "completed":
        return COMPLETION_VALUES[run.agent_type]
    return FAILED_VALUES[str(run.status)]
