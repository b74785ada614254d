"""The one place where settings, clients, adapters and use cases meet."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from importlib import resources
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

from switchboard.events.envelope import new_id, utc_now
from switchboard.orchestrator.adapters.agentcore import AgentCoreRuntimes
from switchboard.orchestrator.adapters.directory import SsmDirectory
from switchboard.orchestrator.adapters.dynamodb import DynamoInvocations
from switchboard.orchestrator.adapters.inbox import Handle, Inbox
from switchboard.orchestrator.adapters.ledger import DynamoLedgers
from switchboard.orchestrator.adapters.measured import MeasuredInvocations
from switchboard.orchestrator.adapters.projects import DynamoProjects
from switchboard.orchestrator.adapters.rest import InvocationApi
from switchboard.orchestrator.adapters.scheduler import SchedulerDeadlines, TimerTarget
from switchboard.orchestrator.adapters.seals import JwsSeals, SecretKeys
from switchboard.orchestrator.adapters.stories import S3Stories
from switchboard.orchestrator.adapters.sweep import Sweep
from switchboard.orchestrator.domain.cancel_invocation import AskAgentToCancel, CancelInvocation
from switchboard.orchestrator.domain.check_receipt import CheckReceipt
from switchboard.orchestrator.domain.configure_project import ConfigureProject
from switchboard.orchestrator.domain.end_invocation import AcceptReport, EndInvocation
from switchboard.orchestrator.domain.model import SERVICE
from switchboard.orchestrator.domain.note_delivery import NoteDelivery
from switchboard.orchestrator.domain.ports import (
    AgentRuntimes,
    Deadlines,
    Invocations,
    Ledgers,
    Projects,
    Seals,
    Stories,
)
from switchboard.orchestrator.domain.read_invocations import ReadInvocations
from switchboard.orchestrator.domain.read_tree import ReadTree
from switchboard.orchestrator.domain.receipt import PriceTable
from switchboard.orchestrator.domain.refuse_invocation import RefuseInvocation
from switchboard.orchestrator.domain.request_invocation import RequestInvocation
from switchboard.orchestrator.domain.start_invocation import LaunchAgent, StartInvocation
from switchboard.orchestrator.domain.stop_overdue import StopOverdue, SweepOverdue
from switchboard.orchestrator.settings import Settings, WorkerSettings
from switchboard.runtime.log import service_logger
from switchboard.runtime.queue_consumer import SqsVisibility, Visibility

if TYPE_CHECKING:  # the stubs never ship in a Lambda
    from mypy_boto3_bedrock_agentcore import BedrockAgentCoreClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_scheduler import EventBridgeSchedulerClient
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_ssm import SSMClient

PRICES = "2026-11-01.json"
"""The price table in force; a new one is a new file beside it."""
START_TIMEOUTS = {"connect_timeout": 5, "read_timeout": 20}
"""Together shorter than the first lease (30 s): a start is over before another may be tried."""

logger = service_logger(SERVICE)


def prices() -> PriceTable:
    """The price table that ships with the code."""
    text = resources.files("switchboard.orchestrator").joinpath("prices", PRICES).read_text()
    return PriceTable.model_validate_json(text)


@dataclass(frozen=True)
class Clients:
    """The AWS clients; tests bring their own."""

    dynamodb: DynamoDBClient
    scheduler: EventBridgeSchedulerClient
    ssm: SSMClient
    s3: S3Client
    agentcore: BedrockAgentCoreClient
    secrets: SecretsManagerClient

    @classmethod
    def real(cls) -> Clients:
        """Clients of AWS, or of whatever AWS_ENDPOINT_URL points to."""
        no_retries = Config(retries={"max_attempts": 0}, **START_TIMEOUTS)  # type: ignore[arg-type]
        return cls(
            boto3.client("dynamodb"),
            boto3.client("scheduler"),
            boto3.client("ssm"),
            boto3.client("s3"),
            boto3.client("bedrock-agentcore", config=no_retries),
            boto3.client("secretsmanager"),
        )


@dataclass(frozen=True)
class Ports:
    """Everything outside the process, and time."""

    invocations: Invocations
    ledgers: Ledgers
    projects: Projects
    stories: Stories
    runtimes: AgentRuntimes
    deadlines: Deadlines
    seals: Seals
    clock: Callable[[], datetime] = utc_now
    new_id: Callable[[], str] = new_id

    @classmethod
    def on_aws(
        cls, settings: Settings, clients: Clients, clock: Callable[[], datetime] = utc_now
    ) -> Ports:
        """The real adapters."""
        table = settings.TABLE_NAME
        target = TimerTarget(
            settings.TIMER_GROUP, settings.TIMER_QUEUE_ARN, settings.TIMER_ROLE_ARN
        )
        directory = SsmDirectory(clients.ssm, settings.AGENT_PARAMETERS, clock)
        store = DynamoInvocations(clients.dynamodb, table, logger, time.sleep)
        ledgers = DynamoLedgers(clients.dynamodb, table)
        return cls(
            MeasuredInvocations(store, ledgers, logger),
            ledgers,
            DynamoProjects(clients.dynamodb, table),
            S3Stories(clients.s3, settings.CONTENT_BUCKET),
            AgentCoreRuntimes(clients.agentcore, directory, logger),
            SchedulerDeadlines(clients.scheduler, target, logger),
            JwsSeals(SecretKeys(clients.secrets, settings.RECEIPT_KEY_SECRET_ARN)),
            clock,
        )


@dataclass(frozen=True)
class Limits:
    """How long a run may take, and how long a cancel is left to the agent."""

    run: timedelta = timedelta(hours=1)
    cancel_grace: timedelta = timedelta(seconds=60)

    @classmethod
    def of(cls, settings: Settings) -> Limits:
        """As configured."""
        return cls(
            timedelta(seconds=settings.RUN_LIMIT_SECONDS),
            timedelta(seconds=settings.CANCEL_GRACE_SECONDS),
        )


class Orchestrator:
    """All use cases over one set of ports; the three doors are built from here."""

    def __init__(self, ports: Ports, limits: Limits) -> None:
        """Use these ports and limits."""
        self._ports = ports
        self._limits = limits
        self._prices = prices()

    @cached_property
    def end(self) -> EndInvocation:
        """End an invocation."""
        ports = self._ports
        return EndInvocation(
            ports.invocations, ports.ledgers, self._prices, ports.seals, ports.clock
        )

    @cached_property
    def ask_to_cancel(self) -> AskAgentToCancel:
        """Ask an agent to stop."""
        return AskAgentToCancel(self._ports.runtimes, self._ports.deadlines)

    @cached_property
    def start(self) -> StartInvocation:
        """Start an agent."""
        ports = self._ports
        return StartInvocation(
            ports.invocations,
            ports.projects,
            LaunchAgent(
                ports.invocations, ports.stories, ports.runtimes, ports.deadlines, ports.clock
            ),
            RefuseInvocation(
                ports.invocations, ports.ledgers, self._prices, ports.seals, ports.clock
            ),
            self.end,
            self.ask_to_cancel,
            ports.clock,
            self._limits.run,
        )

    @cached_property
    def stop_overdue(self) -> StopOverdue:
        """End what is past its time."""
        ports = self._ports
        return StopOverdue(ports.invocations, ports.runtimes, self.start, self.end, ports.clock)

    @cached_property
    def cancel(self) -> CancelInvocation:
        """Cancel an invocation."""
        ports = self._ports
        return CancelInvocation(
            ports.invocations,
            self.end,
            self.ask_to_cancel,
            ports.clock,
            self._limits.cancel_grace,
        )

    def inbox(self, visibility: Visibility) -> Inbox:
        """The queue's door."""
        ports = self._ports
        report = AcceptReport(ports.invocations, self.end)
        note = NoteDelivery(ports.invocations)
        handlers: dict[str, Handle] = {
            "InvocationRequested.v1": self.start,
            "AgentRunCompleted.v1": report.completed,
            "AgentRunFailed.v1": report.failed,
            "ProjectConfigured.v1": ConfigureProject(ports.projects),
            "InvocationDelivered.v1": note.delivered,
            "DeliveryFailed.v1": note.failed,
        }
        return Inbox(handlers, self.stop_overdue, visibility, logger)

    def api(self) -> InvocationApi:
        """The REST door."""
        ports = self._ports
        return InvocationApi(
            RequestInvocation(ports.invocations, ports.projects, ports.clock, ports.new_id),
            ReadInvocations(ports.invocations, ports.ledgers, ports.projects, ports.clock),
            ReadTree(ports.invocations),
            CheckReceipt(ports.invocations, ports.seals),
            self.cancel,
            logger,
        )

    def sweep(self) -> Sweep:
        """The clock's door."""
        ports = self._ports
        return Sweep(SweepOverdue(ports.invocations, ports.clock), self.stop_overdue, logger)


def orchestrator(settings: Settings) -> Orchestrator:
    """The service on AWS."""
    return Orchestrator(Ports.on_aws(settings, Clients.real()), Limits.of(settings))


def worker(settings: WorkerSettings) -> Inbox:
    """The queue's door on AWS."""
    sqs: SQSClient = boto3.client("sqs")
    visibility = SqsVisibility(sqs, settings.QUEUE_URL, settings.DLQ_URL)
    return orchestrator(settings).inbox(visibility)
