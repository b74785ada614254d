"""Table rows: DynamoDB's types on one side, the domain's values on the other."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from switchboard.events.values import Artifact
from switchboard.orchestrator.domain.identity import page_of
from switchboard.orchestrator.domain.model import LISTED_FIELDS, ZERO, Invocation, Ledger

_serializer = TypeSerializer()
_deserializer = TypeDeserializer()
_TEXT_FIELDS = frozenset(
    {
        "input_context",
        "output_artifacts",
        "config",
        "token_usage",
        "requested_by",
        "parent_artifacts",
        "error",
        "receipt",
    }
)
"""Objects and lists are kept as JSON text: what people type into a page may nest deeper than
DynamoDB's 32 levels or hold a float that it refuses."""
_MONEY_FIELDS = frozenset({"cost_usd", "reserved_usd"})


def to_item(row: dict[str, Any]) -> dict[str, Any]:
    """Plain values as DynamoDB's attribute values."""
    return {name: _serializer.serialize(value) for name, value in row.items()}


def from_item(item: dict[str, Any]) -> dict[str, Any]:
    """DynamoDB's attribute values as plain values."""
    return {name: _deserializer.deserialize(value) for name, value in item.items()}


def stamp(moment: datetime) -> str:
    """A time as text that sorts: UTC, always six digits of a second."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def invocation_row(record: Invocation) -> dict[str, Any]:
    """The record's attributes, and those its two indexes sort by."""
    row: dict[str, Any] = {}
    for name, value in json.loads(record.model_dump_json(exclude_none=True)).items():
        if name in _TEXT_FIELDS:
            row[name] = json.dumps(value, ensure_ascii=False)
        elif name in _MONEY_FIELDS or isinstance(value, float):
            row[name] = Decimal(str(value))
        else:
            row[name] = value
    row["listed_at"] = listed_at(record)
    row["listed"] = record.model_dump_json(include=set(LISTED_FIELDS), exclude_none=True)
    if record.due_at is not None and not record.ended:
        row |= {"open_status": str(record.status), "due_at": stamp(record.due_at)}
    return row


def read_listed(row: dict[str, Any]) -> Invocation:
    """The record as a list shows it; an index can carry it as one attribute (20 are its limit)."""
    return Invocation.model_validate_json(row["listed"])


def listed_at(record: Invocation) -> str:
    """Sort key of a project's list: by creation, the id breaking ties."""
    return f"{stamp(record.created_at)}#{record.invocation_id}"


def read_invocation(row: dict[str, Any]) -> Invocation:
    """The record in a row."""
    values = {
        name: json.loads(value) if name in _TEXT_FIELDS else value for name, value in row.items()
    }
    return Invocation.model_validate(values)


def page_partition(project_id: str, notion_page_id: str) -> str:
    """Where a page's rows lie."""
    return f"PAGE#{page_of(project_id, notion_page_id)}"


def page_row(record: Invocation) -> dict[str, Any]:
    """What a completed invocation leaves for later ones of its page, sorted by its end."""
    made = [artifact.model_dump(mode="json") for artifact in record.output_artifacts]
    return {
        "pk": page_partition(record.project_id, record.notion_page_id),
        "sk": ended_at(record),
        "artifacts": json.dumps(made, ensure_ascii=False),
    }


def read_artifacts(rows: Sequence[dict[str, Any]]) -> list[Artifact]:
    """The artifacts in a page's rows, in their order."""
    return [
        Artifact.model_validate(artifact)
        for row in rows
        for artifact in json.loads(row["artifacts"])
    ]


def ended_at(record: Invocation) -> str:
    """Sort key of a page's row: by its end, the id breaking ties."""
    return f"{stamp(record.completed_at or record.created_at)}#{record.invocation_id}"


def ledger_from_row(project_id: str, month: str, row: dict[str, Any]) -> Ledger:
    """The month in a row; an absent row is an untouched month."""
    return Ledger(
        project_id,
        month,
        committed=row.get("committed", ZERO),
        spent=row.get("spent", ZERO),
        reserved=row.get("reserved", ZERO),
        accepted=int(row.get("accepted", 0)),
        spent_by_agent=_by_agent(row, "spent:"),
        accepted_by_agent={name: int(n) for name, n in _by_agent(row, "accepted:").items()},
        warned={
            int(name.removeprefix("warned_")): limit
            for name, limit in row.items()
            if name.startswith("warned_")
        },
    )


def _by_agent(row: dict[str, Any], prefix: str) -> dict[str, Decimal]:
    return {
        name.removeprefix(prefix): value for name, value in row.items() if name.startswith(prefix)
    }
