"""The records of calls in voice's table; their events leave by the table's stream.

| pk                 | sk     |                                                               |
|--------------------|--------|---------------------------------------------------------------|
| CALL#<contact id>  | RECORD | the fields of `Call`, and `inputs`: the contact events seen   |
| OUTBOX#<event id>  | OUTBOX | an event on its way to the bus                                |
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from switchboard.events.call import CallEndedV1, CallEscalatedV1
from switchboard.events.envelope import Event
from switchboard.runtime.outbox import outbox_row
from switchboard.voice.adapters.dynamodb_errors import accepted, translated
from switchboard.voice.adapters.dynamodb_tickets import sortable
from switchboard.voice.adapters.patience import Attempt
from switchboard.voice.domain.model import ANONYMOUS, Call
from switchboard.voice.domain.ports import CallFacts, ChangedError

if TYPE_CHECKING:  # the stubs never ship in a Lambda
    from mypy_boto3_dynamodb.service_resource import Table

KEEP = timedelta(days=400)
"""A record outlives the archive of events, whose replay must change nothing."""
_TIMES = ("initiated_at", "agent_at", "queued_at", "person_at", "disconnected_at")


class DynamoCalls:
    """Calls on DynamoDB."""

    def __init__(self, table: "Table", attempt: Attempt[Any], now: Callable[[], datetime]) -> None:
        """`attempt` makes each call, again if need be."""
        self._table = table
        self._attempt = attempt
        self._now = now

    def get(self, contact_id: str) -> Call:
        """One consistent read."""
        with translated():
            answer: Any = self._attempt(
                lambda: self._table.get_item(Key=_key(contact_id), ConsistentRead=True)
            )
        return _call(contact_id, answer.get("Item", {}))

    def learn(self, contact_id: str, facts: CallFacts, key: str | None = None) -> Call:
        """One update that never replaces a value; a set keeps the same key once."""
        known = _known(facts)
        add = ", inputs :inputs" if key else ""
        options = self._options({**known, **({"inputs": {key}} if key else {})}, unnamed="inputs")
        with translated():
            answer: Any = self._attempt(
                lambda: self._table.update_item(
                    Key=_key(contact_id),
                    UpdateExpression=f"SET #ttl = :ttl{_sets(known)} ADD revision :one{add}",
                    ReturnValues="ALL_NEW",
                    **options,
                )
            )
        return _call(contact_id, answer["Attributes"])

    def note_outcome(self, contact_id: str, outcome: str) -> None:
        """One conditional update."""
        options = self._options({"outcome": outcome})
        accepted(
            lambda: self._attempt(
                lambda: self._table.update_item(
                    Key=_key(contact_id),
                    UpdateExpression="SET #ttl = :ttl, #outcome = :outcome ADD revision :one",
                    ConditionExpression="attribute_not_exists(is_over)",
                    **options,
                )
            )
        )

    def opened_in(self, contact_id: str, ticket_id: str) -> None:
        """A set keeps the same ticket once."""
        options = self._options({"tickets": {ticket_id}}, unnamed="tickets")
        with translated():
            self._attempt(
                lambda: self._table.update_item(
                    Key=_key(contact_id),
                    UpdateExpression="SET #ttl = :ttl ADD tickets :tickets, revision :one",
                    **options,
                )
            )

    def escalate(
        self, contact_id: str, caller_id: str, reason: str, event: Event[CallEscalatedV1]
    ) -> bool:
        """Record and outbox row in one transaction, once per contact."""
        known = _known(CallFacts(caller_id=caller_id))
        update = {
            "UpdateExpression": f"SET #ttl = :ttl, #escalation = :escalation{_sets(known)} "
            "ADD revision :one",
            "ConditionExpression": "attribute_not_exists(escalation)",
            **self._options({"escalation": reason, **known}),
        }
        return self._transact(contact_id, update, event)

    def end(self, call: Call, outcome: str, event: Event[CallEndedV1]) -> bool:
        """Record and outbox row in one transaction, if the record is still what was read."""
        options = self._options({"outcome": outcome, "is_over": True})
        options["ExpressionAttributeValues"][":read"] = call.revision
        update = {
            "UpdateExpression": "SET #ttl = :ttl, #outcome = :outcome, #is_over = :is_over "
            "ADD revision :one",
            "ConditionExpression": "attribute_not_exists(is_over) AND revision = :read",
            **options,
        }
        if self._transact(call.contact_id, update, event):
            return True
        if self.get(call.contact_id).is_over:
            return False
        raise ChangedError("the call's record changed while it was read")

    def _options(self, values: Mapping[str, Any], *, unnamed: str = "") -> dict[str, Any]:
        """Names and values of an update; what is added to a set needs no name."""
        return {
            "ExpressionAttributeNames": {
                "#ttl": "ttl",
                **{f"#{name}": name for name in values if name != unnamed},
            },
            "ExpressionAttributeValues": {
                ":ttl": int((self._now() + KEEP).timestamp()),
                ":one": 1,
                **{f":{name}": value for name, value in values.items()},
            },
        }

    def _transact(self, contact_id: str, update: dict[str, Any], event: Event[Any]) -> bool:
        table = self._table.name
        items: list[Any] = [
            {"Update": {"TableName": table, "Key": _key(contact_id), **update}},
            {"Put": {"TableName": table, "Item": outbox_row(event)}},
        ]
        client = self._table.meta.client
        return accepted(
            lambda: self._attempt(lambda: client.transact_write_items(TransactItems=items))
        )


def _key(contact_id: str) -> dict[str, str]:
    return {"pk": f"CALL#{contact_id}", "sk": "RECORD"}


def _known(facts: CallFacts) -> dict[str, str]:
    """What there is to keep: `anonymous` is what a record says of itself, and gives way."""
    return {
        name: sortable(value) if isinstance(value, datetime) else value
        for name, value in asdict(facts).items()
        if value not in (None, ANONYMOUS)
    }


def _sets(known: Mapping[str, str]) -> str:
    return "".join(f", #{name} = if_not_exists(#{name}, :{name})" for name in known)


def _call(contact_id: str, item: Mapping[str, Any]) -> Call:
    times: Any = {name: datetime.fromisoformat(item[name]) for name in _TIMES if name in item}
    return Call(
        contact_id=contact_id,
        caller_id=item.get("caller_id", ANONYMOUS),
        disconnect_reason=item.get("disconnect_reason"),
        escalation=item.get("escalation"),
        outcome=item.get("outcome"),
        ticket_ids=frozenset(item.get("tickets", ())),
        is_over=bool(item.get("is_over", False)),
        revision=int(item.get("revision", 0)),
        **times,
    )
