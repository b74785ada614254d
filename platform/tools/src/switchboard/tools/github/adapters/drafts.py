"""Pending reviews in the effect ledger's table: pk `REVIEW#<invocation id>`, sk `<pull number>`."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from switchboard.tools.github.reviews import Draft

if TYPE_CHECKING:  # the stubs never ship in a Lambda
    from mypy_boto3_dynamodb.service_resource import Table

KEEP = timedelta(days=2)


class DynamoDrafts:
    """Drafts, one item each; one agent works on an invocation, so the last write wins."""

    def __init__(self, table: Table, now: Callable[[], datetime]) -> None:
        """Keep drafts in `table`."""
        self._table = table
        self._now = now

    def load(self, invocation_id: str, pull_number: int) -> Draft:
        """See the port."""
        item = self._table.get_item(Key=_key(invocation_id, pull_number), ConsistentRead=True).get(
            "Item"
        )
        if item is None:
            return Draft()
        return Draft(str(item["body"]), tuple(json.loads(str(item["comments"]))))

    def save(self, invocation_id: str, pull_number: int, draft: Draft) -> None:
        """See the port."""
        self._table.put_item(
            Item={
                **_key(invocation_id, pull_number),
                "body": draft.body,
                "comments": json.dumps(draft.comments),
                "ttl": int((self._now() + KEEP).timestamp()),
            }
        )

    def delete(self, invocation_id: str, pull_number: int) -> None:
        """See the port."""
        self._table.delete_item(Key=_key(invocation_id, pull_number))


def _key(invocation_id: str, pull_number: int) -> dict[str, str]:
    return {"pk": f"REVIEW#{invocation_id}", "sk": str(pull_number)}
