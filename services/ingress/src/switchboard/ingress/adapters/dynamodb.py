"""Receipts, journal and projects on one DynamoDB table."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from switchboard.events.content import ContentChangedV1
from switchboard.events.envelope import Event
from switchboard.events.project import ProjectConfiguredV1
from switchboard.ingress.adapters.dynamodb_items import (
    DEFECTS,
    Wire,
    claim_rows,
    digest,
    event_claim_pk,
    event_claim_row,
    from_wire,
    key,
    key_row,
    origin_row,
    outcome_from,
    outcome_row,
    page_claim_pk,
    project_from,
    project_row,
    to_wire,
)
from switchboard.ingress.domain.model import Outcome, ProjectUpdate, Settlement, StoredProject
from switchboard.ingress.domain.ports import ClaimHeldError, SettlementConflictError
from switchboard.runtime.outbox import outbox_row

if TYPE_CHECKING:  # the stubs never ship in a Lambda
    from mypy_boto3_dynamodb import DynamoDBClient

NEW = "attribute_not_exists(pk)"
KEEP_HANDSHAKES = timedelta(days=1)


class DynamoReceipts:
    """The door's two conditional writes."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        """Write to `table`."""
        self._client = client
        self._table = table

    def keep(self, event: Event[ContentChangedV1]) -> bool:
        """One PutItem: the row is receipt and outbox at once."""
        row = outbox_row(event, f"RECEIPT#{digest(event.data.source_event_id)}")
        return self._put(row, ConditionExpression=NEW)

    def claim_handshake(self, arming: datetime, token_sha256: str) -> bool:
        """One PutItem; the same token may repeat it."""
        row = {
            "pk": f"HANDSHAKE#{arming.isoformat()}",
            "sk": "HANDSHAKE",
            "token_sha256": token_sha256,
            "ttl": int((arming + KEEP_HANDSHAKES).timestamp()),
        }
        return self._put(
            row,
            ConditionExpression=f"{NEW} OR token_sha256 = :token",
            ExpressionAttributeValues=to_wire({":token": token_sha256}),
        )

    def _put(self, row: dict[str, Any], **condition: Any) -> bool:
        try:
            self._client.put_item(TableName=self._table, Item=to_wire(row), **condition)
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True


class DynamoProjects:
    """Stored configurations; reads are consistent, because claims are decided on them."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        """Read from `table`."""
        self._client = client
        self._table = table

    def get(self, project_id: str) -> StoredProject | None:
        """One GetItem."""
        row = read_row(self._client, self._table, key(f"PROJECT#{project_id}", "CONFIG"))
        return project_from(row) if row else None

    def holding(self, keys: Sequence[str]) -> StoredProject | None:
        """Key rows in the given order, then the project."""
        for name in keys:
            row = read_row(self._client, self._table, key(f"KEY#{name}", "KEY"))
            if row:
                return self.get(row["project_id"])
        return None

    def taking_defects(self) -> StoredProject | None:
        """One Query for the first row, then the project."""
        answer = self._client.query(
            TableName=self._table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues=to_wire({":pk": DEFECTS}),
            ConsistentRead=True,
            Limit=1,
        )
        rows = [from_wire(item) for item in answer["Items"]]
        return self.get(rows[0]["sk"]) if rows else None


class DynamoJournal:
    """Settlements as transactions."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        """Write to `table`."""
        self._client = client
        self._table = table

    def settle(self, settlement: Settlement) -> Outcome:
        """One TransactWriteItems: either all of it, or the outcome that stood before.

        Idempotent by the claim on the source event; a cancelled transaction is explained by
        reading the claims again rather than by its reasons, which not every engine reports.
        """
        try:
            self._client.transact_write_items(TransactItems=self._items(settlement))
        except self._client.exceptions.TransactionCanceledException as error:
            return self._standing(settlement, error)
        return settlement.outcome

    def standing(self, source_event_id: str) -> Outcome | None:
        """One GetItem."""
        row = read_row(self._client, self._table, key(event_claim_pk(source_event_id), "CLAIM"))
        return outcome_from(row) if row else None

    def outcomes(self, page_id: str, limit: int) -> list[Outcome]:
        """One Query."""
        answer = self._client.query(
            TableName=self._table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues=to_wire({":pk": f"OUTCOME#{page_id}"}),
            ScanIndexForward=False,
            ConsistentRead=True,
            Limit=limit,
        )
        return [outcome_from(from_wire(item)) for item in answer["Items"]]

    def _standing(self, settlement: Settlement, error: Exception) -> Outcome:
        outcome, claim = settlement.outcome, settlement.claim
        settled = self.standing(outcome.source_event_id)
        if settled:
            return settled
        held = claim and read_row(self._client, self._table, key(page_claim_pk(claim), "CLAIM"))
        if held:
            raise ClaimHeldError(held["invocation_id"]) from error
        raise SettlementConflictError(str(error)) from error

    def _items(self, settlement: Settlement) -> list[Any]:
        rows = claim_rows(settlement)
        items = [
            self._put(event_claim_row(settlement.outcome), ConditionExpression=NEW),
            self._put(outcome_row(settlement.outcome)),
            *(self._put(outbox_row(event)) for event in settlement.events),
        ]
        if rows:
            items += [self._put(row, ConditionExpression=NEW) for row in rows]
        if settlement.project:
            items += self._project_items(settlement.project)
        if settlement.origin:
            items.append(self._put(origin_row(settlement.origin)))
        return items

    def _project_items(self, update: ProjectUpdate) -> list[Wire]:
        project_id = update.project.configuration.project_id
        mine: dict[str, Any] = {
            "ConditionExpression": f"{NEW} OR project_id = :project",
            "ExpressionAttributeValues": to_wire({":project": project_id}),
        }
        replaced: dict[str, Any] = {"ConditionExpression": NEW}
        if update.replaces:
            # Optimistic lock: whoever read an older version must read again.
            version = update.replaces.configuration.updated_at.isoformat()
            replaced = {
                "ConditionExpression": "#version = :version",
                "ExpressionAttributeNames": {"#version": "version"},
                "ExpressionAttributeValues": to_wire({":version": version}),
            }
        released = set(update.replaces.keys if update.replaces else ()) - set(update.project.keys)
        return [
            self._put(project_row(update.project), **replaced),
            *(self._put(key_row(name, project_id), **mine) for name in update.project.keys),
            *(
                {"Delete": {"TableName": self._table, "Key": key(f"KEY#{name}", "KEY"), **mine}}
                for name in sorted(released)
            ),
            self._defects_item(update.project.configuration),
        ]

    def _defects_item(self, configuration: ProjectConfiguredV1) -> Wire:
        row = {"pk": DEFECTS, "sk": configuration.project_id}
        if configuration.defect_status:
            return self._put(row)
        return {"Delete": {"TableName": self._table, "Key": to_wire(row)}}

    def _put(self, row: dict[str, Any], **condition: Any) -> Wire:
        return {"Put": {"TableName": self._table, "Item": to_wire(row), **condition}}


def read_row(client: "DynamoDBClient", table: str, wire_key: Wire) -> dict[str, Any] | None:
    """One consistent GetItem."""
    answer = client.get_item(TableName=table, Key=wire_key, ConsistentRead=True)
    return from_wire(answer["Item"]) if "Item" in answer else None
