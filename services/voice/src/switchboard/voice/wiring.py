"""Where settings, clients and adapters meet; the only place that builds clients."""

import time
from collections.abc import Callable

import boto3
from aws_lambda_powertools import Logger
from botocore.config import Config

from switchboard.events.envelope import utc_now
from switchboard.events.ticket import TicketCommentedV1, TicketCreatedV1, TicketStatusChangedV1
from switchboard.runtime.queue_consumer import (
    Handle,
    MessageConsumer,
    QueueConsumer,
    SqsVisibility,
)
from switchboard.voice.adapters.connect import QConnectSessions
from switchboard.voice.adapters.contact_events import contact_fields, parse_contact_event
from switchboard.voice.adapters.contact_flow import Desk, DeskUseCases
from switchboard.voice.adapters.dynamodb_calls import DynamoCalls
from switchboard.voice.adapters.dynamodb_tickets import DynamoTickets
from switchboard.voice.adapters.patience import Patience, TimeLeft, at_once
from switchboard.voice.domain.end_call import CloseCall, NoteOutcome
from switchboard.voice.domain.follow_contact import ContactEvent, FollowContact
from switchboard.voice.domain.keep_ticket import KeepMoved, KeepNoted, KeepOpened
from switchboard.voice.domain.open_session import OpenSession
from switchboard.voice.domain.ports import Calls, Sessions, Tickets
from switchboard.voice.domain.record_escalation import RecordEscalation
from switchboard.voice.domain.tell_status import TellStatus
from switchboard.voice.settings import DeskSettings, QueueSettings

CONNECT_SECONDS = 0.3
STORE_SECONDS = 0.5
SESSION_SECONDS = 1.0
"""Read time limits: an attempt that takes longer is given up, so that another one fits."""


def desk_use_cases(tickets: Tickets, calls: Calls, sessions: Sessions) -> DeskUseCases:
    """What the steps of the flow do, over any adapters."""
    return DeskUseCases(
        open_session=OpenSession(tickets, calls, sessions, utc_now),
        tell_status=TellStatus(tickets),
        record_escalation=RecordEscalation(calls, utc_now),
        note_outcome=NoteOutcome(calls),
    )


def desk(settings: DeskSettings, logger: Logger) -> Desk:
    """Build the flow's function on AWS (or on whatever the endpoint variables point to)."""
    time_left, stores = TimeLeft(time.monotonic), TimeLeft(time.monotonic)
    resource = boto3.resource("dynamodb", config=_limits(STORE_SECONDS))
    table = resource.Table(settings.TABLE_NAME)
    of_store = _patience(stores, STORE_SECONDS, logger)
    sessions = QConnectSessions(
        boto3.client("connect", config=_limits(SESSION_SECONDS)),
        boto3.client("qconnect", config=_limits(SESSION_SECONDS)),
        settings.CONNECT_INSTANCE_ID,
        _patience(time_left, SESSION_SECONDS, logger),
    )
    use_cases = desk_use_cases(
        DynamoTickets(table, of_store), DynamoCalls(table, of_store, utc_now), sessions
    )
    return Desk(use_cases, time_left, stores, logger)


def ticket_handlers(tickets: Tickets, calls: Calls) -> dict[str, Handle]:
    """What each ticket event does, over any adapters."""
    return {
        TicketCreatedV1.DETAIL_TYPE: KeepOpened(tickets, calls),
        TicketCommentedV1.DETAIL_TYPE: KeepNoted(tickets),
        TicketStatusChangedV1.DETAIL_TYPE: KeepMoved(tickets),
    }


def ticket_inbox(settings: QueueSettings, logger: Logger) -> QueueConsumer:
    """Build the consumer of ticket events."""
    table = boto3.resource("dynamodb").Table(settings.TABLE_NAME)
    tickets, calls = DynamoTickets(table, at_once), DynamoCalls(table, at_once, utc_now)
    return QueueConsumer(ticket_handlers(tickets, calls), _visibility(settings), logger)


def follow_contact(calls: Calls) -> FollowContact:
    """What a contact event does, over any adapter."""
    return FollowContact(calls, CloseCall(calls, utc_now))


def contact_inbox(settings: QueueSettings, logger: Logger) -> MessageConsumer[ContactEvent]:
    """Build the consumer of contact events."""
    table = boto3.resource("dynamodb").Table(settings.TABLE_NAME)
    follow = follow_contact(DynamoCalls(table, at_once, utc_now))
    return MessageConsumer(
        parse_contact_event,
        _told(follow, logger),
        contact_fields,
        visibility=_visibility(settings),
        logger=logger,
    )


def _told(follow: FollowContact, logger: Logger) -> Callable[[ContactEvent], None]:
    def handle(event: ContactEvent) -> None:
        outcome = follow(event)
        logger.info("contact event followed", outcome=outcome, **contact_fields(event))

    return handle


def _visibility(settings: QueueSettings) -> SqsVisibility:
    return SqsVisibility(boto3.client("sqs"), settings.QUEUE_URL, settings.DLQ_URL)


def _limits(read_seconds: float) -> Config:
    return Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=read_seconds,
        retries={"total_max_attempts": 1},
    )


def _patience(left: TimeLeft, read_seconds: float, logger: Logger) -> Patience:
    return Patience(
        sleep=time.sleep,
        left=left,
        attempt_seconds=CONNECT_SECONDS + read_seconds,
        on_retry=lambda reason: logger.warning("call repeated", reason=reason),
    )
