"""What the targets' wiring needs: ledger on DynamoDB, keys of Identity, metrics as EMF, clock."""

import time
from datetime import UTC, datetime
from uuid import uuid4

import boto3
from botocore.config import Config

from switchboard.tools.adapters.dynamodb import DynamoLedger
from switchboard.tools.adapters.emf import EmfMetrics
from switchboard.tools.adapters.identity import IdentityKeys
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


def identity_keys(workload: str) -> IdentityKeys:
    """The keys AgentCore Identity hands out to this workload."""
    config = Config(connect_timeout=2, read_timeout=10, retries={"total_max_attempts": 2})
    client = boto3.client("bedrock-agentcore", config=config)
    return IdentityKeys(client, workload, time.monotonic)
