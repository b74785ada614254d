"""Where settings, clients and adapters meet; the only place that builds clients."""

import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import boto3
import httpx
from aws_lambda_powertools import Logger
from notion_client import Client

from switchboard.completion.adapters.dynamodb import DynamoDeliveries, DynamoProjects
from switchboard.completion.adapters.inbox import Deliver, Inbox
from switchboard.completion.adapters.notion import NotionBoard
from switchboard.completion.adapters.patience import Patience, TimeLeft
from switchboard.completion.adapters.s3 import S3Contents
from switchboard.completion.adapters.secret import FreshSecret
from switchboard.completion.domain.deliver_result import DeliverResult
from switchboard.completion.domain.give_up import GiveUp
from switchboard.completion.domain.keep_project import KeepProject
from switchboard.completion.domain.notices import TellRejection, WarnOwners
from switchboard.completion.domain.one_at_a_time import OneAtATime
from switchboard.completion.domain.ports import Board, Contents, Deliveries, Projects
from switchboard.completion.domain.request_next import RequestNext
from switchboard.completion.domain.show_request import ShowRequest
from switchboard.completion.domain.show_result import ShowResult
from switchboard.completion.domain.show_start import ShowStart
from switchboard.completion.settings import Settings
from switchboard.events.envelope import new_id, utc_now
from switchboard.runtime.queue_consumer import SqsVisibility

NOTION_VERSION = "2026-03-11"
LEASE = timedelta(seconds=130)
"""A little more than the function's time limit: whoever holds a claim is dead after it."""


@dataclass(frozen=True)
class Ports:
    """The outside of completion."""

    board: Board
    projects: Projects
    deliveries: Deliveries
    contents: Contents


def use_cases(
    ports: Ports,
    sleep: Callable[[float], None],
    clock: Callable[[], datetime] = utc_now,
    new_holder: Callable[[], str] = new_id,
) -> tuple[dict[str, Deliver], GiveUp]:
    """What completion does with each event, over any adapters, clock and chance."""
    board, projects = ports.board, ports.projects
    exclusively = OneAtATime(ports.deliveries, sleep, new_holder)
    give_up = GiveUp(ports.deliveries, board, clock)
    show = ShowResult(board, clock)
    request_next = RequestNext(board, ports.contents, clock)
    deliver = DeliverResult(
        board, projects, ports.deliveries, exclusively, show, request_next, give_up, clock
    )
    return {
        "ProjectConfigured.v1": KeepProject(projects),
        "InvocationRequested.v1": ShowRequest(board, projects, exclusively, clock),
        "InvocationStarted.v1": ShowStart(board, projects, exclusively, clock),
        "InvocationCompleted.v1": deliver,
        "InvocationFailed.v1": deliver,
        "InvocationCancelled.v1": deliver,
        "TriggerRejected.v1": TellRejection(board, projects, exclusively),
        "BudgetThresholdReached.v1": WarnOwners(board, projects, exclusively),
    }, give_up


def inbox(settings: Settings, logger: Logger) -> Inbox:
    """Build the worker on AWS and Notion (or whatever the endpoints point to)."""
    time_left = TimeLeft(time.monotonic)
    http = httpx.Client()
    table = boto3.resource("dynamodb").Table(settings.TABLE_NAME)
    ports = Ports(
        board=_board(settings, logger, time_left, http),
        projects=DynamoProjects(table),
        deliveries=DynamoDeliveries(table, utc_now, LEASE),
        contents=S3Contents(boto3.client("s3"), settings.CONTENT_BUCKET),
    )
    on, give_up = use_cases(ports, time.sleep)
    visibility = SqsVisibility(boto3.client("sqs"), settings.QUEUE_URL, settings.DLQ_URL)
    return Inbox(on, give_up, visibility, time_left, logger, http.close)


def _board(
    settings: Settings, logger: Logger, time_left: TimeLeft, http: httpx.Client
) -> NotionBoard:
    quiet = logging.getLogger("switchboard.completion.notion_client")
    quiet.addHandler(logging.NullHandler())
    quiet.propagate = False  # its lines are not JSON; failures come to us as exceptions
    client = Client(
        client=http,
        base_url=settings.NOTION_API_URL,
        notion_version=NOTION_VERSION,
        timeout_ms=10_000,
        retry=False,
        logger=quiet,
    )
    token = FreshSecret(
        boto3.client("secretsmanager"), settings.NOTION_TOKEN_SECRET_ARN, time.monotonic
    )
    patience = Patience(
        sleep=time.sleep,
        jitter=random.random,
        left=time_left,
        on_retry=lambda reason, wait: logger.warning(
            "notion call retried", reason=reason, wait=wait
        ),
    )
    return NotionBoard(client, token, patience)
