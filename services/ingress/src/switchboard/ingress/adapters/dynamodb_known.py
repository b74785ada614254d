"""Known pages, roots and turns on DynamoDB."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from switchboard.ingress.adapters.dynamodb import read_row
from switchboard.ingress.adapters.dynamodb_items import from_wire, key, to_wire
from switchboard.ingress.adapters.dynamodb_sync import query
from switchboard.ingress.adapters.sync_items import (
    alias_row,
    known_from,
    root_from,
    root_pk,
    root_row,
)
from switchboard.ingress.domain.sync_model import KnownPage, Root

if TYPE_CHECKING:  # the stubs never ship in a Lambda
    from mypy_boto3_dynamodb import DynamoDBClient

BATCH = 100
"""Keys of one BatchGetItem."""
TURN_MS = 400
"""2.5 calls a second: below Notion's average of 3, so that agents and webhooks have room."""


class DynamoKnownPages:
    """Known pages as the jobs have written them."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        """Read from `table`."""
        self._client = client
        self._table = table

    def of(self, project_id: str, page_ids: Sequence[str]) -> Mapping[str, KnownPage]:
        """A BatchGetItem for each hundred pages."""
        wanted = sorted(set(page_ids))
        found: dict[str, KnownPage] = {}
        for start in range(0, len(wanted), BATCH):
            asked: Any = {
                self._table: {
                    "Keys": [
                        key(f"KNOWN#{page_id}", project_id)
                        for page_id in wanted[start : start + BATCH]
                    ],
                    "ConsistentRead": True,
                }
            }
            while asked:
                answer = self._client.batch_get_item(RequestItems=asked)
                rows = [from_wire(item) for item in answer["Responses"].get(self._table, [])]
                found |= {row["page_id"]: known_from(row) for row in rows}
                asked = answer.get("UnprocessedKeys")
        return found

    def homes(self, page_id: str) -> list[KnownPage]:
        """One Query."""
        rows = query(self._client, self._table, f"KNOWN#{page_id}")
        return [known_from(row) for row in rows]

    def below(
        self, project_id: str, root_id: str, above_id: str | None = None
    ) -> Mapping[str, str]:
        """One Query, as many pages as it takes."""
        prefix = f"{above_id}#" if above_id else ""
        rows = query(self._client, self._table, root_pk(project_id, root_id), prefix)
        return {row["page_id"]: row["above_id"] for row in rows}


class DynamoRoots:
    """Roots as a list, and each again under the ids it is found by."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        """Write to `table`."""
        self._client = client
        self._table = table

    def remember(self, root: Root, ids: Sequence[str]) -> None:
        """A PutItem for each row; repeating it changes nothing."""
        names = sorted(set(ids))
        for row in (*(alias_row(root, name) for name in names), root_row(root, names)):
            self._client.put_item(TableName=self._table, Item=to_wire(row))

    def forget(self, root: Root) -> None:
        """The aliases first: while the root is listed, this can be done again."""
        listed = root_row(root, [])
        row = read_row(self._client, self._table, key(listed["pk"], listed["sk"]))
        for name in row["ids"] if row else []:
            alias = alias_row(root, name)
            self._delete(alias)
        self._delete(listed)

    def of(self, source_ids: Sequence[str]) -> list[Root]:
        """A Query for each id."""
        found: dict[Root, None] = {}
        for name in source_ids:
            for row in query(self._client, self._table, f"SYNCED#{name}"):
                found[root_from(row)] = None
        return list(found)

    def all(self) -> list[Root]:
        """One Query."""
        return [root_from(row) for row in query(self._client, self._table, "SYNCED")]

    def _delete(self, row: Mapping[str, Any]) -> None:
        self._client.delete_item(TableName=self._table, Key=key(row["pk"], row["sk"]))


class DynamoTurns:
    """The next free moment as one row; a turn is one conditional UpdateItem, or two."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        """Write to `table`."""
        self._client = client
        self._table = table

    def take(self, now: datetime) -> datetime:
        """The moment after the last turn, or now when that is long past."""
        at = _milliseconds(now)
        while True:
            after = self._set("next_at + :turn", "next_at >= :now", {":turn": TURN_MS, ":now": at})
            if after is not None:
                return _moment(after - TURN_MS)
            first = self._set(
                ":next",
                "attribute_not_exists(pk) OR next_at < :now",
                {":next": at + TURN_MS, ":now": at},
            )
            if first is not None:
                return _moment(first - TURN_MS)

    def pause(self, until: datetime) -> None:
        """Only ever later."""
        at = _milliseconds(until)
        self._set(":next", "attribute_not_exists(pk) OR next_at < :next", {":next": at})

    def _set(self, value: str, condition: str, values: dict[str, int]) -> int | None:
        try:
            answer = self._client.update_item(
                TableName=self._table,
                Key=key("TURNS#notion", "TURNS"),
                UpdateExpression=f"SET next_at = {value}",
                ConditionExpression=condition,
                ExpressionAttributeValues=to_wire(values),
                ReturnValues="UPDATED_NEW",
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return None
        return int(from_wire(answer["Attributes"])["next_at"])


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
