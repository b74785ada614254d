"""The one place where settings, clients, adapters and use cases meet."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import boto3
from aws_lambda_powertools import Logger
from botocore.config import Config

from switchboard.events.envelope import new_id, utc_now
from switchboard.itsm_mock.adapters.cursor import Cursors
from switchboard.itsm_mock.adapters.dynamodb import DynamoTickets
from switchboard.itsm_mock.adapters.inbox import Inbox
from switchboard.itsm_mock.adapters.numbers import BlockNumbers
from switchboard.itsm_mock.adapters.patience import Patience
from switchboard.itsm_mock.adapters.rest import DeskApi, UseCases
from switchboard.itsm_mock.adapters.signing_key import SigningKey
from switchboard.itsm_mock.adapters.stored_copy import StoredCopy
from switchboard.itsm_mock.adapters.transactions import Tables
from switchboard.itsm_mock.domain.add_comment import AddComment
from switchboard.itsm_mock.domain.change_ticket import ChangeTicket
from switchboard.itsm_mock.domain.create_ticket import CreateTicket
from switchboard.itsm_mock.domain.follow_call import FollowCall
from switchboard.itsm_mock.domain.follow_delivery import FollowDelivery
from switchboard.itsm_mock.domain.follow_up import FollowUp
from switchboard.itsm_mock.domain.model import SERVICE
from switchboard.itsm_mock.domain.ports import Numbers, Tickets
from switchboard.itsm_mock.domain.read_tickets import ReadTickets
from switchboard.itsm_mock.settings import Settings, WorkerSettings
from switchboard.runtime.log import service_logger
from switchboard.runtime.queue_consumer import Handle, SqsVisibility, Visibility

if TYPE_CHECKING:  # the stubs never ship in a Lambda
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sqs import SQSClient

NO_SECOND_LAYER = Config(
    # `Patience` asks again; its four tries and the waits between them fit into the ten seconds.
    retries={"total_max_attempts": 1, "mode": "standard"},
    connect_timeout=0.5,
    read_timeout=1.5,
)

logger = service_logger(SERVICE)


@dataclass(frozen=True)
class Ports:
    """Everything outside the process, and time."""

    tickets: Tickets
    numbers: Numbers
    clock: Callable[[], datetime] = utc_now
    new_id: Callable[[], str] = new_id

    @classmethod
    def on_aws(
        cls,
        settings: Settings,
        client: DynamoDBClient,
        clock: Callable[[], datetime] = utc_now,
        pause: Callable[[float], object] = time.sleep,
    ) -> Ports:
        """The real adapters over both tables."""
        state = settings.STATE_TABLE_NAME
        patience = Patience(pause, logger)
        cursors = Cursors(SigningKey(client, state, patience, secrets.token_bytes))
        tables = Tables(settings.TABLE_NAME, state)
        return cls(
            DynamoTickets(client, tables, cursors, patience, new_id),
            BlockNumbers(client, state, patience),
            clock,
        )


def dynamodb(settings: Settings) -> DynamoDBClient:
    """DynamoDB, or whatever AWS_ENDPOINT_URL points to."""
    return boto3.client("dynamodb", region_name=settings.REGION, config=NO_SECOND_LAYER)


def api(ports: Ports, log: Logger = logger) -> DeskApi:
    """The REST door."""
    tickets, numbers, clock, fresh = ports.tickets, ports.numbers, ports.clock, ports.new_id
    use_cases = UseCases(
        CreateTicket(tickets, numbers, clock, fresh),
        ReadTickets(tickets),
        AddComment(tickets, clock, fresh),
        ChangeTicket(tickets, clock, fresh),
    )
    return DeskApi(use_cases, log)


def inbox(ports: Ports, visibility: Visibility, log: Logger = logger) -> Inbox:
    """The queue's door."""
    follow_up = FollowUp(ports.tickets, ports.clock, ports.new_id)
    delivery = FollowDelivery(ports.tickets, follow_up)
    call = FollowCall(ports.tickets, ports.numbers, follow_up, ports.clock, ports.new_id)
    handlers: dict[str, Handle] = {
        "StoryCreated.v1": delivery.story_created,
        "InvocationStarted.v1": delivery.started,
        "InvocationCompleted.v1": delivery.completed,
        "InvocationFailed.v1": delivery.failed,
        "InvocationCancelled.v1": delivery.cancelled,
        "DeliveryFailed.v1": delivery.not_delivered,
        "CallEscalated.v1": call.escalated,
        "CallEnded.v1": call.ended,
    }
    return Inbox(handlers, visibility, log)


def api_on_aws(settings: Settings) -> DeskApi:
    """The REST door on AWS."""
    return api(Ports.on_aws(settings, dynamodb(settings)))


def inbox_on_aws(settings: WorkerSettings) -> Inbox:
    """The queue's door on AWS."""
    sqs: SQSClient = boto3.client("sqs", region_name=settings.REGION)
    visibility = SqsVisibility(sqs, settings.QUEUE_URL, settings.DLQ_URL)
    return inbox(Ports.on_aws(settings, dynamodb(settings)), visibility)


def stored_copy(environment: str) -> StoredCopy:
    """The OpenAPI file as the deployed stack has stored it, for the integrity check."""
    return StoredCopy(boto3.client("ssm"), boto3.client("s3"), environment)
