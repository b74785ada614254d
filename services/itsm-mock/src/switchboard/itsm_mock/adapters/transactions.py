"""The parts of a write over both tables: ticket, entries, outbox, claims, flows, page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from switchboard.itsm_mock.adapters.rows import (
    Row,
    claim_row,
    entry_row,
    flow_row,
    page_key,
    stamp,
    ticket_row,
    to_wire,
)
from switchboard.itsm_mock.domain.model import OPEN, Entry, HoldReason, Ticket
from switchboard.itsm_mock.domain.ports import Change, Claim, Remark
from switchboard.itsm_mock.domain.revision import latest_of
from switchboard.runtime.outbox import outbox_row


@dataclass(frozen=True)
class Tables:
    """The names of the two tables."""

    tickets: str
    state: str


@dataclass(frozen=True)
class Transaction:
    """Claims come first, so that a refusal tells which they were; then the ticket."""

    parts: list[Row]
    claims: int

    def claim_refused(self, refused: list[bool]) -> bool:
        """Whether a claim was what refused the transaction."""
        return any(refused[: self.claims])


def change_of(tables: Tables, change: Change, stored: Ticket, now: datetime) -> Transaction:
    """Everything a change writes; `stored` is the ticket with its new version."""
    seen = change.ticket.version
    condition = (
        {
            "ConditionExpression": "version = :seen",
            "ExpressionAttributeValues": to_wire({":seen": seen}),
        }
        if seen
        else {"ConditionExpression": "attribute_not_exists(ticket_id)"}
    )
    return Transaction(
        [
            *_claims(tables, change.claims, now),
            _put(tables.tickets, ticket_row(stored), **condition),
            *_beside(tables, stored.ticket_id, change.entries, change.flows, now),
            *(_put(tables.state, outbox_row(event)) for event in change.events),
            *_page(tables, change.page_id, stored.ticket_id),
        ],
        len(change.claims),
    )


def remark_of(tables: Tables, remark: Remark, now: datetime) -> Transaction:
    """A comment on a ticket that was not read: whether it may be made, the table decides."""
    return Transaction(
        [
            *_claims(tables, remark.claims, now),
            {"Update": _latest(tables, remark)},
            *_beside(tables, remark.ticket_id, (remark.entry,), remark.flows, now),
            _put(tables.state, outbox_row(remark.event)),
        ],
        len(remark.claims),
    )


def _latest(tables: Tables, remark: Remark) -> Row:
    states = {f":state{number}": str(state) for number, state in enumerate(sorted(OPEN))}
    condition = f"#state IN ({', '.join(states)}) AND NOT hold_reason = :waiting"
    values: Row = {
        **states,
        ":waiting": str(HoldReason.AWAITING_CALLER),
        ":comment": latest_of(remark.entry).model_dump(mode="json"),
        ":at": stamp(remark.entry.at),
        ":one": 1,
    }
    if remark.caller_id is not None:
        condition += " AND caller_id = :caller"
        values[":caller"] = remark.caller_id
    return {
        "TableName": tables.tickets,
        "Key": to_wire({"ticket_id": remark.ticket_id}),
        "UpdateExpression": (
            "SET latest_comment = :comment, updated_at = :at,"
            " comment_count = comment_count + :one, version = version + :one"
        ),
        "ConditionExpression": condition,
        "ExpressionAttributeNames": {"#state": "state"},
        "ExpressionAttributeValues": to_wire(values),
    }


def _claims(tables: Tables, claims: tuple[Claim, ...], now: datetime) -> list[Row]:
    return [
        _put(
            tables.state,
            claim_row(claim),
            ConditionExpression="attribute_not_exists(pk) OR #until <= :now",
            ExpressionAttributeNames={"#until": "until"},
            ExpressionAttributeValues=to_wire({":now": stamp(now)}),
        )
        for claim in claims
    ]


def _beside(
    tables: Tables,
    ticket_id: str,
    entries: tuple[Entry, ...],
    flows: tuple[str, ...],
    now: datetime,
) -> list[Row]:
    rows = [entry_row(ticket_id, entry) for entry in entries]
    rows += [flow_row(flow_id, ticket_id, now) for flow_id in flows]
    return [_put(tables.state, row) for row in rows]


def _page(tables: Tables, page_id: str | None, ticket_id: str) -> list[Row]:
    if page_id is None:
        return []
    return [_put(tables.state, {**page_key(page_id), "ticket_id": ticket_id})]


def _put(table: str, row: Row, **condition: Any) -> Row:
    return {"Put": {"TableName": table, "Item": to_wire(row), **condition}}
