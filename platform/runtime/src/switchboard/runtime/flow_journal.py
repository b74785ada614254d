"""The journal of flows: every event of the bus, kept for 90 days under its correlation id (NEW-05).

Lambda entry point of the platform's own queue; `explain` reads the table. Items: `pk` =
`FLOW#<correlation id>`, `sk` = `<time>#<event id>`, `source`, `detail_type`, `detail` (JSON as on
the bus), `ttl`. Events are taken as they are: one of a version nobody knows here is kept too.
"""

import json
from dataclasses import dataclass
from datetime import UTC, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
from aws_lambda_powertools import Logger
from pydantic import BaseModel, ConfigDict, ValidationError

from switchboard.events.catalogue import MalformedEventError
from switchboard.events.envelope import Metadata
from switchboard.runtime.log import service_logger
from switchboard.runtime.queue_consumer import MessageConsumer, SqsVisibility, Visibility
from switchboard.runtime.settings import environment

if TYPE_CHECKING:  # the stubs never ship in a Lambda
    from mypy_boto3_dynamodb import DynamoDBClient

KEEP = timedelta(days=90)


class JournalSettings(BaseModel):
    """Validated environment of the journal's function."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    FLOW_TABLE: str
    QUEUE_URL: str
    DLQ_URL: str


@dataclass(frozen=True)
class Entry:
    """One event as the journal keeps it."""

    metadata: Metadata
    source: str
    detail_type: str
    detail: dict[str, Any]


def entry(body: str) -> Entry:
    """Read a message of the queue.

    Raises:
        JSONDecodeError, KeyError, TypeError, MalformedEventError: it is no event of ours.
    """
    message = json.loads(body)
    detail = message["detail"]
    try:
        metadata = Metadata.model_validate(detail["metadata"])
    except ValidationError as error:
        fields = sorted({str(fault["loc"][0]) for fault in error.errors() if fault["loc"]})
        raise MalformedEventError(f"metadata: {', '.join(fields) or 'no object'}") from error
    return Entry(metadata, message["source"], message["detail-type"], detail)


class FlowTable:
    """The journal's table."""

    def __init__(self, client: "DynamoDBClient", name: str) -> None:
        """Keep entries in the table `name`."""
        self._client = client
        self._name = name

    def keep(self, kept: Entry) -> None:
        """Put the entry. Idempotent: the same event has the same key, however often it comes."""
        metadata = kept.metadata
        moment = metadata.time.astimezone(UTC).isoformat(timespec="microseconds")
        item: dict[str, Any] = {
            "pk": {"S": f"FLOW#{metadata.correlation_id}"},
            "sk": {"S": f"{moment}#{metadata.id}"},
            "source": {"S": kept.source},
            "detail_type": {"S": kept.detail_type},
            "detail": {"S": json.dumps(kept.detail, separators=(",", ":"))},
            "ttl": {"N": str(int((metadata.time + KEEP).timestamp()))},
        }
        self._client.put_item(TableName=self._name, Item=item)


def journal(table: FlowTable, visibility: Visibility, logger: Logger) -> MessageConsumer[Entry]:
    """The consumer of the journal's queue."""
    return MessageConsumer(entry, table.keep, _fields, visibility=visibility, logger=logger)


def _fields(kept: Entry) -> dict[str, Any]:
    return {
        "event_id": kept.metadata.id,
        "event_type": kept.detail_type,
        "correlation_id": kept.metadata.correlation_id,
    }


@cache
def _warm() -> MessageConsumer[Entry]:
    settings = JournalSettings.model_validate(environment())
    table = FlowTable(boto3.client("dynamodb"), settings.FLOW_TABLE)  # noqa: TID251 - its own wiring
    sqs = boto3.client("sqs")  # noqa: TID251 - as above
    visibility = SqsVisibility(sqs, settings.QUEUE_URL, settings.DLQ_URL)
    return journal(table, visibility, service_logger("flow-journal"))


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001 - AWS calls it so
    """Keep one batch of events."""
    return _warm()(event)
