"""Actions that send the contact somewhere else, or end."""

from typing import Annotated, Literal

from pydantic import Field

from switchboard.contact_flows.actions.action import Action, Filled, Flag, Number, Path, Spec
from switchboard.contact_flows.language import (
    EQUALS,
    NO_MATCHING_CONDITION,
    NO_MATCHING_ERROR,
    QUEUE_AT_CAPACITY,
)


class TransferContactToQueue(Action):
    """Queue the contact; the queue was chosen before, by UpdateContactTargetQueue."""

    SPEC = Spec(required_errors=(QUEUE_AT_CAPACITY, NO_MATCHING_ERROR), may_end=True)
    type: Literal["TransferContactToQueue"] = "TransferContactToQueue"


class DequeueContactAndTransferToQueue(Action):
    """Move a waiting contact to another queue."""

    SPEC = Spec(required_errors=(QUEUE_AT_CAPACITY, NO_MATCHING_ERROR), may_end=True)
    type: Literal["DequeueContactAndTransferToQueue"] = "DequeueContactAndTransferToQueue"
    queue_id: Filled


class TransferParticipantToThirdParty(Action):
    """Dial another number and connect the caller with it."""

    SPEC = Spec(
        required_errors=(NO_MATCHING_ERROR,),
        optional_errors=("CallFailed", "ConnectionTimeLimitExceeded"),
        next_action=False,
        may_end=True,
    )
    type: Literal["TransferParticipantToThirdParty"] = "TransferParticipantToThirdParty"
    third_party_phone_number: Filled
    third_party_connection_time_limit_seconds: (
        Annotated[Number, Field(ge=1, le=600)] | Path | None
    ) = None
    third_party_dtmf_digits: str | None = Field(default=None, alias="ThirdPartyDTMFDigits")
    continue_flow_execution: Flag | None = None
    caller_id: dict[str, str] | None = None


class TransferToFlow(Action):
    """Go on in another flow."""

    SPEC = Spec(required_errors=(NO_MATCHING_ERROR,), next_action=False, may_end=True)
    type: Literal["TransferToFlow"] = "TransferToFlow"
    contact_flow_id: Filled


class InvokeFlowModule(Action):
    """Run a module and come back."""

    SPEC = Spec(
        required_errors=(NO_MATCHING_ERROR,),
        optional_errors=(NO_MATCHING_CONDITION,),
        operators=(EQUALS,),
    )
    type: Literal["InvokeFlowModule"] = "InvokeFlowModule"
    flow_module_id: Filled


class DisconnectParticipant(Action):
    """Hang up."""

    SPEC = Spec(next_action=False, terminal=True)
    type: Literal["DisconnectParticipant"] = "DisconnectParticipant"


class EndFlowExecution(Action):
    """End the flow without hanging up."""

    SPEC = Spec(next_action=False, terminal=True)
    type: Literal["EndFlowExecution"] = "EndFlowExecution"


class EndFlowModuleExecution(Action):
    """Return from a module."""

    SPEC = Spec(next_action=False, terminal=True)
    type: Literal["EndFlowModuleExecution"] = "EndFlowModuleExecution"
