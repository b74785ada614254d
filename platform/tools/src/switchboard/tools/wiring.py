"""What every target's wiring needs: the ledger on DynamoDB, metrics as EMF, the real clock."""

import time
from datetime import UTC, datetime
from uuid import uuid4

import boto3

from switchboard.tools.adapters.dynamodb import DynamoLedger
from switchboard.tools.adapters.emf import EmfMetrics
from switchboard.tools.ledger import Once


def utc_now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def once(ledger_table: str) -> Once:
    """The effect ledger on the table of this name."""
    table = boto3.resource("dynamodb").Table(ledger_table)
    return Once(DynamoLedger(table), utc_now, time.sleep, lambda: uuid4().hex)


def with_emf() -> EmfMetrics:
    """Metrics as lines on standard output."""
    return EmfMetrics()
