"""Lambda entry point of the outbox relay; every service deploys it beside its own code."""

from functools import cache
from typing import Any

import boto3
from pydantic import BaseModel, ConfigDict

from switchboard.runtime.event_bus import EventBridgeBus
from switchboard.runtime.outbox import OutboxRelay
from switchboard.runtime.settings import environment


class RelaySettings(BaseModel):
    """Validated environment of the relay function."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    EVENT_BUS_NAME: str


@cache
def _warm() -> OutboxRelay:
    settings = RelaySettings.model_validate(environment())
    bus = EventBridgeBus(boto3.client("events"), settings.EVENT_BUS_NAME)  # noqa: TID251 - the relay is its own wiring
    return OutboxRelay(bus, settings.EVENT_BUS_NAME)


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001 - AWS calls it so
    """Relay one batch of the table's stream."""
    return _warm()(event)
