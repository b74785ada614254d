"""The call begins: settings, session, assistant, re-asks."""

from switchboard.contact_flows.actions.branching import Compare, Loop
from switchboard.contact_flows.actions.contact_data import (
    UpdateContactAttributes,
    UpdateContactData,
    UpdateContactTextToSpeechVoice,
    UpdateFlowLoggingBehavior,
)
from switchboard.contact_flows.actions.integration import CreateWisdomSession
from switchboard.contact_flows.actions.talk import (
    ConnectParticipantWithLexBot,
    LexV2Bot,
    MessageParticipant,
)
from switchboard.contact_flows.builder import Flow
from switchboard.contact_flows.language import NO_MATCHING_CONDITION, NO_MATCHING_ERROR
from switchboard.voice.flows import texts
from switchboard.voice.flows.addresses import DeskAddresses
from switchboard.voice.flows.blocks import flow_attributes, function, reason
from switchboard.voice.flows.listening import Listening

REASKS = 2
LOOK_UP_SECONDS = 4
VOICE, ENGINE = "KATIE", "connect:agentic"
HAND_OFF = ("escalationReason", "escalationSummary", "customerIntent", "sentiment", "ticketNumber")
"""Inputs of the agent's Escalate tool: session attributes, then contact attributes."""


def add_opening(flow: Flow, at: DeskAddresses) -> None:
    """From the ring to the greeting. Nothing is recorded: that would want the caller's consent."""
    flow.add("logging", UpdateFlowLoggingBehavior(flow_logging_behavior="Enabled"), then="voice")
    voice = UpdateContactTextToSpeechVoice(text_to_speech_voice=VOICE, text_to_speech_engine=ENGINE)
    flow.add("voice", voice, then="caller", on_error="caller")
    caller = UpdateContactAttributes(attributes={"callerId": "$.CustomerEndpoint.Address"})
    flow.add("caller", caller, then="session", on_error="session")
    session = CreateWisdomSession(wisdom_assistant_arn=at.assistant)
    flow.add("session", session, then="bind", on_error="assistant-down")
    # The bot finds the session only through the contact's data.
    bind = UpdateContactData(wisdom_session_arn="$.Wisdom.SessionArn")
    flow.add("bind", bind, then="open", on_error="assistant-down")
    opened = function(
        at.session,
        "open_session",
        LOOK_UP_SECONDS,
        callerId="$.Attributes.callerId",
        sessionArn="$.Wisdom.SessionArn",
    )
    flow.add("open", opened, then="greeting", on_error="plain-greeting")
    flow.add(
        "greeting",
        flow_attributes(prompt="$.External.greeting"),
        then="assistant",
        on_error="plain-greeting",
    )
    flow.add(
        "plain-greeting",
        flow_attributes(prompt=texts.GREETING),
        then="assistant",
        on_error="assistant-down",
    )


def add_assistant(flow: Flow, at: DeskAddresses) -> None:
    """The bot until it completes or escalates; what it did not understand is asked again, twice."""
    bot = ConnectParticipantWithLexBot(
        text="$.FlowAttributes.prompt",
        lex_v2_bot=LexV2Bot(alias_arn=at.bot_alias),
        lex_session_attributes={
            "callerId": "$.Attributes.callerId",
            **Listening().attributes(),
        },
    )
    flow.add(
        "assistant",
        bot,
        then="tool",
        errors={NO_MATCHING_CONDITION: "tool", NO_MATCHING_ERROR: "assistant-down"},
    )
    flow.add(
        "tool",
        Compare(comparison_value="$.Lex.SessionAttributes.Tool"),
        when={"Complete": "resolved", "Escalate": "hand-off"},
        on_error="heard",
    )
    # A bot ends silence in its fallback intent; any other end without a tool is a misunderstanding.
    flow.add(
        "heard",
        Compare(comparison_value="$.Lex.IntentName"),
        when={"FallbackIntent": "nothing-heard"},
        on_error="not-understood",
    )
    unheard = {
        "nothing-heard": flow_attributes(prompt=texts.NOTHING_HEARD, reason="silence"),
        "not-understood": flow_attributes(prompt=texts.NOT_UNDERSTOOD, reason="no_match"),
    }
    for name, attributes in unheard.items():
        flow.add(name, attributes, then="ask-again", on_error="unheard")
    flow.add(
        "ask-again",
        Loop(loop_count=REASKS),
        when={"ContinueLooping": "assistant", "DoneLooping": "unheard"},
    )
    gave_up = reason("$.FlowAttributes.reason", texts.UNHEARD_SUMMARY)
    flow.add("unheard", gave_up, then="keypad-tries", on_error="keypad-tries")
    down = reason("agent_down", texts.ASSISTANT_DOWN_SUMMARY)
    flow.add("assistant-down", down, then="say-down", on_error="say-down")
    flow.add("say-down", MessageParticipant(text=texts.ASSISTANT_DOWN), then="keypad-tries")
    given = {name: f"$.Lex.SessionAttributes.{name}" for name in HAND_OFF}
    hand_off = UpdateContactAttributes(attributes=given)
    flow.add("hand-off", hand_off, then="record", on_error="record")
