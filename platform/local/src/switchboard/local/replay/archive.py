"""An archived flow, read for a replay: what began it, what grew from that, what came from outside.

Only what grew from the first event can be compared. A call's own facts (it ended, it was handed to
people) are published again after it; what a person did later has its beginning elsewhere and is
left out, with everything that grew from it.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from switchboard.events.catalogue import MalformedEventError, UnknownEventError, parse_event
from switchboard.local.replay.progress import REJECTED, REQUESTED, STORY, Event, OpenWork
from switchboard.local.replay.refusal import ReplayRefusedError

BEGINNINGS = {
    "ContentChanged.v1",
    REQUESTED,
    "TicketCreated.v1",
    "CallEscalated.v1",
    "CallEnded.v1",
}
"""First events that a consumer acts upon."""
OF_A_CALL = {"CallEscalated.v1", "CallEnded.v1"}
GIVEN_UP = timedelta(hours=2)
"""A flow that has said nothing for so long will not say anything any more."""


@dataclass(frozen=True)
class ArchivedFlow:
    """The events of a flow by what can be done with them, each list in order of time."""

    correlation_id: str
    published: list[Event]
    """The first event, and what the call itself said later: these are published again."""
    grown: list[Event]
    """`published` and everything that they led to: this is compared."""
    left_out: list[Event]
    """What began with somebody's act outside of the bus, later on."""

    @property
    def first(self) -> Event:
        """What began the flow."""
        return self.published[0]

    @property
    def seconds(self) -> float:
        """How long it took."""
        return (moment(self.grown[-1]) - moment(self.grown[0])).total_seconds()

    @property
    def kinds(self) -> Counter[str]:
        """How many events there are of each type."""
        return Counter(event["detail-type"] for event in self.grown)


def moment(event: Event) -> datetime:
    """When an event was made."""
    return datetime.fromisoformat(event["detail"]["metadata"]["time"])


def archived(correlation_id: str, events: list[Event], now: datetime | None = None) -> ArchivedFlow:
    """Read a flow that is over.

    Raises:
        ReplayRefusedError: unknown, still running, or without a first event to begin with.
    """
    if not events:
        raise ReplayRefusedError(
            f"nothing is known of {correlation_id!r}",
            "take a correlation id from hatch run events tail --json, or from demo.json; "
            "the archive keeps 90 days",
        )
    _demand_beginning(events[0])
    flow = _sorted_out(correlation_id, events)
    _demand_effects(flow)
    if (waiting := OpenWork(flow.grown).open) and not _is_given_up(events[-1], now):
        raise ReplayRefusedError(
            f"the flow is still running: {', '.join(waiting)}",
            f"wait for its end: hatch run explain {correlation_id}",
        )
    return flow


def _demand_beginning(first: Event) -> None:
    kind = first["detail-type"]
    remedy = "replay a flow that begins with a story, a ticket or a call; see hatch run explain"
    if kind not in BEGINNINGS:
        raise ReplayRefusedError(f"nothing can be replayed from a {kind} as first event", remedy)
    try:
        parse_event(kind, first["detail"])
    except (MalformedEventError, UnknownEventError) as error:
        raise ReplayRefusedError(f"the archived first event cannot be read: {error}", remedy) from (
            error
        )


def _demand_effects(flow: ArchivedFlow) -> None:
    wanted = {REQUESTED, REJECTED, "TicketCreated.v1"} | OF_A_CALL
    if not wanted & set(flow.kinds):
        raise ReplayRefusedError(
            "the flow asked for no work: a page changed, and nothing grew from it",
            "replay a flow that has an InvocationRequested.v1 or a TicketCreated.v1",
        )


def _sorted_out(correlation_id: str, events: list[Event]) -> ArchivedFlow:
    published, grown, left_out = list[Event](), list[Event](), list[Event]()
    known: dict[str, bool] = {}
    for number, event in enumerate(_causes_first(events)):
        metadata = event["detail"]["metadata"]
        cause = metadata.get("causation_id")
        begins = cause not in known
        again = number == 0 or event["detail-type"] in OF_A_CALL
        mine = again if begins else known[cause]
        known[metadata["id"]] = mine
        (grown if mine else left_out).append(event)
        if mine and begins:
            published.append(event)
    return ArchivedFlow(
        correlation_id, published, sorted(grown, key=moment), sorted(left_out, key=moment)
    )


def _causes_first(events: list[Event]) -> list[Event]:
    """In order of time, but nothing before what it was caused by: clocks differ a little."""
    there = {event["detail"]["metadata"]["id"] for event in events}
    waiting, placed, order = list(events), set[str](), list[Event]()
    while waiting:
        ready = next((event for event in waiting if _cause(event) not in there - placed), None)
        chosen = ready or waiting[0]
        waiting.remove(chosen)
        placed.add(chosen["detail"]["metadata"]["id"])
        order.append(chosen)
    return order


def _cause(event: Event) -> str | None:
    cause: str | None = event["detail"]["metadata"].get("causation_id")
    return cause


def _is_given_up(last: Event, now: datetime | None) -> bool:
    return (now or datetime.now(UTC)) - moment(last) > GIVEN_UP


@dataclass(frozen=True)
class ArchivedPage:
    """A story page as the archive knows it."""

    page_id: str
    title: str
    properties: dict[str, Any]
    markdown: str | None
    """None: the body was too large for an event and lies at `body_key`."""
    body_key: str | None = None


def pages(flow: ArchivedFlow) -> list[ArchivedPage]:
    """The pages that must be there before the flow begins, each as it was first seen.

    A story that the flow itself makes from its ticket is not among them.
    """
    made = {
        event["detail"]["data"]["notion_page_id"]
        for event in flow.grown
        if event["detail-type"] == STORY
    }
    found: dict[str, ArchivedPage] = {}
    for event in flow.grown:
        data = event["detail"]["data"]
        if event["detail-type"] == REQUESTED and data["notion_page_id"] not in made:
            snapshot = data["page_snapshot"]
            page = ArchivedPage(
                data["notion_page_id"],
                snapshot["title"],
                snapshot.get("properties") or {},
                snapshot.get("content_markdown"),
                (snapshot.get("content_ref") or {}).get("key"),
            )
            found.setdefault(page.page_id, page)
    return list(found.values())


def refused_pages(flow: ArchivedFlow) -> dict[str, str]:
    """Pages whose request was refused, with the Status that asked: the archive has no copy."""
    known = {page.page_id for page in pages(flow)}
    return {
        data["notion_page_id"]: data["trigger_value"]
        for event in flow.grown
        if event["detail-type"] == REJECTED
        and (data := event["detail"]["data"])["notion_page_id"] not in known
    }
