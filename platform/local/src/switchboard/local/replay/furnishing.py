"""What must be in the shadow's tables before a flow begins there: the ticket it begins with."""

from datetime import UTC, datetime
from typing import Any

from boto3.dynamodb.types import TypeSerializer

from switchboard.local.access import Access
from switchboard.local.replay.archive import moment
from switchboard.local.replay.progress import Event

STACK = "switchboard-{environment}-itsm-mock"
TABLE = "AWS::DynamoDB::Table"


def put_ticket(access: Access, event: Event) -> None:
    """Put the ticket of a TicketCreated.v1 where itsm-mock keeps its tickets.

    Its rows as described in itsm-mock's `adapters/rows.py`: the ticket itself, and that its flow
    knows it. The door would give it another number.
    """
    data, metadata = event["detail"]["data"], event["detail"]["metadata"]
    flow, created = metadata["correlation_id"], _stamp(data["created_at"])
    ticket = {key: value for key, value in data.items() if value is not None} | {
        "correlation_id": flow,
        "created_at": created,
        "updated_at": created,
        "comment_count": 0,
        "version": 1,
    }
    known = {
        "pk": f"FLOW#{flow}",
        "sk": f"TICKET#{_stamp(moment(event).isoformat())}#{data['ticket_id']}",
        "ticket_id": data["ticket_id"],
    }
    tickets = access.parameter("itsm-mock/table/name")
    _put(access, tickets, ticket)
    for table in _tables(access):
        if table != tickets:
            _put(access, table, known)


def _tables(access: Access) -> list[str]:
    stack = STACK.format(environment=access.settings.environment)
    listed = access.client("cloudformation").describe_stack_resources(StackName=stack)
    return [
        str(resource["PhysicalResourceId"])
        for resource in listed["StackResources"]
        if resource["ResourceType"] == TABLE
    ]


def _put(access: Access, table: str, row: dict[str, Any]) -> None:
    serialize = TypeSerializer().serialize
    item = {name: serialize(value) for name, value in row.items()}
    access.client("dynamodb").put_item(TableName=table, Item=item)


def _stamp(text: str) -> str:
    return datetime.fromisoformat(text).astimezone(UTC).isoformat(timespec="microseconds")
