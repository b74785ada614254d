"""Pending reviews in the effect ledger's table: pk `REVIEW#<invocation id>`, sk `<pull number>`.

Attributes: body, `comment_<digest>` (JSON) for each comment, ttl. Each comment is an attribute of
its own, so that comments added at the same time do not overwrite each other.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from switchboard.tools.github.drafts import Comment, Draft, digest, in_order

if TYPE_CHECKING:  # the stubs never ship in a Lambda
    from mypy_boto3_dynamodb.service_resource import Table

KEEP = timedelta(days=2)
_COMMENT = "comment_"


class DynamoDrafts:
    """Drafts, one item each."""

    def __init__(self, table: Table, now: Callable[[], datetime]) -> None:
        """Keep drafts in `table`."""
        self._table = table
        self._now = now

    def start(self, invocation_id: str, pull_number: int, body: str) -> None:
        """See the port."""
        self._table.put_item(
            Item={**_key(invocation_id, pull_number), "body": body, "ttl": self._until()}
        )

    def add(self, invocation_id: str, pull_number: int, comment: Comment) -> None:
        """See the port; one update, which makes the item when there is none."""
        self._table.update_item(
            Key=_key(invocation_id, pull_number),
            UpdateExpression="SET #comment = :comment, #ttl = :ttl",
            ExpressionAttributeNames={"#comment": f"{_COMMENT}{digest(comment)}", "#ttl": "ttl"},
            ExpressionAttributeValues={
                ":comment": json.dumps(comment),
                ":ttl": self._until(),
            },
        )

    def load(self, invocation_id: str, pull_number: int) -> Draft:
        """See the port."""
        key = _key(invocation_id, pull_number)
        item = self._table.get_item(Key=key, ConsistentRead=True).get("Item", {})
        comments = [json.loads(str(item[name])) for name in item if name.startswith(_COMMENT)]
        return Draft(str(item.get("body", "")), in_order(comments))

    def delete(self, invocation_id: str, pull_number: int) -> None:
        """See the port."""
        self._table.delete_item(Key=_key(invocation_id, pull_number))

    def _until(self) -> int:
        return int((self._now() + KEEP).timestamp())


def _key(invocation_id: str, pull_number: int) -> dict[str, str]:
    return {"pk": f"REVIEW#{invocation_id}", "sk": str(pull_number)}
