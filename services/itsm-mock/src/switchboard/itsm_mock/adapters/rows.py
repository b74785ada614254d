"""Rows of the two tables and how domain values become them.

`poc-itsm-tickets` holds tickets and nothing else (ITS-07). The state table holds the rest:

========================  ============================  ====================================
pk                        sk                            what
========================  ============================  ====================================
TICKET#<ticket id>        ENTRY#<time>#<entry id>       comment or work note
FLOW#<correlation id>     TICKET#<time>#<ticket id>     a flow or call knows this ticket
PAGE#<page id>            PAGE                          Notion page on which it is worked
CLAIM#<key>               CLAIM                         not to be done twice (`domain.claims`)
COUNTER#TICKETS           COUNTER                       highest number given out to a container
SIGNING                   CURSOR                        key of the cursors' signatures
OUTBOX#<event id>         OUTBOX                        outgoing event
========================  ============================  ====================================
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from switchboard.itsm_mock.domain.model import Entry, Ticket
from switchboard.itsm_mock.domain.ports import Claim

Row = dict[str, Any]
TICKET_TIMES = ("created_at", "updated_at", "resolved_at", "delivery_at")
_to_wire = TypeSerializer()
_from_wire = TypeDeserializer()


def to_wire(row: Mapping[str, Any]) -> Row:
    """Plain values as DynamoDB's typed ones; absent for None."""
    return {name: _to_wire.serialize(value) for name, value in row.items() if value is not None}


def from_wire(item: Mapping[str, Any]) -> Row:
    """The reverse."""
    return {name: _from_wire.deserialize(value) for name, value in item.items()}


def stamp(moment: datetime) -> str:
    """A time as text that sorts: UTC, always six digits of a second."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def ticket_row(ticket: Ticket) -> Row:
    """A ticket's attributes."""
    row: Row = ticket.model_dump(mode="json", exclude_none=True)
    times = {name: getattr(ticket, name) for name in TICKET_TIMES}
    return row | {name: stamp(at) for name, at in times.items() if at is not None}


def read_ticket(row: Row) -> Ticket:
    """The ticket in a row."""
    return Ticket.model_validate(row)


def entry_row(ticket_id: str, entry: Entry) -> Row:
    """A comment or work note; sorts by time."""
    return {
        **entries_of(ticket_id),
        "sk": f"ENTRY#{stamp(entry.at)}#{entry.entry_id}",
        **entry.model_dump(mode="json", exclude_none=True),
    }


def entries_of(ticket_id: str) -> Row:
    """The partition of a ticket's entries."""
    return {"pk": f"TICKET#{ticket_id}"}


def flow_of(flow_id: str) -> Row:
    """The partition of a flow's tickets."""
    return {"pk": f"FLOW#{flow_id}"}


def flow_row(flow_id: str, ticket_id: str, now: datetime) -> Row:
    """That a flow or a call knows this ticket from now on."""
    return {**flow_of(flow_id), "sk": f"TICKET#{stamp(now)}#{ticket_id}", "ticket_id": ticket_id}


def page_key(page_id: str) -> Row:
    """Where it is written whose story a page is."""
    return {"pk": f"PAGE#{page_id}", "sk": "PAGE"}


def claim_key(key: str) -> Row:
    """Where a claim is written."""
    return {"pk": f"CLAIM#{key}", "sk": "CLAIM"}


def claim_row(claim: Claim) -> Row:
    """A claim; DynamoDB forgets it some time after it has run out."""
    return {
        **claim_key(claim.key),
        "result": claim.result,
        "fingerprint": claim.fingerprint,
        "until": stamp(claim.until),
        "ttl": int(claim.until.timestamp()) + 1,
    }


def read_claim(key: str, row: Row) -> Claim:
    """The claim in a row."""
    until = datetime.fromisoformat(row["until"])
    return Claim(key, row["result"], until, row["fingerprint"])
