"""Records, claims and the ledger in the service's one table; every change is one transaction.

Keys: `INVOCATION#<id>`/`RECORD`, beside it `INVOCATION#<id>`/`CHILD#<id>` for each child;
`PAGE#<project>#<page>`/`<end>#<id>` (what completed invocations made for a page);
`LEDGER#<project>#<YYYY-MM>`/`LEDGER`, `CLAIM#<hash>`/`CLAIM`, and the outbox rows of
`switchboard.runtime.outbox`.
Indexes: `by_project` (a project's records by time) and `by_due` (only records still open).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from random import SystemRandom
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger
from botocore.exceptions import ClientError

from switchboard.events.values import Artifact
from switchboard.orchestrator.adapters.cursor import decoded, encoded
from switchboard.orchestrator.adapters.ledger import ledger_update
from switchboard.orchestrator.adapters.rows import (
    from_item,
    invocation_row,
    page_partition,
    page_row,
    read_artifacts,
    read_invocation,
    read_listed,
    stamp,
    to_item,
)
from switchboard.orchestrator.domain.model import (
    Invocation,
    StaleRecordError,
    Status,
    StoreBusyError,
)
from switchboard.orchestrator.domain.ports import (
    AlreadyClaimedError,
    Change,
    Claim,
    LedgerRefusedError,
    Listing,
)
from switchboard.runtime.outbox import outbox_row

if TYPE_CHECKING:  # the stubs never ship in a Lambda
    from mypy_boto3_dynamodb import DynamoDBClient

BY_PROJECT = "by_project"
BY_DUE = "by_due"
CLAIMS_KEPT = timedelta(days=7)
TRIES = 8
"""How often a transaction that met another one on the same item is tried again at once."""
_CONFLICT_WAIT_SECONDS = 0.05
_BUSY = frozenset({"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"})
_random = SystemRandom()


CHILD = "CHILD#"


def record_key(invocation_id: str) -> dict[str, Any]:
    """The key of a record."""
    return {"pk": f"INVOCATION#{invocation_id}", "sk": "RECORD"}


def claim_key(key: str) -> dict[str, Any]:
    """The key of an idempotency claim."""
    return {"pk": f"CLAIM#{key}", "sk": "CLAIM"}


class DynamoInvocations:
    """Invocation records, written together with ledger, claim and outbox."""

    def __init__(
        self, client: DynamoDBClient, table: str, logger: Logger, sleep: Callable[[float], None]
    ) -> None:
        """Use `table` through `client`; `sleep` waits between tries of a busy transaction."""
        self._client = client
        self._table = table
        self._logger = logger
        self._sleep = sleep

    def get(self, invocation_id: str) -> Invocation | None:
        """Read consistently: a decision follows."""
        item = self._client.get_item(
            TableName=self._table, Key=to_item(record_key(invocation_id)), ConsistentRead=True
        ).get("Item")
        return read_invocation(from_item(item)) if item else None

    def commit(self, change: Change) -> Invocation:
        """One TransactWriteItems; the order of the parts tells which condition failed."""
        stored = change.record.model_copy(update={"version": change.record.version + 1})
        parts = [self._put_record(stored)]
        if change.ledger is not None:
            parts.append(ledger_update(self._table, change.ledger))
        if change.claim is not None:
            parts.append(self._claim(change.claim, stored))
        parts += [self._put(row) for row in _unconditional(change, stored)]
        self._write(change, parts)
        self._logger.info(
            "invocation stored",
            invocation_id=stored.invocation_id,
            correlation_id=stored.correlation_id,
            project_id=stored.project_id,
            status=str(stored.status),
            version=stored.version,
            attempts=stored.attempts,
            events=[event.detail_type for event in change.events],
        )
        return stored

    def overdue(self, status: Status, before: datetime, limit: int) -> list[str]:
        """The sparse index holds open records only."""
        answer = self._client.query(
            TableName=self._table,
            IndexName=BY_DUE,
            KeyConditionExpression="open_status = :status AND due_at < :before",
            ExpressionAttributeValues=to_item({":status": str(status), ":before": stamp(before)}),
            Limit=limit,
        )
        rows = [from_item(item) for item in answer["Items"]]
        return [row["pk"].removeprefix("INVOCATION#") for row in rows]

    def of_project(self, project_id: str, limit: int, cursor: str | None) -> Listing:
        """Backwards through the index; the cursor is the last sort key seen."""
        condition = "project_id = :project"
        values = {":project": project_id}
        if cursor is not None:
            condition += " AND listed_at < :before"
            values[":before"] = decoded(cursor)
        answer = self._client.query(
            TableName=self._table,
            IndexName=BY_PROJECT,
            KeyConditionExpression=condition,
            ExpressionAttributeValues=to_item(values),
            ScanIndexForward=False,
            Limit=limit,
        )
        rows = [from_item(item) for item in answer["Items"]]
        more = rows and "LastEvaluatedKey" in answer
        return Listing(
            [read_listed(row) for row in rows],
            encoded(rows[-1]["listed_at"]) if more else None,
        )

    def claimed(self, key: str) -> Claim | None:
        """Read consistently: it was refused a moment ago."""
        item = self._client.get_item(
            TableName=self._table, Key=to_item(claim_key(key)), ConsistentRead=True
        ).get("Item")
        if not item:
            return None
        row = from_item(item)
        return Claim(key, row["fingerprint"], row["invocation_id"])

    def earlier_artifacts(self, project_id: str, notion_page_id: str, limit: int) -> list[Artifact]:
        """Backwards through the page's rows; consistent, so that a result just shown is known."""
        answer = self._client.query(
            TableName=self._table,
            KeyConditionExpression="pk = :page",
            ExpressionAttributeValues=to_item(
                {":page": page_partition(project_id, notion_page_id)}
            ),
            ScanIndexForward=False,
            ConsistentRead=True,
            Limit=limit,
        )
        return read_artifacts([from_item(item) for item in answer["Items"]])

    def children(self, invocation_id: str) -> list[str]:
        """The rows that its children left beside the record."""
        parent = record_key(invocation_id)["pk"]
        answer = self._client.query(
            TableName=self._table,
            KeyConditionExpression="pk = :parent AND begins_with(sk, :child)",
            ExpressionAttributeValues=to_item({":parent": parent, ":child": CHILD}),
            ConsistentRead=True,
        )
        return [from_item(item)["sk"].removeprefix(CHILD) for item in answer["Items"]]

    def _write(self, change: Change, parts: list[dict[str, Any]]) -> None:
        for left in reversed(range(TRIES)):
            try:
                self._client.transact_write_items(TransactItems=parts)  # type: ignore[arg-type]
            except ClientError as error:
                _raise_for(error, change)
                if not left:
                    raise StoreBusyError("the table is busy with other transactions") from error
                self._sleep(_random.uniform(0.2, 1) * _CONFLICT_WAIT_SECONDS * (TRIES - left))
            else:
                return

    def _put(self, row: dict[str, Any], **condition: Any) -> dict[str, Any]:
        return {"Put": {"TableName": self._table, "Item": to_item(row), **condition}}

    def _put_record(self, stored: Invocation) -> dict[str, Any]:
        row = record_key(stored.invocation_id) | invocation_row(stored)
        if stored.version == 1:
            return self._put(row, ConditionExpression="attribute_not_exists(pk)")
        return self._put(
            row,
            ConditionExpression="version = :seen",
            ExpressionAttributeValues=to_item({":seen": stored.version - 1}),
        )

    def _claim(self, claim: Claim, stored: Invocation) -> dict[str, Any]:
        row = claim_key(claim.key) | {
            "fingerprint": claim.fingerprint,
            "invocation_id": claim.invocation_id,
            "ttl": int((stored.created_at + CLAIMS_KEPT).timestamp()),
        }
        return self._put(row, ConditionExpression="attribute_not_exists(pk)")


def _unconditional(change: Change, stored: Invocation) -> list[dict[str, Any]]:
    """What is written beside the record without a condition of its own."""
    rows = [outbox_row(event) for event in change.events]
    if stored.version == 1 and stored.parent_invocation_id is not None:
        parent = record_key(stored.parent_invocation_id)["pk"]
        rows.append({"pk": parent, "sk": f"{CHILD}{stored.invocation_id}"})
    if change.kept_for_page and stored.output_artifacts:
        rows.append(page_row(stored))
    return rows


def _raise_for(error: ClientError, change: Change) -> None:
    """Name what refused the transaction; return when it should be tried again."""
    code = error.response["Error"]["Code"]
    if code != "TransactionCanceledException":
        raise error
    reasons: list[Any] = list(error.response.get("CancellationReasons", []))
    codes = [reason.get("Code", "None") for reason in reasons]
    parts: list[Exception] = [StaleRecordError(f"{change.record.invocation_id} was changed")]
    if change.ledger is not None:
        parts.append(LedgerRefusedError(f"the ledger of {change.ledger.month} refused"))
    if change.claim is not None:
        parts.append(AlreadyClaimedError("the key is taken"))
    for refused, reason in zip(parts, codes, strict=False):
        if reason == "ConditionalCheckFailed":
            raise refused from error
    if not _BUSY.intersection(codes):
        raise error
