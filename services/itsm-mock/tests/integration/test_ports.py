"""Tickets and numbers: memory and DynamoDB give the same answers."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from aws_lambda_powertools import Logger

from switchboard.itsm_mock.adapters.memory import MemoryNumbers, MemoryTickets
from switchboard.itsm_mock.adapters.patience import Patience
from switchboard.itsm_mock.adapters.rows import entry_row, ticket_row, to_wire
from switchboard.itsm_mock.adapters.signing_key import SigningKey
from switchboard.itsm_mock.domain.create_ticket import opening
from switchboard.itsm_mock.domain.model import (
    AlreadyClaimedError,
    EntryKind,
    HoldReason,
    InvalidRequestError,
    LatestComment,
    NotOpenError,
    StaleTicketError,
    State,
    Ticket,
)
from switchboard.itsm_mock.domain.ports import Change, Claim, Identity, Remark, Wanted
from switchboard.itsm_mock.domain.requests import NewTicket
from switchboard.itsm_mock.domain.revision import Pen, Revision
from switchboard.itsm_mock.wiring import Ports

CALLER = "+15555550100"


@dataclass
class Store:
    tickets: Any
    numbers: Any
    clock: Any
    told: Any
    pen_ids: int = 0

    def pen(self) -> Pen:
        return Pen(self.clock(), self._next_id)

    def _next_id(self) -> str:
        self.pen_ids += 1
        return f"id-{self.pen_ids:04d}"

    def opened(self, **fields: Any) -> Revision:
        values = {"caller_id": CALLER, "issue_description": "My code is ignored.", "impact": 1}
        request = NewTicket.model_validate(values | fields)
        return opening(request, self.numbers.next(), self.pen())

    def commit(self, change: Change) -> Ticket:
        stored: Ticket = self.tickets.commit(change, self.clock())
        return stored

    def claim(self, key: str = "key", result: str = "r", **lasts: float) -> Claim:
        return Claim(key, result, self.clock() + timedelta(**lasts or {"minutes": 10}), "print")

    def remark(self, ticket: Ticket, **changes: Any) -> Remark:
        pen = self.pen()
        entry = pen.entry(EntryKind.COMMENT, "caller", "Still broken.")
        event = pen.commented(ticket.ticket_id, ticket.caller_id, "flow", entry)
        values: dict[str, Any] = {"caller_id": ticket.caller_id}
        return Remark(ticket.ticket_id, entry=entry, event=event, **values | changes)


@pytest.fixture
def memory(clock: Any) -> Store:
    tickets = MemoryTickets()
    return Store(tickets, MemoryNumbers(), clock, lambda: len(tickets.outbox))


@pytest.fixture
def dynamo(ports: Any, outbox: Any, clock: Any) -> Store:
    return Store(ports.tickets, ports.numbers, clock, lambda: len(outbox()))


@pytest.fixture(params=["memory", "dynamo"])
def store(request: pytest.FixtureRequest) -> Store:
    found: Store = request.getfixturevalue(request.param)
    return found


def test_a_ticket_comes_back_as_it_was_written(store: Store) -> None:
    revision = store.opened(subcategory="shop", contact_type="phone", contact_id="call")
    revision.edit(
        state=State.ON_HOLD,
        hold_reason=HoldReason.FIX_IN_REVIEW,
        close_notes="über alles\n",
        story_url="https://notion.example/story",
        delivery_at=store.clock(),
        resolved_at=store.clock(),
        latest_comment=LatestComment(text="Hello.", author="desk", at=store.clock()),
    )

    stored = store.commit(revision.change())

    assert stored == revision.ticket.model_copy(update={"version": 1})
    assert store.tickets.get(stored.ticket_id) == stored
    assert store.tickets.identity(stored.ticket_id) == Identity(CALLER, "call")


def test_what_nobody_wrote_is_not_there(store: Store) -> None:
    assert store.tickets.get("INC0000013") is None
    assert store.tickets.identity("INC0000013") is None
    assert store.tickets.entries("INC0000013") == []
    assert store.tickets.of_flow("flow") == []
    assert store.tickets.of_page("page") is None
    assert store.tickets.claimed("key") is None
    assert store.tickets.of_caller(Wanted(CALLER, 5)).tickets == []


def test_a_ticket_cannot_be_opened_twice(store: Store) -> None:
    change = store.opened().change()
    store.commit(change)

    with pytest.raises(StaleTicketError):
        store.commit(change)


def test_of_two_writers_who_read_the_same_version_one_is_refused(store: Store) -> None:
    read = store.commit(store.opened().change())
    first, second = Revision(read, store.pen()), Revision(read, store.pen())
    first.note("desk", "First.")
    second.note("desk", "Second.")
    store.commit(first.change())

    with pytest.raises(StaleTicketError):
        store.commit(second.change())

    assert [entry.text for entry in store.tickets.entries(read.ticket_id)] == ["First."]


def test_everything_of_a_change_is_written_together(store: Store) -> None:
    revision = store.opened()
    revision.comment("desk", "Said.")
    revision.note("desk", "Noted.")
    revision.move(State.IN_PROGRESS, "desk")
    claims = (store.claim("one"), store.claim("two", result="other"))

    stored = store.commit(revision.change(claims=claims, flows=("flow", "call"), page_id="page"))

    kinds = {entry.text: entry.kind for entry in store.tickets.entries(stored.ticket_id)}
    assert kinds == {"Said.": EntryKind.COMMENT, "Noted.": EntryKind.WORK_NOTE}
    assert store.told() == 3
    assert store.tickets.of_flow("flow") == store.tickets.of_flow("call") == [stored.ticket_id]
    assert store.tickets.of_page("page") == stored.ticket_id
    assert [store.tickets.claimed(claim.key) for claim in claims] == list(claims)


def test_a_taken_claim_lets_nothing_be_written_until_it_has_run_out(
    store: Store, clock: Any
) -> None:
    store.commit(store.opened().change(claims=(store.claim(minutes=10),)))
    change = store.opened().change(claims=(store.claim("free"), store.claim(result="second")))

    with pytest.raises(AlreadyClaimedError):
        store.commit(change)
    assert store.tickets.get(change.ticket.ticket_id) is None
    assert store.tickets.claimed("free") is None
    assert store.told() == 1

    clock.tick(minutes=10)
    store.commit(change)
    assert store.tickets.claimed("key").result == "second"


def test_a_claim_that_is_taken_counts_more_than_a_version_that_is_old(store: Store) -> None:
    change = store.opened().change(claims=(store.claim(),))
    store.commit(change)

    with pytest.raises(AlreadyClaimedError):
        store.commit(change)


def test_a_remark_is_added_without_knowing_the_version(store: Store, clock: Any) -> None:
    ticket = store.commit(store.opened().change())
    clock.tick(minutes=1)

    for _ in range(2):
        store.tickets.remark(store.remark(ticket, flows=("call",)), clock())

    now = store.tickets.get(ticket.ticket_id)
    assert (now.version, now.comment_count, now.updated_at) == (3, 2, clock())
    assert now.latest_comment == LatestComment(text="Still broken.", author="caller", at=clock())
    assert len(store.tickets.entries(ticket.ticket_id)) == 2
    assert store.tickets.of_flow("call") == [ticket.ticket_id]
    assert store.told() == 3


@pytest.mark.parametrize(
    "changes",
    [
        {"state": State.RESOLVED},
        {"state": State.CLOSED},
        {"state": State.CANCELLED},
        {"state": State.ON_HOLD, "hold_reason": HoldReason.AWAITING_CALLER},
        {"caller_id": "caller-two"},
    ],
)
def test_a_remark_that_needs_a_decision_writes_nothing(
    store: Store, changes: dict[str, Any]
) -> None:
    revision = store.opened()
    revision.edit(**changes)
    ticket = store.commit(revision.change())
    remark = store.remark(ticket, caller_id=CALLER, claims=(store.claim(),))

    with pytest.raises(NotOpenError):
        store.tickets.remark(remark, store.clock())

    assert store.tickets.get(ticket.ticket_id) == ticket
    assert store.tickets.claimed("key") is None
    assert store.told() == 1


def test_a_remark_on_a_ticket_that_is_not_there_is_refused(store: Store) -> None:
    nowhere = store.opened().ticket

    with pytest.raises(NotOpenError):
        store.tickets.remark(store.remark(nowhere), store.clock())


def test_a_remark_of_a_colleague_asks_for_no_caller(store: Store) -> None:
    ticket = store.commit(store.opened().change())

    store.tickets.remark(store.remark(ticket, caller_id=None), store.clock())

    assert store.tickets.get(ticket.ticket_id).comment_count == 1


def test_a_repeated_remark_is_refused_by_its_claim(store: Store) -> None:
    ticket = store.commit(store.opened().change())
    remark = store.remark(ticket, claims=(store.claim(),))
    store.tickets.remark(remark, store.clock())

    with pytest.raises(AlreadyClaimedError):
        store.tickets.remark(remark, store.clock())


def test_a_callers_tickets_come_newest_first_in_pages_while_others_arrive(
    store: Store, clock: Any
) -> None:
    ids = []
    for number in range(7):
        clock.tick(seconds=1)
        caller = CALLER if number != 3 else "caller-two"
        ids.append(store.commit(store.opened(caller_id=caller).change()).ticket_id)
    mine = [ticket_id for number, ticket_id in enumerate(ids) if number != 3]

    first = store.tickets.of_caller(Wanted(CALLER, 2))
    clock.tick(seconds=1)
    store.commit(store.opened().change())
    second = store.tickets.of_caller(Wanted(CALLER, 2, cursor=first.cursor))
    third = store.tickets.of_caller(Wanted(CALLER, 2, cursor=second.cursor))

    pages = [[ticket.ticket_id for ticket in page.tickets] for page in (first, second, third)]
    assert [*pages[0], *pages[1], *pages[2]] == mine[::-1]
    assert third.cursor is None


def test_a_list_can_be_restricted_to_a_state_and_still_fills_its_pages(
    store: Store, clock: Any
) -> None:
    wanted = []
    for number in range(6):
        clock.tick(seconds=1)
        revision = store.opened()
        revision.edit(state=State.NEW if number % 2 else State.CLOSED)
        stored = store.commit(revision.change())
        wanted += [stored.ticket_id] if number % 2 else []

    first = store.tickets.of_caller(Wanted(CALLER, 2, State.NEW))
    second = store.tickets.of_caller(Wanted(CALLER, 2, State.NEW, first.cursor))

    shown = [ticket.ticket_id for ticket in first.tickets + second.tickets]
    assert shown == wanted[::-1]
    assert second.cursor is None


@pytest.mark.parametrize(
    "forge", [lambda c: "AAAA" + c[4:], lambda c: c[:-4], lambda _: "ü", str.upper]
)
def test_a_cursor_that_is_not_ours_is_refused(store: Store, clock: Any, forge: Any) -> None:
    for _ in range(2):
        clock.tick(seconds=1)
        store.commit(store.opened().change())
    cursor = store.tickets.of_caller(Wanted(CALLER, 1)).cursor

    with pytest.raises(InvalidRequestError, match="not a cursor"):
        store.tickets.of_caller(Wanted(CALLER, 1, cursor=forge(cursor)))


def test_a_flow_tells_its_tickets_in_the_order_it_met_them(store: Store, clock: Any) -> None:
    ids = []
    for _ in range(3):
        clock.tick(seconds=1)
        ids.append(store.commit(store.opened().change(flows=("flow",))).ticket_id)
    clock.tick(seconds=1)
    again = store.tickets.get(ids[0])
    store.commit(Revision(again, store.pen()).change(flows=("flow",)))

    assert store.tickets.of_flow("flow") == ids


def test_numbers_come_one_after_the_other(store: Store) -> None:
    assert [store.numbers.next() for _ in range(2)] == ["INC0000013", "INC0000021"]


def test_containers_reserve_blocks_of_twenty_and_never_share_a_number(
    settings: Any, dynamodb: Any, clock: Any
) -> None:
    two = [Ports.on_aws(settings, dynamodb, clock).numbers for _ in range(2)]

    given = [numbers.next() for _ in range(30) for numbers in two]

    assert len(set(given)) == 60
    assert dynamodb.calls == ["update_item"] * 4


def test_more_than_a_megabyte_is_read_to_its_end(ports: Any, dynamodb: Any, clock: Any) -> None:
    pen = Pen(clock(), lambda: "id")
    for number in range(80):
        entry = pen.entry(EntryKind.WORK_NOTE, "desk", "x" * 16_000)
        row = entry_row("INC0000013", entry.model_copy(update={"entry_id": f"id-{number:03d}"}))
        dynamodb.client.put_item(TableName="poc-itsm-state", Item=to_wire(row))

    found = ports.tickets.entries("INC0000013")

    assert [entry.entry_id for entry in found] == [f"id-{number:03d}" for number in range(80)]
    assert dynamodb.calls == ["query", "query"]


def test_a_page_of_one_state_goes_on_where_the_index_stopped_reading(
    dynamo: Store, dynamodb: Any, clock: Any
) -> None:
    for number in range(80):
        clock.tick(seconds=1)
        revision = dynamo.opened(issue_description="x" * 16_000)
        revision.edit(state=State.NEW if number == 0 else State.CLOSED)
        row = ticket_row(revision.ticket)
        dynamodb.client.put_item(TableName="poc-itsm-tickets", Item=to_wire(row))

    first = dynamo.tickets.of_caller(Wanted(CALLER, 5, State.NEW))
    second = dynamo.tickets.of_caller(Wanted(CALLER, 5, State.NEW, first.cursor))

    assert (first.tickets, second.cursor) == ([], None)
    assert [ticket.ticket_id for ticket in second.tickets] == ["INC0000013"]


def test_two_containers_that_make_the_signing_key_at_once_agree_on_one(dynamodb: Any) -> None:
    patience = Patience(lambda _: None, Logger("test"))
    keys = [
        SigningKey(client, "poc-itsm-state", patience, lambda size, letter=letter: letter * size)
        for client, letter in ((dynamodb, b"a"), (Late(dynamodb), b"b"))
    ]

    assert [key() for key in keys] == [b"a" * 32] * 2


class Late:
    """A client that looked before the other one had written."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._looked = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def get_item(self, **request: Any) -> Any:
        self._looked, before = True, self._looked
        return self._client.get_item(**request) if before else {}
