"""To a person: noted first, then by the hours; and how every call ends."""

from switchboard.contact_flows.actions.branching import CheckHoursOfOperation, Compare
from switchboard.contact_flows.actions.contact_data import (
    UpdateContactAttributes,
    UpdateContactTargetQueue,
)
from switchboard.contact_flows.actions.routing import DisconnectParticipant, TransferContactToQueue
from switchboard.contact_flows.actions.talk import MessageParticipant
from switchboard.contact_flows.builder import Flow
from switchboard.contact_flows.language import NO_MATCHING_ERROR, QUEUE_AT_CAPACITY
from switchboard.voice.flows import texts
from switchboard.voice.flows.addresses import DeskAddresses
from switchboard.voice.flows.blocks import function

RECORD_SECONDS = 6
END_SECONDS = 4


def add_person(flow: Flow, at: DeskAddresses) -> None:
    """Only after this may a call back be promised: its two ways never meet again before the end."""
    record = function(
        at.escalation,
        "record_escalation",
        RECORD_SECONDS,
        reason="$.Attributes.escalationReason",
        summary="$.Attributes.escalationSummary",
        intent="$.Attributes.customerIntent",
        sentiment="$.Attributes.sentiment",
        ticketNumber="$.Attributes.ticketNumber",
        callerId="$.Attributes.callerId",
    )
    flow.add("record", record, then="recorded", on_error="hours-unnoted")
    flow.add(
        "recorded",
        Compare(comparison_value="$.External.recorded"),
        when={"true": "hours"},
        on_error="hours-unnoted",
    )
    _noted(flow, at)
    _unnoted(flow, at)


def _noted(flow: Flow, at: DeskAddresses) -> None:
    _to_queue(flow, at, "")
    flow.add("closed", MessageParticipant(text=texts.CLOSED), then="was-closed")
    flow.add("full", MessageParticipant(text=texts.FULL), then="was-full")
    flow.add("failed", MessageParticipant(text=texts.NOT_PUT_THROUGH), then="was-failed")


def _unnoted(flow: Flow, at: DeskAddresses) -> None:
    _to_queue(flow, at, "-unnoted")
    said = {
        "closed-unnoted": texts.CLOSED_UNNOTED,
        "full-unnoted": texts.FULL_UNNOTED,
        "failed-unnoted": texts.NOT_PUT_THROUGH_UNNOTED,
    }
    for name, text in said.items():
        flow.add(name, MessageParticipant(text=f"{text} {texts.CALL_AGAIN}"), then="was-failed")


def _to_queue(flow: Flow, at: DeskAddresses, way: str) -> None:
    flow.add(
        f"hours{way}",
        CheckHoursOfOperation(hours_of_operation_id=at.hours),
        when={"True": f"queue{way}", "False": f"closed{way}"},
        on_error=f"queue{way}",
    )
    flow.add(
        f"queue{way}",
        UpdateContactTargetQueue(queue_id=at.queue),
        then=f"hold{way}",
        on_error=f"failed{way}",
    )
    flow.add(f"hold{way}", MessageParticipant(text=texts.PUT_THROUGH), then=f"transfer{way}")
    flow.add(
        f"transfer{way}",
        TransferContactToQueue(),
        then="goodbye",
        errors={QUEUE_AT_CAPACITY: f"full{way}", NO_MATCHING_ERROR: f"failed{way}"},
    )


def add_end(flow: Flow, at: DeskAddresses) -> None:
    """Say how it ended, to the desk's records first, then to the caller."""
    outcomes = {
        "resolved": "resolved",
        "was-closed": "closed",
        "was-full": "queue_full",
        "was-failed": "failed",
    }
    for name, outcome in outcomes.items():
        attributes = UpdateContactAttributes(attributes={"outcome": outcome})
        flow.add(name, attributes, then="end-call", on_error="end-call")
    ended = function(at.session, "end_call", END_SECONDS, outcome="$.Attributes.outcome")
    flow.add("end-call", ended, then="goodbye", on_error="goodbye")
    flow.add("goodbye", MessageParticipant(text=texts.GOODBYE), then="end")
    flow.add("end", DisconnectParticipant())
