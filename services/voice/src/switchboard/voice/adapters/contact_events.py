"""`Amazon Connect Contact Event` as EventBridge delivers it, read into what a call needs.

Amazon Connect administrator guide, "Contact events": source `aws.connect`, default bus only, best
effort, possibly late, double and out of order. Not run on AWS.
"""

import json
from datetime import datetime
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from switchboard.events.catalogue import MalformedEventError
from switchboard.voice.adapters.contact_flow import caller_of
from switchboard.voice.domain.follow_contact import ENDS, ContactEvent
from switchboard.voice.domain.ports import CallFacts

DETAIL_TYPE = "Amazon Connect Contact Event"


class _Wire(BaseModel):
    # What does not fit is named in logs by its place only: events hold telephone numbers.
    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)


class _Endpoint(_Wire):
    address: str | None = None


class _QueueInfo(_Wire):
    enqueueTimestamp: AwareDatetime | None = None  # noqa: N815 - the wire's name


class _AgentInfo(_Wire):
    connectedToAgentTimestamp: AwareDatetime | None = None  # noqa: N815 - the wire's name


class _Detail(_Wire):
    contactId: str = Field(min_length=1, max_length=256)  # noqa: N815 - the wire's name
    eventType: str = Field(min_length=1)  # noqa: N815 - the wire's name
    channel: str = "VOICE"
    initiationMethod: str = "INBOUND"  # noqa: N815 - the wire's name
    initiationTimestamp: AwareDatetime | None = None  # noqa: N815 - the wire's name
    disconnectTimestamp: AwareDatetime | None = None  # noqa: N815 - the wire's name
    disconnectReason: str | None = None  # noqa: N815 - the wire's name
    customerEndpoint: _Endpoint | None = None  # noqa: N815 - the wire's name
    queueInfo: _QueueInfo | None = None  # noqa: N815 - the wire's name
    agentInfo: _AgentInfo | None = None  # noqa: N815 - the wire's name


class _Envelope(_Wire):
    id: str = Field(min_length=1)
    time: AwareDatetime
    detail_type: str = Field(alias="detail-type")
    detail: _Detail


def parse_contact_event(body: str) -> ContactEvent:
    """Read one message of the queue.

    Raises:
        MalformedEventError: it is no contact event; says which field and why, never its value.
    """
    try:
        envelope = _Envelope.model_validate(json.loads(body))
    except json.JSONDecodeError:
        # `from None`: the decoder's error holds the whole message.
        raise MalformedEventError("the message is not JSON") from None
    except ValidationError as error:
        where = "; ".join(
            f"{'.'.join(str(part) for part in item['loc'])}: {item['msg']}"
            for item in error.errors(include_input=False)
        )
        raise MalformedEventError(f"not a contact event: {where}") from error
    if envelope.detail_type != DETAIL_TYPE:
        raise MalformedEventError(f"not a contact event: detail-type is not {DETAIL_TYPE}")
    return _contact_event(envelope)


def _contact_event(envelope: _Envelope) -> ContactEvent:
    detail = envelope.detail
    return ContactEvent(
        event_id=envelope.id,
        contact_id=detail.contactId,
        kind=detail.eventType,
        at=envelope.time,
        is_call=detail.channel == "VOICE" and detail.initiationMethod == "INBOUND",
        facts=CallFacts(
            caller_id=caller_of(detail.customerEndpoint.address)
            if detail.customerEndpoint
            else None,
            initiated_at=detail.initiationTimestamp,
            queued_at=detail.queueInfo.enqueueTimestamp if detail.queueInfo else None,
            person_at=detail.agentInfo.connectedToAgentTimestamp if detail.agentInfo else None,
            disconnected_at=_ended_at(envelope),
            disconnect_reason=detail.disconnectReason,
        ),
    )


def _ended_at(envelope: _Envelope) -> datetime | None:
    detail = envelope.detail
    if detail.disconnectTimestamp is None and detail.eventType in ENDS:
        return envelope.time
    return detail.disconnectTimestamp


def contact_fields(event: ContactEvent) -> dict[str, Any]:
    """The ids of a contact event for log lines; never the caller."""
    return {"correlation_id": event.contact_id, "event_id": event.event_id, "kind": event.kind}
