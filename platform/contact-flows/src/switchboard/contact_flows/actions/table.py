"""The one table of action types: builder, linter and interpreter all read it."""

from dataclasses import dataclass
from typing import Any

from switchboard.contact_flows.actions import branching, contact_data, integration, routing, talk
from switchboard.contact_flows.actions.action import Action, Spec
from switchboard.contact_flows.language import EQUALS, NO_MATCHING_CONDITION, NO_MATCHING_ERROR


@dataclass(frozen=True)
class ActionType:
    """What is known of one type; without a model only these parameters are demanded."""

    spec: Spec
    model: type[Action] | None = None
    required: tuple[str, ...] = ()


def _known(
    *required: str, errors: tuple[str, ...] = (), operators: tuple[str, ...] = ()
) -> ActionType:
    return ActionType(
        Spec(
            required_errors=(NO_MATCHING_ERROR,),
            optional_errors=errors,
            operators=operators,
            interpreted=False,
        ),
        required=required,
    )


_MODELS: tuple[type[Action], ...] = (
    talk.MessageParticipant,
    talk.MessageParticipantIteratively,
    talk.GetParticipantInput,
    talk.ConnectParticipantWithLexBot,
    contact_data.UpdateContactAttributes,
    contact_data.UpdateFlowAttributes,
    contact_data.UpdateContactData,
    contact_data.UpdateContactTargetQueue,
    contact_data.UpdateContactTextToSpeechVoice,
    contact_data.UpdateContactRecordingBehavior,
    contact_data.UpdateContactRecordingAndAnalyticsBehavior,
    contact_data.UpdateContactMediaStreamingBehavior,
    contact_data.UpdateContactEventHooks,
    contact_data.UpdateContactCallbackNumber,
    contact_data.UpdateContactRoutingBehavior,
    contact_data.UpdateContactRoutingCriteria,
    contact_data.UpdateFlowLoggingBehavior,
    branching.Compare,
    branching.CheckHoursOfOperation,
    branching.CheckMetricData,
    branching.Loop,
    branching.Wait,
    branching.DistributeByPercentage,
    branching.GetMetricData,
    integration.InvokeLambdaFunction,
    integration.CreateWisdomSession,
    routing.TransferContactToQueue,
    routing.DequeueContactAndTransferToQueue,
    routing.TransferParticipantToThirdParty,
    routing.TransferToFlow,
    routing.InvokeFlowModule,
    routing.DisconnectParticipant,
    routing.EndFlowExecution,
    routing.EndFlowModuleExecution,
)

_UNINTERPRETED: dict[str, ActionType] = {
    "AssociateContactToCustomerProfile": _known("ProfileRequestData"),
    "CheckOutboundCallStatus": _known(operators=(EQUALS,)),
    "CheckVoiceId": _known(operators=(EQUALS,), errors=(NO_MATCHING_CONDITION,)),
    "CompleteOutboundCall": ActionType(Spec(interpreted=False)),
    "ConnectParticipantWithAgenticCX": ActionType(
        Spec(
            required_errors=(NO_MATCHING_ERROR, NO_MATCHING_CONDITION),
            optional_errors=("InputTimeLimitExceeded",),
            operators=(EQUALS,),
            bounds_cycle=True,
            interpreted=False,
        )
    ),
    "CreateCallbackContact": ActionType(
        Spec(required_errors=(NO_MATCHING_ERROR,), may_end=True, interpreted=False)
    ),
    "CreateCase": _known(errors=("ContactNotLinked",)),
    "CreateCustomerProfile": _known("ProfileRequestData"),
    "CreatePersistentContactAssociation": _known(),
    "CreateTask": _known("Name"),
    "GetCalculatedAttributesForCustomerProfile": _known("ProfileRequestData"),
    "GetCase": _known(errors=("ContactNotLinked", "MultipleFound", "NoneFound")),
    "GetCustomerProfile": _known(
        "ProfileRequestData", errors=("MultipleFoundError", "NoneFoundError")
    ),
    "ShowView": ActionType(
        Spec(
            required_errors=(NO_MATCHING_ERROR, "TimeLimitExceeded"),
            optional_errors=(NO_MATCHING_CONDITION,),
            operators=(EQUALS,),
            bounds_cycle=True,
            interpreted=False,
        ),
        required=("ViewResource",),
    ),
    "StartVoiceIdStream": _known(),
    "TagContact": _known("Tags"),
    "TransferContactToAgent": ActionType(
        Spec(required_errors=(NO_MATCHING_ERROR,), may_end=True, interpreted=False)
    ),
    "UnTagContact": _known("TagKeys"),
    "UpdateCase": _known(errors=("ContactNotLinked",)),
    "UpdateContactMediaProcessing": _known(),
    "UpdateCustomerProfile": _known("ProfileRequestData"),
    "UpdatePreviousContactParticipantState": _known("PreviousContactParticipantState"),
}

TABLE: dict[str, ActionType] = {
    model.model_fields["type"].default: ActionType(model.SPEC, model) for model in _MODELS
} | _UNINTERPRETED


class Uninterpreted(Action):
    """An action of a type that is known but has no typed parameters here."""

    SPEC = Spec(interpreted=False)
    type: str
    parameters: dict[str, Any]

    @property
    def spec(self) -> Spec:
        """The spec of the table; an unknown type has an empty one and fails the linter."""
        found = TABLE.get(self.type)
        return found.spec if found else self.SPEC

    def emitted(self) -> dict[str, Any]:
        """The parameters as given."""
        return self.parameters
