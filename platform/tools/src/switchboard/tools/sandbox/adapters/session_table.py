"""Sandbox sessions in the effect ledger's table: pk `SANDBOX#<invocation id>`, sk `SESSION`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from switchboard.tools.sandbox.interpreter import SessionRecord

if TYPE_CHECKING:  # the stubs never ship in a Lambda
    from mypy_boto3_dynamodb.service_resource import Table

KEEP = timedelta(days=2)


class DynamoSessionRecords:
    """One item per invocation."""

    def __init__(self, table: Table, now: Callable[[], datetime]) -> None:
        """Note sessions in `table`."""
        self._table = table
        self._now = now

    def load(self, invocation_id: str) -> SessionRecord | None:
        """See the port."""
        item: dict[str, Any] | None = self._table.get_item(
            Key=_key(invocation_id), ConsistentRead=True
        ).get("Item")
        return SessionRecord(item["session"], int(item["generation"])) if item else None

    def save(self, invocation_id: str, record: SessionRecord) -> None:
        """See the port."""
        self._table.put_item(
            Item={
                **_key(invocation_id),
                "session": record.session,
                "generation": record.generation,
                "ttl": int((self._now() + KEEP).timestamp()),
            }
        )


def _key(invocation_id: str) -> dict[str, str]:
    return {"pk": f"SANDBOX#{invocation_id}", "sk": "SESSION"}
