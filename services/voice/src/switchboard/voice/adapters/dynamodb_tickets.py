"""The read model of tickets in voice's table, by caller.

| pk                  | sk                  |                                                    |
|---------------------|---------------------|----------------------------------------------------|
| CALLER#<caller id>  | TICKET#<ticket id>  | short_description, created_at, state, spoken,      |
|                     |                     | state_at, state_key, note_author, note_at, note_key|

One query has a caller's tickets, one read finds one of them; another caller's row is out of reach,
because the caller is in the key (D-05). `state_key` and `note_key` are event time and event id.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.conditions import Key

from switchboard.voice.adapters.dynamodb_errors import accepted, translated
from switchboard.voice.adapters.patience import Attempt
from switchboard.voice.domain.model import Ticket, TicketNote, TicketState
from switchboard.voice.domain.ports import Moment

if TYPE_CHECKING:  # the stubs never ship in a Lambda
    from mypy_boto3_dynamodb.service_resource import Table

KEEP = timedelta(days=400)
"""A row goes this long after the ticket last moved."""
MOST_READ = 25
"""The newest tickets of a caller; older ones are found by their number only."""


def sortable(moment: datetime) -> str:
    """UTC text that sorts as time does."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


class DynamoTickets:
    """Tickets on DynamoDB."""

    def __init__(self, table: "Table", attempt: Attempt[Any]) -> None:
        """`attempt` makes each call, again if need be."""
        self._table = table
        self._attempt = attempt

    def of(self, caller_id: str) -> Sequence[Ticket]:
        """One query, highest number first."""
        condition = Key("pk").eq(f"CALLER#{caller_id}") & Key("sk").begins_with("TICKET#")
        with translated():
            answer: Any = self._attempt(
                lambda: self._table.query(
                    KeyConditionExpression=condition, ScanIndexForward=False, Limit=MOST_READ
                )
            )
        return tuple(_ticket(item) for item in answer["Items"])

    def find(self, caller_id: str, ticket_id: str) -> Ticket | None:
        """One read."""
        with translated():
            answer: Any = self._attempt(
                lambda: self._table.get_item(Key=_key(caller_id, ticket_id), ConsistentRead=True)
            )
        item = answer.get("Item")
        return _ticket(item) if item else None

    def opened(self, ticket: Ticket) -> None:
        """These never change, so each write is the same."""
        created_at = ticket.created_at
        self._set(
            ticket.caller_id,
            ticket.ticket_id,
            {
                "short_description": ticket.short_description,
                "created_at": sortable(created_at) if created_at else None,
            },
        )

    def moved(self, caller_id: str, ticket_id: str, state: TicketState, moment: Moment) -> bool:
        """One conditional update."""
        values = {"state": state.state, "spoken": state.spoken, "state_at": sortable(state.at)}
        return self._newest(caller_id, ticket_id, "state_key", values, moment)

    def noted(self, caller_id: str, ticket_id: str, note: TicketNote, moment: Moment) -> bool:
        """One conditional update."""
        values = {"note_author": note.author, "note_at": sortable(note.at)}
        return self._newest(caller_id, ticket_id, "note_key", values, moment)

    def _newest(
        self,
        caller_id: str,
        ticket_id: str,
        name: str,
        values: Mapping[str, str],
        moment: Moment,
    ) -> bool:
        key = f"{sortable(moment.at)}#{moment.event_id}"
        condition = f"attribute_not_exists({name}) OR {name} < :{name}"
        return self._set(caller_id, ticket_id, {**values, name: key}, condition)

    def _set(
        self,
        caller_id: str,
        ticket_id: str,
        values: Mapping[str, str | None],
        condition: str | None = None,
    ) -> bool:
        known: dict[str, Any] = {n: value for n, value in values.items() if value is not None}
        names = ", ".join(f"#{name} = :{name}" for name in known)
        options: Any = {"ConditionExpression": condition} if condition else {}
        moment = known.get("state_at") or known.get("note_at") or known["created_at"]
        expires = datetime.fromisoformat(moment) + KEEP
        return accepted(
            lambda: self._attempt(
                lambda: self._table.update_item(
                    Key=_key(caller_id, ticket_id),
                    UpdateExpression=f"SET {names}, #ttl = :ttl",
                    ExpressionAttributeNames={"#ttl": "ttl", **{f"#{n}": n for n in known}},
                    ExpressionAttributeValues={
                        ":ttl": int(expires.timestamp()),
                        **{f":{name}": value for name, value in known.items()},
                    },
                    **options,
                )
            )
        )


def _key(caller_id: str, ticket_id: str) -> dict[str, str]:
    return {"pk": f"CALLER#{caller_id}", "sk": f"TICKET#{ticket_id}"}


def _time(item: Mapping[str, Any], name: str) -> datetime | None:
    return datetime.fromisoformat(item[name]) if name in item else None


def _ticket(item: Mapping[str, Any]) -> Ticket:
    state_at, note_at = _time(item, "state_at"), _time(item, "note_at")
    return Ticket(
        ticket_id=item["sk"].removeprefix("TICKET#"),
        caller_id=item["pk"].removeprefix("CALLER#"),
        short_description=item.get("short_description"),
        created_at=_time(item, "created_at"),
        state=TicketState(item["state"], item["spoken"], state_at) if state_at else None,
        note=TicketNote(item["note_author"], note_at) if note_at else None,
    )
