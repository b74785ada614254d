"""The key of the cursors' signatures: made by whoever needs it first, kept in the state table."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from switchboard.itsm_mock.adapters.patience import Patience
from switchboard.itsm_mock.adapters.rows import from_wire, to_wire

if TYPE_CHECKING:  # the stubs never ship in a Lambda
    from mypy_boto3_dynamodb import DynamoDBClient

_ROW = {"pk": "SIGNING", "sk": "CURSOR"}
KEY_BYTES = 32


class SigningKey:
    """Read once per container, and only when there is more than one page."""

    def __init__(
        self,
        client: DynamoDBClient,
        state_table: str,
        patience: Patience,
        random_bytes: Callable[[int], bytes],
    ) -> None:
        """Keep it in `state_table`; the first one is drawn from `random_bytes`."""
        self._client = client
        self._table = state_table
        self._patience = patience
        self._random_bytes = random_bytes

    def __call__(self) -> bytes:
        """The key."""
        return self._key

    @cached_property
    def _key(self) -> bytes:
        known = self._read()
        if known is not None:
            return known
        try:
            self._patience(
                self._client.put_item,
                TableName=self._table,
                Item=to_wire({**_ROW, "key": self._random_bytes(KEY_BYTES)}),
                ConditionExpression="attribute_not_exists(pk)",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
        return self._read() or b""

    def _read(self) -> bytes | None:
        answer = self._patience(
            self._client.get_item, TableName=self._table, Key=to_wire(_ROW), ConsistentRead=True
        )
        return bytes(from_wire(answer["Item"])["key"]) if "Item" in answer else None
