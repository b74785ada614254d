"""Actions that change the contact or how it is treated."""

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from switchboard.contact_flows.actions.action import (
    Action,
    Filled,
    Flag,
    Number,
    Parameters,
    RefusedError,
    Spec,
    small_enough,
)
from switchboard.contact_flows.language import NO_MATCHING_ERROR

Switch = Literal["Enabled", "Disabled"]


class UpdateContactAttributes(Action):
    """Write attributes that travel with the contact."""

    SPEC = Spec(required_errors=(NO_MATCHING_ERROR,))
    type: Literal["UpdateContactAttributes"] = "UpdateContactAttributes"
    attributes: Annotated[dict[str, str], AfterValidator(small_enough)]
    target_contact: Literal["Current", "Related"] = "Current"


class FlowAttribute(Parameters):
    """A value that lives as long as the flow."""

    value: str


class UpdateFlowAttributes(Action):
    """Write attributes that only this flow sees."""

    SPEC = Spec(required_errors=(NO_MATCHING_ERROR,))
    type: Literal["UpdateFlowAttributes"] = "UpdateFlowAttributes"
    flow_attributes: dict[str, FlowAttribute]


class UpdateContactData(Action):
    """Fill standard fields of the contact; `wisdom_session_arn` binds it to an AI session."""

    SPEC = Spec(required_errors=(NO_MATCHING_ERROR,))
    type: Literal["UpdateContactData"] = "UpdateContactData"
    name: str | None = None
    description: str | None = None
    customer_id: str | None = None
    language_code: str | None = None
    references: dict[str, Any] | None = None
    segment_attributes: dict[str, Any] | None = None
    wisdom_session_arn: str | None = None
    target_contact: Literal["Current", "Related"] | None = None


class UpdateContactTargetQueue(Action):
    """Choose the queue (or the agent) of a later transfer."""

    SPEC = Spec(required_errors=(NO_MATCHING_ERROR,))
    type: Literal["UpdateContactTargetQueue"] = "UpdateContactTargetQueue"
    queue_id: str | None = None
    agent_id: str | None = None

    @model_validator(mode="after")
    def _one_target(self) -> Self:
        if (self.queue_id is None) == (self.agent_id is None):
            raise RefusedError("A003", "UpdateContactTargetQueue needs QueueId or AgentId")
        return self


class UpdateContactTextToSpeechVoice(Action):
    """Choose the voice; `connect:agentic` is the engine of agentic voice."""

    SPEC = Spec(optional_errors=(NO_MATCHING_ERROR,))
    type: Literal["UpdateContactTextToSpeechVoice"] = "UpdateContactTextToSpeechVoice"
    text_to_speech_voice: Filled
    text_to_speech_engine: str | None = None
    text_to_speech_style: str | None = None


class RecordingBehavior(Parameters):
    """Who is recorded, and whether the automated part is."""

    recorded_participants: list[Literal["Agent", "Customer"]]
    screen_recorded_participants: list[Literal["Agent"]] | None = None
    ivr_recording_behavior: Switch | None = Field(default=None, alias="IVRRecordingBehavior")


class AnalyticsModes(Parameters):
    """When Contact Lens listens."""

    analytics_modes: list[str] = Field(default_factory=list)


class VoiceAnalyticsModes(Parameters):
    """Voice has exactly one mode."""

    analytics_modes: Annotated[
        list[Literal["RealTime", "PostContact"]], Field(min_length=1, max_length=1)
    ]


class ChannelConfiguration(Parameters):
    """Contact Lens by channel."""

    chat: AnalyticsModes | None = None
    voice: VoiceAnalyticsModes | None = None


class AnalyticsBehavior(Parameters):
    """What Contact Lens does with the call."""

    enabled: Flag
    analytics_language: str | None = None
    analytics_redaction_behavior: Switch | None = None
    analytics_redaction_results: str | None = None
    channel_configuration: ChannelConfiguration | None = None


class UpdateContactRecordingBehavior(Action):
    """Record the call, and analyse it."""

    SPEC = Spec()
    type: Literal["UpdateContactRecordingBehavior"] = "UpdateContactRecordingBehavior"
    recording_behavior: RecordingBehavior
    analytics_behavior: AnalyticsBehavior | None = None


class UpdateContactRecordingAndAnalyticsBehavior(Action):
    """The newer form of recording and analytics, by channel."""

    SPEC = Spec(
        required_errors=(NO_MATCHING_ERROR,),
        optional_errors=("ChannelMismatch", "InFlightRedactionConfigurationFailed"),
    )
    type: Literal["UpdateContactRecordingAndAnalyticsBehavior"] = (
        "UpdateContactRecordingAndAnalyticsBehavior"
    )
    voice_behavior: dict[str, Any] | None = None
    chat_behavior: dict[str, Any] | None = None
    screen_recording_behavior: dict[str, Any] | None = None


class StreamedParticipant(Parameters):
    """Whose audio is streamed, and in which direction."""

    participant_type: Literal["Customer"] = "Customer"
    media_directions: list[Literal["To", "From"]]


class UpdateContactMediaStreamingBehavior(Action):
    """Stream the audio to Kinesis, or stop."""

    SPEC = Spec(required_errors=(NO_MATCHING_ERROR,))
    type: Literal["UpdateContactMediaStreamingBehavior"] = "UpdateContactMediaStreamingBehavior"
    media_streaming_state: Switch
    media_stream_type: Literal["Audio"] | None = None
    participants: list[StreamedParticipant] | None = None


class UpdateContactEventHooks(Action):
    """Set the flows that run at later moments of the contact."""

    SPEC = Spec(required_errors=(NO_MATCHING_ERROR,))
    type: Literal["UpdateContactEventHooks"] = "UpdateContactEventHooks"
    event_hooks: dict[str, str]


class UpdateContactCallbackNumber(Action):
    """Remember the number to call back."""

    SPEC = Spec(required_errors=("InvalidCallbackNumber", "CallbackNumberNotDialable"))
    type: Literal["UpdateContactCallbackNumber"] = "UpdateContactCallbackNumber"
    callback_number: Filled


class UpdateContactRoutingBehavior(Action):
    """Change the place in the queue."""

    SPEC = Spec()
    type: Literal["UpdateContactRoutingBehavior"] = "UpdateContactRoutingBehavior"
    queue_priority: Number | None = None
    queue_time_adjustment_seconds: Number | None = None


class UpdateContactRoutingCriteria(Action):
    """Ask for skills instead of a queue."""

    SPEC = Spec(required_errors=(NO_MATCHING_ERROR,))
    type: Literal["UpdateContactRoutingCriteria"] = "UpdateContactRoutingCriteria"
    routing_criteria: dict[str, Any]


class UpdateFlowLoggingBehavior(Action):
    """Write the flow's steps to CloudWatch."""

    SPEC = Spec()
    type: Literal["UpdateFlowLoggingBehavior"] = "UpdateFlowLoggingBehavior"
    flow_logging_behavior: Switch
