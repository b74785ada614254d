"""What stories from tickets need of the table: whose page it is, and who is at work on a ticket."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from switchboard.ingress.adapters.dynamodb import read_row
from switchboard.ingress.adapters.dynamodb_items import digest, key, origin_from, to_wire
from switchboard.ingress.domain.model import Origin

if TYPE_CHECKING:  # the stubs never ship in a Lambda
    from mypy_boto3_dynamodb import DynamoDBClient

FREE = "attribute_not_exists(pk) OR ends_at < :now OR holder = :holder"
"""The lease's own holder may take it again: botocore sends a call again when its answer is lost."""
KEEP_LEASES = timedelta(days=1)


class DynamoOrigins:
    """Origins as the journal wrote them."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        """Read from `table`."""
        self._client = client
        self._table = table

    def of_page(self, page_id: str) -> Origin | None:
        """One GetItem."""
        row = read_row(self._client, self._table, key(f"ORIGIN#{page_id}", "ORIGIN"))
        return origin_from(row) if row else None


class DynamoLeases:
    """Leases as rows with an end."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        """Write to `table`."""
        self._client = client
        self._table = table

    def take(self, key: str, holder: str, now: datetime, until: datetime) -> bool:
        """One conditional PutItem."""
        row = {
            **_lease(key),
            "holder": holder,
            "ends_at": _milliseconds(until),
            "ttl": int((until + KEEP_LEASES).timestamp()),
        }
        try:
            self._client.put_item(
                TableName=self._table,
                Item=to_wire(row),
                ConditionExpression=FREE,
                ExpressionAttributeValues=to_wire({":now": _milliseconds(now), ":holder": holder}),
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def release(self, key: str, holder: str) -> None:
        """One conditional DeleteItem."""
        try:
            self._client.delete_item(
                TableName=self._table,
                Key=to_wire(_lease(key)),
                ConditionExpression="holder = :holder",
                ExpressionAttributeValues=to_wire({":holder": holder}),
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return


def _lease(key: str) -> dict[str, str]:
    return {"pk": f"LEASE#{digest(key)}", "sk": "LEASE"}


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)
