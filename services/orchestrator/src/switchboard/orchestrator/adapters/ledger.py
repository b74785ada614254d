"""The ledger row of a project's month: amounts only ever added, under a condition (K-11, K-12)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from switchboard.orchestrator.adapters.rows import from_item, ledger_from_row, to_item
from switchboard.orchestrator.domain.model import Ledger
from switchboard.orchestrator.domain.ports import LedgerMove

if TYPE_CHECKING:  # the stubs never ship in a Lambda
    from mypy_boto3_dynamodb import DynamoDBClient


def ledger_key(project_id: str, month: str) -> dict[str, Any]:
    """The key of a project's month."""
    return {"pk": f"LEDGER#{project_id}#{month}", "sk": "LEDGER"}


class DynamoLedgers:
    """The months of all projects."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        """Use `table` through `client`."""
        self._client = client
        self._table = table

    def get(self, project_id: str, month: str) -> Ledger:
        """Read consistently: it is shown to people as the truth."""
        item = self._client.get_item(
            TableName=self._table,
            Key=to_item(ledger_key(project_id, month)),
            ConsistentRead=True,
        ).get("Item")
        return ledger_from_row(project_id, month, from_item(item or {}))


def ledger_update(table: str, move: LedgerMove) -> dict[str, Any]:
    """The part of a transaction that moves a month."""
    names = {
        "#project": "project_id",
        "#month": "month",
        "#agent_spent": f"spent:{move.agent_type}",
        "#agent_accepted": f"accepted:{move.agent_type}",
    }
    values: dict[str, Any] = {
        ":project": move.project_id,
        ":month": move.month,
        ":committed": move.committed,
        ":reserved": move.reserved,
        ":spent": move.spent,
        ":accepted": move.accepted,
    }
    setting = "SET #project = :project, #month = :month"
    conditions = []
    if move.room is not None:
        # Spent and reserved in one attribute: 24 starts at once cannot see the same room twice.
        values[":room"] = move.room
        conditions.append("(attribute_not_exists(committed) OR committed <= :room)")
    if move.quiet_below is not None:
        values |= {":quiet": move.quiet_below, ":limit": move.limit}
        conditions.append("(attribute_not_exists(spent) OR spent < :quiet OR warned_80 = :limit)")
    if move.notice is not None:
        names["#warned"] = f"warned_{move.notice}"
        values[":limit"] = move.limit
        setting += ", #warned = :limit"
        conditions.append("(attribute_not_exists(#warned) OR #warned <> :limit)")
    update: dict[str, Any] = {
        "TableName": table,
        "Key": to_item(ledger_key(move.project_id, move.month)),
        "UpdateExpression": f"{setting} ADD committed :committed, reserved :reserved, "
        "spent :spent, accepted :accepted, #agent_spent :spent, #agent_accepted :accepted",
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": to_item(values),
    }
    if conditions:
        update["ConditionExpression"] = " AND ".join(conditions)
    return {"Update": update}
