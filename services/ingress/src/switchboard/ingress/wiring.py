"""The only place where settings, clients and adapters meet."""

import json
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
from aws_lambda_powertools import Logger

from switchboard.events.envelope import new_id, utc_now
from switchboard.ingress.adapters.dynamodb import DynamoJournal, DynamoProjects, DynamoReceipts
from switchboard.ingress.adapters.dynamodb_known import DynamoKnownPages, DynamoRoots, DynamoTurns
from switchboard.ingress.adapters.dynamodb_sync import DynamoSyncJobs
from switchboard.ingress.adapters.dynamodb_tickets import DynamoLeases, DynamoOrigins
from switchboard.ingress.adapters.secrets_manager import SecretsManagerVault
from switchboard.ingress.adapters.sqs_work import SqsWorkQueue
from switchboard.ingress.domain.accept_webhook import AcceptWebhook
from switchboard.ingress.domain.arm_handshake import ArmHandshake
from switchboard.ingress.domain.authenticity import CredentialCache
from switchboard.ingress.domain.conclude_document import Conclude
from switchboard.ingress.domain.do_work import DoWork
from switchboard.ingress.domain.envelopes import Envelopes
from switchboard.ingress.domain.explain_page import ExplainPage
from switchboard.ingress.domain.follow_change import FollowChange
from switchboard.ingress.domain.list_rows import ListRows
from switchboard.ingress.domain.make_story import MakeStory
from switchboard.ingress.domain.notice_change import NoticeChange
from switchboard.ingress.domain.report_sync import ReportSync
from switchboard.ingress.domain.request_invocation import RequestInvocation
from switchboard.ingress.domain.start_sync import Begin, StartScheduled, StartSync
from switchboard.ingress.domain.sync_project import SyncProject
from switchboard.ingress.domain.visit_page import Find, VisitPage
from switchboard.ingress.settings import (
    DoorSettings,
    OutcomesSettings,
    SyncDoorSettings,
    SyncWorkerSettings,
    WorkerSettings,
)
from switchboard.runtime.queue_consumer import SqsVisibility

if TYPE_CHECKING:
    from switchboard.ingress.adapters.notion import NotionConnection

ENVELOPES = Envelopes(utc_now, new_id)


def accept_webhook(settings: DoorSettings) -> AcceptWebhook:
    """The door's use case on real AWS (or on whatever AWS_ENDPOINT_URL points to)."""
    vault = SecretsManagerVault(boto3.client("secretsmanager"), settings.WEBHOOK_SECRET_ARN)
    receipts = DynamoReceipts(boto3.client("dynamodb"), settings.TABLE_NAME)
    own = settings.NOTION_WORKSPACE_ID
    return AcceptWebhook(
        CredentialCache(vault, utc_now),
        receipts,
        ENVELOPES,
        utc_now,
        None if own == "unset" else own,
    )


def explain_page(settings: OutcomesSettings) -> ExplainPage:
    """The use case that answers why."""
    return ExplainPage(DynamoJournal(boto3.client("dynamodb"), settings.TABLE_NAME))


@dataclass(frozen=True)
class WorkerParts:
    """What the worker runs on; `connection` is closed by whoever ends the process in good order."""

    follow_change: FollowChange
    notice_change: NoticeChange
    make_story: MakeStory
    visibility: SqsVisibility
    connection: "NotionConnection"


def worker(settings: WorkerSettings, logger: Logger) -> WorkerParts:
    """The worker's use cases and its queue."""
    # Imported here: the door shares this module and must not pay for the Notion client (0.1 s).
    from switchboard.ingress.adapters.notion import NotionBot, NotionPages  # noqa: PLC0415
    from switchboard.ingress.adapters.notion_stories import NotionStories  # noqa: PLC0415
    from switchboard.ingress.adapters.s3 import S3Bodies  # noqa: PLC0415

    connection = notion_connection(settings, logger)
    pages, bot = NotionPages(connection), NotionBot(connection)
    dynamodb = boto3.client("dynamodb")
    projects = DynamoProjects(dynamodb, settings.TABLE_NAME)
    journal = DynamoJournal(dynamodb, settings.TABLE_NAME)
    bodies = S3Bodies(boto3.client("s3"), settings.CONTENT_BUCKET)
    follow = FollowChange(
        pages=pages,
        bot=bot,
        journal=journal,
        origins=DynamoOrigins(dynamodb, settings.TABLE_NAME),
        request=RequestInvocation(pages, bodies, projects, ENVELOPES),
        sync=SyncProject(projects, bot, ENVELOPES),
        projects_data_source_id=settings.PROJECTS_DATA_SOURCE_ID,
        clock=utc_now,
    )
    make = MakeStory(
        stories=NotionStories(connection),
        projects=projects,
        journal=journal,
        leases=DynamoLeases(dynamodb, settings.TABLE_NAME),
        envelopes=ENVELOPES,
        clock=utc_now,
        new_holder=new_id,
    )
    sqs = boto3.client("sqs")
    jobs = DynamoSyncJobs(dynamodb, settings.TABLE_NAME)
    notice = NoticeChange(
        projects=projects,
        known=DynamoKnownPages(dynamodb, settings.TABLE_NAME),
        roots=DynamoRoots(dynamodb, settings.TABLE_NAME),
        begin=Begin(jobs, SqsWorkQueue(sqs, settings.SYNC_QUEUE_URL)),
        knowledge_base_id=settings.KNOWLEDGE_BASE_ID,
    )
    visibility = SqsVisibility(sqs, settings.QUEUE_URL, settings.DLQ_URL)
    return WorkerParts(follow, notice, make, visibility, connection)


def sync_door(settings: SyncDoorSettings) -> tuple[StartSync, ReportSync]:
    """What starts syncs and what tells how far they are."""
    dynamodb = boto3.client("dynamodb")
    jobs = DynamoSyncJobs(dynamodb, settings.TABLE_NAME)
    start = StartSync(
        projects=DynamoProjects(dynamodb, settings.TABLE_NAME),
        begin=Begin(jobs, SqsWorkQueue(boto3.client("sqs"), settings.SYNC_QUEUE_URL)),
        knowledge_base_id=settings.KNOWLEDGE_BASE_ID,
        clock=utc_now,
        new_id=new_id,
    )
    return start, ReportSync(jobs)


@dataclass(frozen=True)
class SyncWorkerParts:
    """What the worker that syncs runs on."""

    do_work: DoWork
    start_scheduled: StartScheduled
    visibility: SqsVisibility
    connection: "NotionConnection"


def sync_worker(settings: SyncWorkerSettings, logger: Logger) -> SyncWorkerParts:
    """The use cases of the sync queue."""
    # Imported here: see `worker`.
    from switchboard.ingress.adapters.bedrock import BedrockKnowledgeBase  # noqa: PLC0415
    from switchboard.ingress.adapters.notion_content import (  # noqa: PLC0415
        NotionSource,
        PacedNotion,
    )

    connection = notion_connection(settings, logger)
    dynamodb, sqs, table = boto3.client("dynamodb"), boto3.client("sqs"), settings.TABLE_NAME
    bedrock: Any = boto3.client("bedrock-agent")
    base = BedrockKnowledgeBase(
        bedrock, settings.KNOWLEDGE_BASE_ID, settings.KNOWLEDGE_DATA_SOURCE_ID
    )
    source = NotionSource(PacedNotion(connection, DynamoTurns(dynamodb, table), utc_now))
    jobs, known = DynamoSyncJobs(dynamodb, table), DynamoKnownPages(dynamodb, table)
    roots, projects = DynamoRoots(dynamodb, table), DynamoProjects(dynamodb, table)
    queue = SqsWorkQueue(sqs, settings.SYNC_QUEUE_URL)
    find, conclude = Find(jobs, queue), Conclude(base, jobs, queue, utc_now)
    visit = VisitPage(
        source=source,
        base=base,
        jobs=jobs,
        known=known,
        roots=roots,
        projects=projects,
        leases=DynamoLeases(dynamodb, table),
        find=find,
        conclude=conclude,
        clock=utc_now,
        new_holder=new_id,
    )
    list_rows = ListRows(source, jobs, known, roots, find, utc_now)
    return SyncWorkerParts(
        DoWork(jobs, visit, list_rows, conclude, utc_now),
        StartScheduled(projects, roots, Begin(jobs, queue), settings.KNOWLEDGE_BASE_ID),
        SqsVisibility(sqs, settings.SYNC_QUEUE_URL, settings.SYNC_DLQ_URL),
        connection,
    )


def notion_connection(
    settings: WorkerSettings | SyncWorkerSettings, logger: Logger
) -> "NotionConnection":
    """Notion with the token as it is in the secret now; read again when Notion refuses it."""
    from notion_client import Client  # noqa: PLC0415 - see `worker`

    from switchboard.ingress.adapters.notion import (  # noqa: PLC0415 - see `worker`
        NOTION_VERSION,
        REQUEST_TIMEOUT_MS,
        NotionConnection,
        Pace,
    )

    secrets = boto3.client("secretsmanager")

    def connect() -> Client:
        secret = secrets.get_secret_value(SecretId=settings.NOTION_TOKEN_SECRET_ARN)
        return Client(
            auth=json.loads(secret["SecretString"])["token"],
            base_url=settings.NOTION_API_URL,
            notion_version=NOTION_VERSION,
            timeout_ms=REQUEST_TIMEOUT_MS,
            retry=False,
        )

    pause: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.SystemRandom().random
    return NotionConnection(connect, Pace(pause, time.monotonic, chance), logger)


def arm_handshake(env: str) -> ArmHandshake:
    """The operator's use case; finds the secret by the parameter the stack publishes."""
    name = f"/switchboard/{env}/ingress/webhook/secret-arn"
    parameter: Any = boto3.client("ssm").get_parameter(Name=name)["Parameter"]
    return ArmHandshake(
        SecretsManagerVault(boto3.client("secretsmanager"), parameter["Value"]), utc_now
    )
