"""Structured logging: JSON lines with the ids of the flow on each (ERR-09, ERR-10)."""

from typing import Any

from aws_lambda_powertools import Logger

from switchboard.events.envelope import Event


def service_logger(service: str) -> Logger:
    """The logger of a service; level and format come from Powertools' own variables."""
    return Logger(service=service, use_rfc3339=True, utc=True)


def flow_fields(event: Event[Any]) -> dict[str, Any]:
    """The ids that every log line about an event carries."""
    return {
        "event_id": event.metadata.id,
        "event_type": event.detail_type,
        "correlation_id": event.metadata.correlation_id,
        "project_id": event.metadata.project_id,
        "invocation_id": getattr(event.data, "invocation_id", None),
    }
