"""Lambda entry points: the flow's function, ticket events, contact events."""

from functools import cache
from typing import Any

from switchboard.runtime.log import service_logger
from switchboard.runtime.queue_consumer import MessageConsumer, QueueConsumer
from switchboard.voice import wiring
from switchboard.voice.adapters.contact_flow import Desk
from switchboard.voice.domain.follow_contact import ContactEvent
from switchboard.voice.domain.model import SERVICE
from switchboard.voice.settings import DeskSettings, QueueSettings


@cache
def _desk() -> Desk:
    return wiring.desk(DeskSettings.from_env(), service_logger(SERVICE))


@cache
def _tickets() -> QueueConsumer:
    return wiring.ticket_inbox(QueueSettings.from_env(), service_logger(SERVICE))


@cache
def _contacts() -> MessageConsumer[ContactEvent]:
    return wiring.contact_inbox(QueueSettings.from_env(), service_logger(SERVICE))


def desk(event: dict[str, Any], context: object) -> dict[str, str]:  # noqa: ARG001 - AWS calls it so
    """A step of the contact flow (Connect's InvokeLambdaFunction)."""
    return _desk()(event)


def tickets(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001 - AWS calls it so
    """Ticket events from the service's own queue (SQS batch)."""
    return _tickets()(event)


def contacts(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001 - AWS calls it so
    """Contact events of Connect from their own queue (SQS batch)."""
    return _contacts()(event)
