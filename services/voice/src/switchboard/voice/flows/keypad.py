"""When the assistant cannot help or is down: keys."""

from switchboard.contact_flows.actions.branching import Compare, Loop
from switchboard.contact_flows.actions.talk import (
    CustomValidation,
    DtmfConfiguration,
    GetParticipantInput,
    InputValidation,
    MessageParticipant,
)
from switchboard.contact_flows.builder import Flow
from switchboard.contact_flows.language import (
    INPUT_TIME_LIMIT_EXCEEDED,
    NO_MATCHING_CONDITION,
    NO_MATCHING_ERROR,
)
from switchboard.voice.flows import texts
from switchboard.voice.flows.addresses import DeskAddresses
from switchboard.voice.flows.blocks import function, reason

KEYPAD_TRIES = 2
STATUS_SECONDS = 6
KEY_SECONDS = 6
NUMBER_SECONDS = 10
BETWEEN_KEYS_SECONDS = 5
TICKET_DIGITS = 7


def add_keypad(flow: Flow, at: DeskAddresses) -> None:
    """One for a person, two for the state of a ticket; after two tries a person comes anyway."""
    flow.add(
        "keypad-tries",
        Loop(loop_count=KEYPAD_TRIES),
        when={"ContinueLooping": "keypad", "DoneLooping": "record"},
    )
    flow.add(
        "keypad",
        GetParticipantInput(text=texts.KEYPAD, input_time_limit_seconds=KEY_SECONDS),
        then="keypad-tries",
        when={"0": "key-for-person", "1": "key-for-person", "2": "number"},
        errors={
            INPUT_TIME_LIMIT_EXCEEDED: "keypad-tries",
            NO_MATCHING_CONDITION: "keypad-tries",
            NO_MATCHING_ERROR: "record",
        },
    )
    pressed = reason("asked_for_person", texts.KEY_SUMMARY)
    flow.add("key-for-person", pressed, then="record", on_error="record")
    number = GetParticipantInput(
        text=texts.NUMBER,
        input_time_limit_seconds=NUMBER_SECONDS,
        store_input=True,
        input_validation=InputValidation(
            custom_validation=CustomValidation(maximum_length=TICKET_DIGITS)
        ),
        dtmf_configuration=DtmfConfiguration(interdigit_time_limit_seconds=BETWEEN_KEYS_SECONDS),
    )
    flow.add("number", number, then="entered", on_error="keypad-tries")
    flow.add(
        "entered",
        Compare(comparison_value="$.StoredCustomerInput"),
        when={"0": "key-for-person", "Timeout": "keypad-tries"},
        on_error="look-up",
    )
    status = function(at.status, "ticket_status", STATUS_SECONDS, number="$.StoredCustomerInput")
    flow.add("look-up", status, then="tell", on_error="look-up-down")
    flow.add("tell", MessageParticipant(text="$.External.sentence"), then="found", on_error="found")
    flow.add(
        "found",
        Compare(comparison_value="$.External.found"),
        when={"true": "resolved"},
        on_error="keypad-tries",
    )
    down = reason("not_resolved", texts.LOOK_UP_DOWN_SUMMARY)
    flow.add("look-up-down", down, then="say-look-up-down", on_error="say-look-up-down")
    flow.add("say-look-up-down", MessageParticipant(text=texts.LOOK_UP_DOWN), then="record")
