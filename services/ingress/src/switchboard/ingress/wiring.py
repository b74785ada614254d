"""The only place where settings, clients and adapters meet."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
from aws_lambda_powertools import Logger

from switchboard.events.envelope import new_id, utc_now
from switchboard.ingress.adapters.dynamodb import DynamoJournal, DynamoProjects, DynamoReceipts
from switchboard.ingress.adapters.dynamodb_tickets import DynamoLeases, DynamoOrigins
from switchboard.ingress.adapters.secrets_manager import SecretsManagerVault
from switchboard.ingress.domain.accept_webhook import AcceptWebhook
from switchboard.ingress.domain.arm_handshake import ArmHandshake
from switchboard.ingress.domain.authenticity import CredentialCache
from switchboard.ingress.domain.envelopes import Envelopes
from switchboard.ingress.domain.explain_page import ExplainPage
from switchboard.ingress.domain.follow_change import FollowChange
from switchboard.ingress.domain.make_story import MakeStory
from switchboard.ingress.domain.request_invocation import RequestInvocation
from switchboard.ingress.domain.sync_project import SyncProject
from switchboard.ingress.settings import DoorSettings, OutcomesSettings, WorkerSettings
from switchboard.runtime.queue_consumer import SqsVisibility

if TYPE_CHECKING:
    from switchboard.ingress.adapters.notion import NotionConnection

ENVELOPES = Envelopes(utc_now, new_id)


def accept_webhook(settings: DoorSettings) -> AcceptWebhook:
    """The door's use case on real AWS (or on whatever AWS_ENDPOINT_URL points to)."""
    vault = SecretsManagerVault(boto3.client("secretsmanager"), settings.WEBHOOK_SECRET_ARN)
    receipts = DynamoReceipts(boto3.client("dynamodb"), settings.TABLE_NAME)
    return AcceptWebhook(CredentialCache(vault, utc_now), receipts, ENVELOPES, utc_now)


def explain_page(settings: OutcomesSettings) -> ExplainPage:
    """The use case that answers why."""
    return ExplainPage(DynamoJournal(boto3.client("dynamodb"), settings.TABLE_NAME))


@dataclass(frozen=True)
class WorkerParts:
    """What the worker runs on; `connection` is closed by whoever ends the process in good order."""

    follow_change: FollowChange
    make_story: MakeStory
    visibility: SqsVisibility
    connection: "NotionConnection"


def worker(settings: WorkerSettings, logger: Logger) -> WorkerParts:
    """The worker's two use cases and its queue."""
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
    visibility = SqsVisibility(boto3.client("sqs"), settings.QUEUE_URL, settings.DLQ_URL)
    return WorkerParts(follow, make, visibility, connection)


def notion_connection(settings: WorkerSettings, logger: Logger) -> "NotionConnection":
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
        token = secrets.get_secret_value(SecretId=settings.NOTION_TOKEN_SECRET_ARN)["SecretString"]
        return Client(
            auth=token,
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
