"""The catalogue: every event version, who publishes it and who consumes it.

The two lists are checked against the code (`detail-types` each service names) and against the
rules in the synthesized templates; `docs/events/` is generated from here.
"""

from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from switchboard.events.call import CallEndedV1, CallEscalatedV1
from switchboard.events.content import ContentChangedV1, TriggerRejectedV1
from switchboard.events.envelope import Event, EventData
from switchboard.events.invocation import (
    AgentRunCompletedV1,
    AgentRunFailedV1,
    DeliveryFailedV1,
    InvocationCancelledV1,
    InvocationCompletedV1,
    InvocationDeliveredV1,
    InvocationFailedV1,
    InvocationRequestedV1,
    InvocationStartedV1,
)
from switchboard.events.project import BudgetThresholdReachedV1, ProjectConfiguredV1
from switchboard.events.ticket import (
    StoryCreatedV1,
    TicketCommentedV1,
    TicketCreatedV1,
    TicketStatusChangedV1,
)


class UnknownEventError(LookupError):
    """No such event version exists in the catalogue."""


class MalformedEventError(ValueError):
    """The detail of an event does not fit its contract."""


@dataclass(frozen=True)
class Entry:
    """One event version of the catalogue."""

    model: type[EventData]
    publishers: tuple[str, ...]
    consumers: tuple[str, ...]

    @property
    def detail_type(self) -> str:
        """The name on the bus."""
        return self.model.DETAIL_TYPE


_ENTRIES = (
    Entry(ContentChangedV1, ("ingress",), ("ingress",)),
    Entry(TriggerRejectedV1, ("ingress",), ("completion",)),
    Entry(ProjectConfiguredV1, ("ingress",), ("orchestrator", "completion")),
    Entry(
        InvocationRequestedV1,
        ("ingress", "orchestrator", "completion"),
        ("orchestrator", "completion"),
    ),
    Entry(InvocationStartedV1, ("orchestrator",), ("completion", "itsm-mock")),
    Entry(AgentRunCompletedV1, ("agents",), ("orchestrator",)),
    Entry(AgentRunFailedV1, ("agents",), ("orchestrator",)),
    Entry(InvocationCompletedV1, ("orchestrator",), ("completion", "itsm-mock")),
    Entry(InvocationFailedV1, ("orchestrator",), ("completion", "itsm-mock")),
    Entry(InvocationCancelledV1, ("orchestrator",), ("completion", "itsm-mock")),
    Entry(InvocationDeliveredV1, ("completion",), ("orchestrator",)),
    Entry(DeliveryFailedV1, ("completion",), ("orchestrator", "itsm-mock")),
    Entry(BudgetThresholdReachedV1, ("orchestrator",), ("completion",)),
    Entry(TicketCreatedV1, ("itsm-mock",), ("ingress", "voice")),
    Entry(TicketCommentedV1, ("itsm-mock",), ("voice",)),
    Entry(TicketStatusChangedV1, ("itsm-mock",), ("voice",)),
    Entry(StoryCreatedV1, ("ingress",), ("itsm-mock",)),
    Entry(CallEscalatedV1, ("voice",), ("itsm-mock",)),
    Entry(CallEndedV1, ("voice",), ("itsm-mock",)),
)

CATALOGUE: dict[str, Entry] = {entry.detail_type: entry for entry in _ENTRIES}
"""Every released event version by its detail-type."""


def entry_for(detail_type: str) -> Entry:
    """Look an event version up.

    Raises:
        UnknownEventError: with the names that do exist.
    """
    try:
        return CATALOGUE[detail_type]
    except KeyError:
        known = ", ".join(sorted(CATALOGUE))
        raise UnknownEventError(f"no event {detail_type!r}; the catalogue has {known}") from None


def parse_event(detail_type: str, detail: dict[str, Any] | str) -> Event[Any]:
    """Read the detail of an event as it came from the bus.

    Raises:
        UnknownEventError: the detail-type is not in the catalogue.
        MalformedEventError: the detail does not fit the contract; says which field and why.
    """
    model: Any = Event[entry_for(detail_type).model]  # type: ignore[misc]  # a run-time type
    try:
        if isinstance(detail, str):
            event: Event[Any] = model.model_validate_json(detail)
        else:
            event = model.model_validate(detail)
    except ValidationError as error:
        where = "; ".join(
            f"{'.'.join(str(part) for part in item['loc'])}: {item['msg']}"
            for item in error.errors()
        )
        raise MalformedEventError(f"{detail_type} does not fit its contract: {where}") from error
    return event


def consumed_by(service: str) -> list[str]:
    """The detail-types a service subscribes to, in the catalogue's order."""
    return [entry.detail_type for entry in _ENTRIES if service in entry.consumers]


def published_by(service: str) -> list[str]:
    """The detail-types a service publishes, in the catalogue's order."""
    return [entry.detail_type for entry in _ENTRIES if service in entry.publishers]
