"""Sync jobs on DynamoDB: a piece of work moves from an OPEN row to a DONE row, in one transaction.

No row is written by every piece (a counter would be): pieces are counted when somebody asks.
A cancelled transaction is explained by reading, as in the journal.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from switchboard.ingress.adapters.dynamodb import NEW, read_row
from switchboard.ingress.adapters.dynamodb_items import Wire, digest, from_wire, key, to_wire
from switchboard.ingress.adapters.sync_items import (
    DONE,
    JOB,
    KEEP_JOBS,
    KEEP_KEYS,
    OPEN,
    Row,
    done_row,
    ended_from,
    job_from,
    job_pk,
    job_row,
    known_row,
    member_row,
    open_row,
)
from switchboard.ingress.domain.ports import SettlementConflictError
from switchboard.ingress.domain.sync_model import (
    PAGE,
    Ending,
    Job,
    KnownPage,
    Progress,
    Work,
    progress_of,
)
from switchboard.ingress.domain.sync_ports import KeyReusedError

if TYPE_CHECKING:  # the stubs never ship in a Lambda
    from mypy_boto3_dynamodb import DynamoDBClient

STANDS = "attribute_exists(pk)"


class DynamoSyncJobs:
    """Jobs and their pieces of work."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        """Write to `table`."""
        self._client = client
        self._table = table

    def begin(self, job: Job, first: Work, key: str | None = None) -> Job:
        """One TransactWriteItems: job, first piece, and the key if there is one."""
        rows = [job_row(job), open_row(job.job_id, first, self._expiry(job.requested_at))]
        if key is not None:
            rows.append(_key_row(job, key))
        try:
            self._write([self._put(row, ConditionExpression=NEW) for row in rows])
        except self._client.exceptions.TransactionCanceledException as error:
            return self._standing(job, key, error)
        return job

    def find(self, job_id: str) -> Job | None:
        """One GetItem."""
        row = self._row(job_id, JOB)
        return job_from(row) if row else None

    def add(self, job_id: str, works: Sequence[Work]) -> list[Work]:
        """One TransactWriteItems for each piece: it must neither be open nor have ended."""
        job = self.find(job_id)
        if job is None or not works:
            return []
        expiry = self._expiry(job.requested_at)
        return [work for work in works if self._opened(job_id, work, expiry)]

    def is_open(self, job_id: str, work: Work) -> bool:
        """One GetItem."""
        return self._row(job_id, OPEN + work.key) is not None

    def note(self, job_id: str, work: Work, ending: Ending, at: datetime) -> None:
        """One conditional PutItem."""
        try:
            self._client.put_item(
                TableName=self._table,
                Item=to_wire(done_row(job_id, work, ending, self._expiry(at))),
                ConditionExpression=NEW,
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return

    def settle(
        self,
        job: Job,
        work: Work,
        ending: Ending,
        at: datetime,
        *,
        known: KnownPage | None = None,
        forgotten: KnownPage | None = None,
    ) -> bool:
        """One TransactWriteItems; idempotent because the piece must be open."""
        items = [
            self._delete(job_pk(job.job_id), OPEN + work.key, ConditionExpression=STANDS),
            self._put(done_row(job.job_id, work, ending, self._expiry(at))),
        ]
        stay = [known_row(known), member_row(known)] if known else []
        go = [known_row(forgotten), member_row(forgotten)] if forgotten else []
        kept = {(row["pk"], row["sk"]) for row in stay}
        items += [self._put(row) for row in stay]
        items += [
            self._delete(row["pk"], row["sk"]) for row in go if (row["pk"], row["sk"]) not in kept
        ]
        try:
            self._write(items)
        except self._client.exceptions.TransactionCanceledException as error:
            if self.is_open(job.job_id, work):
                raise SettlementConflictError(str(error)) from error
            return False
        return True

    def finish(self, job_id: str, at: datetime) -> Progress | None:
        """One Query for what is open; at the end one conditional UpdateItem."""
        row = self._row(job_id, JOB)
        if row is None or "completed_at" in row or self._rows(job_id, OPEN, most=1):
            return None
        try:
            self._client.update_item(
                TableName=self._table,
                Key=key(job_pk(job_id), JOB),
                UpdateExpression="SET completed_at = :at",
                ConditionExpression="attribute_not_exists(completed_at)",
                ExpressionAttributeValues=to_wire({":at": at.isoformat()}),
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return None
        return progress_of(job_from(row), self._ended(job_id), 0, at)

    def progress(self, job_id: str) -> Progress | None:
        """All pieces are counted as they are now."""
        row = self._row(job_id, JOB)
        if row is None:
            return None
        completed = row.get("completed_at")
        open_pages = sum(item["kind"] == PAGE for item in self._rows(job_id, OPEN))
        return progress_of(
            job_from(row),
            self._ended(job_id),
            open_pages,
            datetime.fromisoformat(completed) if completed else None,
        )

    def seen(self, job_id: str) -> set[str]:
        """Two queries."""
        listed = [row for row in self._rows(job_id, OPEN) if row["listed"]]
        rows = [*listed, *self._rows(job_id, DONE)]
        return {row["id"] for row in rows if row["kind"] == PAGE}

    def _standing(self, job: Job, key_: str | None, error: Exception) -> Job:
        standing = self.find(job.job_id)
        if standing is None and key_ is not None:
            claimed = read_row(self._client, self._table, key(_key_pk(job, key_), "SYNCKEY"))
            standing = self.find(claimed["job_id"]) if claimed else None
        if standing is None:
            raise SettlementConflictError(str(error)) from error
        if standing.target != job.target:
            raise KeyReusedError(f"the key stands for the sync of {standing.target.id}")
        return standing

    def _opened(self, job_id: str, work: Work, expiry: int) -> bool:
        done = {
            "ConditionCheck": {
                "TableName": self._table,
                "Key": key(job_pk(job_id), DONE + work.key),
                "ConditionExpression": NEW,
            }
        }
        found = self._put(open_row(job_id, work, expiry), ConditionExpression=NEW)
        try:
            self._write([done, found])
        except self._client.exceptions.TransactionCanceledException as error:
            if self.is_open(job_id, work):
                return True
            if self._row(job_id, DONE + work.key) is None:
                raise SettlementConflictError(str(error)) from error
            return False
        return True

    def _ended(self, job_id: str) -> list[Any]:
        return [ended_from(row) for row in self._rows(job_id, DONE)]

    def _rows(self, job_id: str, prefix: str, most: int | None = None) -> list[Row]:
        return list(query(self._client, self._table, job_pk(job_id), prefix, most))

    def _row(self, job_id: str, sk: str) -> Row | None:
        return read_row(self._client, self._table, key(job_pk(job_id), sk))

    def _write(self, items: list[Any]) -> None:
        self._client.transact_write_items(TransactItems=items)

    def _put(self, row: Row, **condition: Any) -> Wire:
        return {"Put": {"TableName": self._table, "Item": to_wire(row), **condition}}

    def _delete(self, pk: str, sk: str, **condition: Any) -> Wire:
        return {"Delete": {"TableName": self._table, "Key": key(pk, sk), **condition}}

    @staticmethod
    def _expiry(at: datetime) -> int:
        return int((at + KEEP_JOBS).timestamp())


def query(
    client: "DynamoDBClient", table: str, pk: str, prefix: str = "", most: int | None = None
) -> Iterator[Row]:
    """The rows of a partition whose sort keys begin like this, page by page."""
    condition, values = "pk = :pk", {":pk": pk}
    if prefix:
        condition, values = (
            f"{condition} AND begins_with(sk, :prefix)",
            values | {":prefix": prefix},
        )
    asked: dict[str, Any] = {
        "TableName": table,
        "KeyConditionExpression": condition,
        "ExpressionAttributeValues": to_wire(values),
        "ConsistentRead": True,
        **({"Limit": most} if most else {}),
    }
    while True:
        answer = client.query(**asked)
        for item in answer["Items"]:
            yield from_wire(item)
        if most or "LastEvaluatedKey" not in answer:
            return
        asked["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def _key_pk(job: Job, key_: str) -> str:
    return f"SYNCKEY#{digest(job.project_id, key_)}"


def _key_row(job: Job, key_: str) -> Row:
    return {
        "pk": _key_pk(job, key_),
        "sk": "SYNCKEY",
        "ttl": int((job.requested_at + KEEP_KEYS).timestamp()),
        "job_id": job.job_id,
    }
