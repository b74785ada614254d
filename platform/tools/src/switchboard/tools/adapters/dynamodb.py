"""The effect ledger on DynamoDB: one item per effect, claims by conditional writes.

Item: pk `EFFECT#<invocation id>`, sk `<digest>`, owner, first_claimed and lease_until (ISO 8601),
result (JSON text), ttl.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from switchboard.tools.ledger import LEASE, Claim, EffectKey, Result

if TYPE_CHECKING:  # the stubs never ship in a Lambda
    from mypy_boto3_dynamodb.service_resource import Table

KEEP = timedelta(days=30)
"""A retry of an invocation comes within hours; after this time rows are deleted by TTL."""


class DynamoLedger:
    """The ledger in one table."""

    def __init__(self, table: Table) -> None:
        """Keep rows in `table` (keys `pk`, `sk`, TTL attribute `ttl`)."""
        self._table = table

    def claim(self, key: EffectKey, owner: str, now: datetime) -> Claim:
        """See the port; one conditional put, and one conditional update when taking over."""
        try:
            self._table.put_item(
                Item={
                    **_row_key(key),
                    "owner": owner,
                    "first_claimed": now.isoformat(),
                    "lease_until": (now + LEASE).isoformat(),
                    "ttl": int((now + KEEP).timestamp()),
                },
                ConditionExpression="attribute_not_exists(pk)",
            )
        except ClientError as error:
            _only_failed_condition(error)
            return self._claim_again(key, owner, now)
        return Claim(granted=True)

    def _claim_again(self, key: EffectKey, owner: str, now: datetime) -> Claim:
        row: dict[str, Any] = self._table.get_item(Key=_row_key(key), ConsistentRead=True).get(
            "Item", {}
        )
        if "result" in row:
            return Claim(result=json.loads(row["result"]))
        if not row or row.get("lease_until", "") > now.isoformat():
            return Claim()
        try:
            self._table.update_item(
                Key=_row_key(key),
                UpdateExpression="SET #owner = :me, lease_until = :until",
                # of two calls that take over, one sees the other's owner here
                ConditionExpression="#owner = :before AND attribute_not_exists(#result)",
                ExpressionAttributeNames={"#owner": "owner", "#result": "result"},
                ExpressionAttributeValues={
                    ":me": owner,
                    ":before": row["owner"],
                    ":until": (now + LEASE).isoformat(),
                },
            )
        except ClientError as error:
            _only_failed_condition(error)
            return Claim()
        return Claim(granted=True, resumed_since=datetime.fromisoformat(row["first_claimed"]))

    def record(self, key: EffectKey, owner: str, result: Result) -> None:
        """See the port."""
        self._write(key, owner, "SET #result = :result", {":result": json.dumps(result)})

    def release(self, key: EffectKey, owner: str) -> None:
        """See the port."""
        self._write(key, owner, "REMOVE lease_until", {})

    def _write(self, key: EffectKey, owner: str, update: str, values: dict[str, str]) -> None:
        names = {"#owner": "owner"} | ({"#result": "result"} if "#result" in update else {})
        try:
            self._table.update_item(
                Key=_row_key(key),
                UpdateExpression=update,
                ConditionExpression="#owner = :me",
                ExpressionAttributeNames=names,
                ExpressionAttributeValues={":me": owner, **values},
            )
        except ClientError as error:
            # another call has taken over: its word counts
            _only_failed_condition(error)


def _row_key(key: EffectKey) -> dict[str, str]:
    return {"pk": f"EFFECT#{key.invocation_id}", "sk": key.digest}


def _only_failed_condition(error: ClientError) -> None:
    if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
        raise error
