"""Tickets in DynamoDB: a write is one TransactWriteItems over both tables, a read is one call."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from switchboard.itsm_mock.adapters.cursor import Cursors, Position
from switchboard.itsm_mock.adapters.patience import Patience, refusals
from switchboard.itsm_mock.adapters.rows import (
    Row,
    claim_key,
    entries_of,
    flow_of,
    from_wire,
    page_key,
    read_claim,
    read_ticket,
    stamp,
    to_wire,
)
from switchboard.itsm_mock.adapters.transactions import (
    Tables,
    Transaction,
    change_of,
    remark_of,
)
from switchboard.itsm_mock.domain.model import (
    AlreadyClaimedError,
    Entry,
    NotOpenError,
    StaleTicketError,
    Ticket,
)
from switchboard.itsm_mock.domain.ports import (
    Change,
    Claim,
    Identity,
    Listing,
    Remark,
    Wanted,
)

if TYPE_CHECKING:  # the stubs never ship in a Lambda
    from mypy_boto3_dynamodb import DynamoDBClient

CALLER_INDEX = "CallerIdIndex"
REMEMBERED = 5_000
"""Tickets whose owner a container remembers: a comment on one of them needs no look-up."""


class DynamoTickets:
    """The tables of the desk."""

    def __init__(
        self,
        client: DynamoDBClient,
        tables: Tables,
        cursors: Cursors,
        patience: Patience,
        new_token: Callable[[], str],
    ) -> None:
        """Use `tables`; `new_token` makes a repeated transaction the same one for DynamoDB."""
        self._client = client
        self._tables = tables
        self._cursors = cursors
        self._patience = patience
        self._new_token = new_token
        self._identities: dict[str, Identity] = {}

    def get(self, ticket_id: str) -> Ticket | None:
        """Read consistently: a decision or an answer on the telephone follows."""
        row = self._read(self._tables.tickets, {"ticket_id": ticket_id})
        return None if row is None else self._seen(read_ticket(row))

    def identity(self, ticket_id: str) -> Identity | None:
        """From memory when the ticket was seen by this container: it never changes."""
        if ticket_id not in self._identities:
            self.get(ticket_id)
        return self._identities.get(ticket_id)

    def of_caller(self, wanted: Wanted) -> Listing:
        """Backwards through the index; one more than wanted tells whether there are more."""
        query: dict[str, Any] = {"Limit": wanted.limit + 1}
        values = {":caller": wanted.caller_id}
        if wanted.state is not None:
            # A limit counts what is read, not what is left by the filter.
            query = {
                "FilterExpression": "#state = :state",
                "ExpressionAttributeNames": {"#state": "state"},
            }
            values[":state"] = str(wanted.state)
        if wanted.cursor is not None:
            position = self._cursors.decoded(wanted.caller_id, wanted.cursor)
            query["ExclusiveStartKey"] = to_wire(
                {**position._asdict(), "caller_id": wanted.caller_id}
            )
        answer = self._patience(
            self._client.query,
            TableName=self._tables.tickets,
            IndexName=CALLER_INDEX,
            KeyConditionExpression="caller_id = :caller",
            ExpressionAttributeValues=to_wire(values),
            ScanIndexForward=False,
            **query,
        )
        tickets = [self._seen(read_ticket(from_wire(item))) for item in answer["Items"]]
        page = tickets[: wanted.limit]
        last = _last(page, tickets, answer)
        return Listing(page, last and self._cursors.encoded(wanted.caller_id, last))

    def entries(self, ticket_id: str) -> list[Entry]:
        """All of them; a ticket with more than a megabyte of them takes several calls."""
        rows = self._rows(entries_of(ticket_id), "ENTRY#")
        return [Entry.model_validate(row) for row in rows]

    def of_flow(self, flow_id: str) -> list[str]:
        """Each ticket once, in the order in which the flow came to know them."""
        return list(dict.fromkeys(row["ticket_id"] for row in self._rows(flow_of(flow_id), "TICK")))

    def of_page(self, page_id: str) -> str | None:
        """The ticket whose story is this page."""
        row = self._read(self._tables.state, page_key(page_id))
        return None if row is None else str(row["ticket_id"])

    def claimed(self, key: str) -> Claim | None:
        """Read consistently: it was refused a moment ago."""
        row = self._read(self._tables.state, claim_key(key))
        return None if row is None else read_claim(key, row)

    def commit(self, change: Change, now: datetime) -> Ticket:
        """Everything or nothing."""
        version = change.ticket.version + 1
        stored = change.ticket.model_copy(update={"version": version})
        stale = StaleTicketError(f"{stored.ticket_id} was changed by somebody else")
        self._write(change_of(self._tables, change, stored, now), stale)
        return self._seen(stored)

    def remark(self, remark: Remark, now: datetime) -> None:
        """Everything or nothing, without a look at the ticket."""
        not_open = NotOpenError(f"{remark.ticket_id} is not simply open")
        self._write(remark_of(self._tables, remark, now), not_open)

    def _write(self, transaction: Transaction, refused: Exception) -> None:
        try:
            self._patience(
                self._client.transact_write_items,
                TransactItems=transaction.parts,
                # Repeated after a lost answer, it is the same transaction and not a second one.
                ClientRequestToken=self._new_token(),
            )
        except ClientError as error:
            if transaction.claim_refused(refusals(error)):
                raise AlreadyClaimedError("the same was done before") from error
            raise refused from error

    def _read(self, table: str, key: Row) -> Row | None:
        answer = self._patience(
            self._client.get_item, TableName=table, Key=to_wire(key), ConsistentRead=True
        )
        return from_wire(answer["Item"]) if "Item" in answer else None

    def _rows(self, partition: Row, prefix: str) -> list[Row]:
        rows: list[Row] = []
        start: dict[str, Any] = {}
        while True:
            answer = self._patience(
                self._client.query,
                TableName=self._tables.state,
                KeyConditionExpression="pk = :pk AND begins_with(sk, :prefix)",
                ExpressionAttributeValues=to_wire({":pk": partition["pk"], ":prefix": prefix}),
                ConsistentRead=True,
                **start,
            )
            rows += [from_wire(item) for item in answer["Items"]]
            if "LastEvaluatedKey" not in answer:
                return rows
            start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}

    def _seen(self, ticket: Ticket) -> Ticket:
        if len(self._identities) >= REMEMBERED:
            self._identities.clear()
        self._identities[ticket.ticket_id] = Identity(ticket.caller_id, ticket.correlation_id)
        return ticket


def _last(page: list[Ticket], read: list[Ticket], answer: Any) -> Position | None:
    """Where the next page begins; None when there is none."""
    if len(read) > len(page):
        return Position(stamp(page[-1].created_at), page[-1].ticket_id)
    if "LastEvaluatedKey" not in answer:
        return None
    key = from_wire(answer["LastEvaluatedKey"])
    return Position(key["created_at"], key["ticket_id"])
