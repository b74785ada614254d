"""Actions that talk with the participant."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from switchboard.contact_flows.actions.action import (
    Action,
    Filled,
    Flag,
    Media,
    Number,
    Parameters,
    Path,
    Prompted,
    RefusedError,
    Spec,
)
from switchboard.contact_flows.language import (
    EQUALS,
    INPUT_TIME_LIMIT_EXCEEDED,
    NO_MATCHING_CONDITION,
    NO_MATCHING_ERROR,
)


class MessageParticipant(Prompted):
    """Say something."""

    SPEC = Spec(optional_errors=(NO_MATCHING_ERROR,))
    type: Literal["MessageParticipant"] = "MessageParticipant"

    @model_validator(mode="after")
    def _prompt(self) -> Self:
        return self.exactly_one_prompt()


class IteratedMessage(Parameters):
    """One message of a hold or queue flow."""

    text: str | None = None
    ssml: str | None = Field(default=None, alias="SSML")
    prompt_id: str | None = None
    media: Media | None = None


class MessageParticipantIteratively(Action):
    """Say things in turn until somebody interrupts: the heart of hold and queue flows."""

    SPEC = Spec(
        optional_errors=(NO_MATCHING_ERROR,),
        operators=(EQUALS,),
        next_action=False,
        may_end=True,
        bounds_cycle=True,
    )
    type: Literal["MessageParticipantIteratively"] = "MessageParticipantIteratively"
    messages: Annotated[list[IteratedMessage], Field(min_length=1)]
    interrupt_frequency_seconds: Annotated[Number, Field(ge=1)] | None = None


class CustomValidation(Parameters):
    """How many keys are stored."""

    maximum_length: Annotated[Number, Field(ge=1, le=512)]


class PhoneNumberValidation(Parameters):
    """The keys are a telephone number."""

    number_format: Literal["Local", "E164"] = "E164"
    country_code: str | None = None


class InputValidation(Parameters):
    """What is stored: so many keys, or a telephone number."""

    custom_validation: CustomValidation | None = None
    phone_number_validation: PhoneNumberValidation | None = None


class DtmfConfiguration(Parameters):
    """How keys are collected."""

    disable_cancel_key: Flag = False
    interdigit_time_limit_seconds: Annotated[Number, Field(ge=1, le=20)] = 5
    input_termination_sequence: str | None = None


class InputEncryption(Parameters):
    """Keys that must not be readable."""

    encryption_key_id: Filled
    key: Filled


class GetParticipantInput(Prompted):
    """Collect keys: a menu (`store_input=False`) or a number that is stored."""

    SPEC = Spec(
        required_errors=(NO_MATCHING_ERROR,),
        optional_errors=(NO_MATCHING_CONDITION, INPUT_TIME_LIMIT_EXCEEDED),
        operators=(EQUALS,),
        bounds_cycle=True,
    )
    type: Literal["GetParticipantInput"] = "GetParticipantInput"
    input_time_limit_seconds: Annotated[Number, Field(ge=1, le=180)] | Path
    store_input: Flag = False
    input_validation: InputValidation | None = None
    input_encryption: InputEncryption | None = None
    dtmf_configuration: DtmfConfiguration | None = Field(default=None, alias="DTMFConfiguration")
    enable_dtmf_buffer: Flag | None = Field(default=None, alias="EnableDTMFBuffer")

    @classmethod
    def required_errors(cls, parameters: Mapping[str, Any]) -> tuple[str, ...]:
        """A menu must say where silence and other keys lead; stored input cannot raise them."""
        if str(parameters.get("StoreInput")) == "True" or _buffers(parameters):
            return cls.SPEC.required_errors
        return (*cls.SPEC.required_errors, NO_MATCHING_CONDITION, INPUT_TIME_LIMIT_EXCEEDED)

    @model_validator(mode="after")
    def _menu_or_store(self) -> Self:
        if self.enable_dtmf_buffer:
            return self
        if self.store_input and self.input_validation is None:
            raise RefusedError("A003", "GetParticipantInput that stores needs InputValidation")
        if not self.store_input and self.dtmf_configuration is not None:
            raise RefusedError("A009", "a menu takes one key: it has no DTMFConfiguration")
        return self.exactly_one_prompt()


def _buffers(parameters: Mapping[str, Any]) -> bool:
    return str(parameters.get("EnableDTMFBuffer")) == "True"


class LexV2Bot(Parameters):
    """The alias of a Lex V2 bot."""

    alias_arn: Filled


class LexBot(Parameters):
    """A bot of the first Lex; seen in old flows."""

    name: Filled
    region: Filled
    alias: Filled


class LexInitializationData(Parameters):
    """The bot speaks first, from what it is given."""

    initial_message: str


class ConnectParticipantWithLexBot(Prompted):
    """Hand the caller to a bot until its intent is done."""

    SPEC = Spec(
        required_errors=(NO_MATCHING_ERROR, NO_MATCHING_CONDITION),
        optional_errors=(INPUT_TIME_LIMIT_EXCEEDED,),
        operators=(EQUALS,),
        bounds_cycle=True,
    )
    PROMPTS: ClassVar[tuple[str, ...]] = (*Prompted.PROMPTS, "lex_initialization_data")
    type: Literal["ConnectParticipantWithLexBot"] = "ConnectParticipantWithLexBot"
    lex_v2_bot: LexV2Bot | None = Field(default=None, alias="LexV2Bot")
    lex_bot: LexBot | None = None
    lex_initialization_data: LexInitializationData | None = None
    lex_session_attributes: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _bot_and_prompt(self) -> Self:
        if (self.lex_v2_bot is None) == (self.lex_bot is None):
            raise RefusedError("A003", "ConnectParticipantWithLexBot needs LexV2Bot.AliasArn")
        return self.exactly_one_prompt()
