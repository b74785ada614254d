"""Ticket numbers from one counter in the table, a block for each container."""

from __future__ import annotations

from typing import TYPE_CHECKING

from switchboard.itsm_mock.adapters.patience import Patience
from switchboard.itsm_mock.adapters.rows import to_wire
from switchboard.itsm_mock.domain.ticket_number import ticket_number

if TYPE_CHECKING:  # the stubs never ship in a Lambda
    from mypy_boto3_dynamodb import DynamoDBClient

BLOCK = 20
"""One write for so many tickets; what a container does not use up is a gap, and gaps are fine."""
COUNTER = to_wire({"pk": "COUNTER#TICKETS", "sk": "COUNTER"})


class BlockNumbers:
    """Hands out its block, then reserves the next."""

    def __init__(self, client: DynamoDBClient, state_table: str, patience: Patience) -> None:
        """Count in `state_table`."""
        self._client = client
        self._table = state_table
        self._patience = patience
        self._left: list[int] = []

    def next(self) -> str:
        """The next number of this container's block."""
        if not self._left:
            # A reservation whose answer was lost is made again: that block is a gap.
            answer = self._patience(
                self._client.update_item,
                TableName=self._table,
                Key=COUNTER,
                UpdateExpression="ADD given :block",
                ExpressionAttributeValues=to_wire({":block": BLOCK}),
                ReturnValues="UPDATED_NEW",
            )
            last = int(answer["Attributes"]["given"]["N"])
            self._left = list(range(last, last - BLOCK, -1))
        return ticket_number(self._left.pop())
