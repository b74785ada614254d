"""The orchestrator of the AI agent, as a caller meets it."""

import json
import logging

import pytest

from switchboard.contact_flows.actions.branching import Loop
from switchboard.contact_flows.actions.contact_data import UpdateContactData
from switchboard.contact_flows.actions.integration import CreateWisdomSession
from switchboard.contact_flows.actions.routing import DisconnectParticipant
from switchboard.contact_flows.actions.talk import ConnectParticipantWithLexBot, LexV2Bot
from switchboard.contact_flows.builder import Flow
from switchboard.local.connect.agent.ports import (
    ModelDownError,
    ToolAnswer,
    ToolsDownError,
    Words,
)
from switchboard.local.connect.client import UnheardError

CREATE, STATUS = "itsm___create_ticket", "itsm___get_ticket_status"
TICKET = "INC0000013"
ASSISTANT = "arn:aws:wisdom:us-east-1:111122223333:assistant/00000000-0000-4000-8000-000000000002"
ALIAS = "arn:aws:lex:us-east-1:111122223333:bot-alias/BOT0000001/LIVE000001"
ASKED = "<message>So the export is broken. Shall I open a ticket?</message>"
OPENED = "<message>Done. Your ticket is I N C, 0 0 0 0, 0 1 3.</message>"


def script(*answers):
    """A model that gives one answer after the other."""
    left = list(answers)
    return lambda _request: left.pop(0)


def results(connect):
    """What tools answered, as the model saw it last."""
    blocks = [
        block
        for message in connect.deployment.model.requests[-1].messages
        for block in message["content"]
    ]
    return [block["toolResult"] for block in blocks if "toolResult" in block]


def test_the_prompt_is_rendered_from_session_data_and_the_agents_tools(connect):
    with connect.ring() as caller:
        caller.say("hello")

    request = connect.deployment.model.requests[0]
    assert request.system.startswith("You are Switchboard's l1_support agent.\nCaller: . Tickets")
    assert "{{" not in request.system
    assert "itsm___create_ticket" in request.system
    assert request.model_id == "offline.playbook"
    assert [spec.name for spec in request.tools] == [CREATE, STATUS, "Complete", "Escalate"]
    assert request.messages == [{"role": "user", "content": [{"text": "hello"}]}]


def test_a_reply_without_message_tags_reaches_nobody_and_fails_whoever_tests(connect):
    connect.deployment.model.think = script(["You are heard."])
    caller = connect.ring()

    with pytest.raises(UnheardError, match="the caller hears nothing"):
        caller.say("hello")

    assert caller.turns[-1].said == []
    assert caller.turns[-1].waiting_for == "speech"
    assert caller.record()["unheard"] == 1
    caller.hang_up()


def test_thoughts_are_never_spoken(connect):
    connect.deployment.model.think = script(
        ["<thinking>secret</thinking><message>Hello.</message> aside <message>You.</message>"]
    )

    with connect.ring() as caller:
        turn = caller.say("hello")

    assert turn.said == ["Hello.", "You."]
    assert "secret" not in json.dumps(turn.lines)
    assert "aside" not in json.dumps(turn.lines)


def test_a_tools_answer_goes_to_the_model_and_its_new_ticket_to_the_call(connect):
    connect.deployment.model.think = script(
        [ASKED], ["<message>One moment.</message>", (CREATE, {"issue": "x"})], [OPENED]
    )

    with connect.ring() as caller:
        caller.say("the export is broken")
        turn = caller.say("yes please")

    assert turn.said == ["One moment.", "Done. Your ticket is I N C, 0 0 0 0, 0 1 3."]
    assert turn.tools == [CREATE]
    assert caller.tickets == caller.record()["tickets"] == [TICKET]
    assert results(connect)[0]["status"] == "success"
    entry, tool, arguments = connect.deployment.tools.calls[0]
    assert (tool, arguments) == (CREATE, {"issue": "x"})
    assert entry.gateway_id == "poc-itsm-agentcore-gateway-0123456789"
    assert entry.token not in json.dumps(turn.lines)


def test_what_needs_consent_is_asked_for_when_the_agent_did_not(connect):
    connect.deployment.model.think = script([(CREATE, {})], [OPENED])

    with connect.ring() as caller:
        asked = caller.say("the export is broken")
        before = list(connect.deployment.tools.calls)
        done = caller.say("yes")

    assert asked.said == ["Shall I create the ticket? Please say yes or no."]
    assert before == []
    assert done.tools == [CREATE]
    assert caller.tickets == [TICKET]


@pytest.mark.parametrize("answer", ["no, wait", "the printer, too", "maybe later", "yes but no"])
def test_without_a_clear_yes_nothing_is_done_and_the_agent_learns_what_was_said(connect, answer):
    connect.deployment.model.think = script([(CREATE, {})], ["<message>All right.</message>"])

    with connect.ring() as caller:
        caller.say("the export is broken")
        turn = caller.say(answer)

    assert turn.said == ["All right."]
    assert connect.deployment.tools.calls == []
    assert results(connect)[0]["status"] == "error"
    assert answer in results(connect)[0]["content"][0]["text"]


def test_one_yes_is_good_for_one_deed(connect):
    connect.deployment.model.think = script([ASKED], [(CREATE, {})], [(CREATE, {})])

    with connect.ring() as caller:
        caller.say("the export is broken")
        turn = caller.say("yes please")

    assert len(connect.deployment.tools.calls) == 1
    assert turn.said == ["Shall I create the ticket? Please say yes or no."]


def test_a_deed_that_failed_is_tried_again_on_the_same_yes(connect):
    outcomes = [ToolAnswer("503: try again", ok=False), ToolAnswer(f'{{"ticket_id": "{TICKET}"}}')]
    connect.deployment.tools.call = lambda *_: outcomes.pop(0)
    connect.deployment.model.think = script([ASKED], [(CREATE, {})], [(CREATE, {})], [OPENED])

    with connect.ring() as caller:
        caller.say("the export is broken")
        turn = caller.say("yes please")

    assert outcomes == []
    assert turn.said == ["Done. Your ticket is I N C, 0 0 0 0, 0 1 3."]


def test_a_tool_that_no_security_profile_permits_is_not_the_agents(connect):
    connect.deployment.register(
        "profile", "AWS::Connect::SecurityProfile", {"Applications": []},
        SecurityProfileArn="x/00000000-0000-4000-8000-000000000008",
    )  # fmt: skip
    connect.deployment.model.think = script([(CREATE, {})], ["<message>I cannot.</message>"])

    with connect.ring() as caller:
        caller.say("the export is broken")

    assert [spec.name for spec in connect.deployment.model.requests[0].tools] == [
        "Complete",
        "Escalate",
    ]
    assert connect.deployment.tools.calls == []
    assert results(connect)[0]["content"] == [{"text": f"There is no tool {CREATE}."}]


def down(error):
    def fails(*_arguments):
        raise error

    return fails


@pytest.mark.parametrize("part", ["model", "model in the middle", "list", "tool", "circle"])
def test_when_the_agent_cannot_go_on_the_keypad_takes_over(connect, part):
    deployment = connect.deployment
    deployment.model.think = script(*[[(STATUS, {})]] * 20)
    if part == "model":
        deployment.model.think = down(ModelDownError("no answer"))
    elif part == "model in the middle":
        deployment.model.answer = _broken_stream
    elif part == "list":
        deployment.tools.tools = down(ToolsDownError("no answer"))
    elif part == "tool":
        deployment.tools.call = down(ToolsDownError("no answer"))

    with connect.ring() as caller:
        turn = caller.say("the export is broken")

    failed = [line for line in turn.lines if line["type"] == "step" and line["state"] == "failed"]
    assert turn.said[-1] == "Press 1 for a ticket, 0 for a person."
    assert turn.waiting_for == "keys"
    assert failed[0]["reason"]


def _broken_stream(_request):
    yield Words("<message>One mo")
    raise ModelDownError("the stream broke")


def test_a_tool_that_fails_is_told_to_the_agent_not_to_the_flow(connect):
    connect.deployment.tools.call = lambda *_: ToolAnswer("503: try again", ok=False)
    connect.deployment.model.think = script(
        [(STATUS, {})], ["<message>The ticket system does not answer.</message>"]
    )

    with connect.ring() as caller:
        turn = caller.say("my ticket")

    assert turn.said == ["The ticket system does not answer."]
    assert results(connect)[0]["status"] == "error"


def test_a_very_long_utterance_is_cut_and_noted(connect, caplog):
    with caplog.at_level(logging.INFO), connect.ring() as caller:
        caller.say("word " * 2_048)

    heard = connect.deployment.model.requests[0].messages[0]["content"][0]["text"]
    assert len(heard) <= 1_024
    assert "utterance was cut" in caplog.text
    assert "word" not in caplog.text


def test_what_cannot_be_heard_is_removed_and_nothing_audible_is_silence(connect):
    with connect.ring() as caller:
        caller.say("the\x00 export\u202e \x1b[31mfails\n\tnow")
        silent = caller.say("\x07\u200b  ")

    heard = connect.deployment.model.requests[0].messages[0]["content"][0]["text"]
    assert heard == "the export [31mfails now"
    assert silent.said == ["Are you still there?"]


def test_a_caller_who_comes_back_to_the_bot_goes_on_in_the_same_conversation(connect):
    connect.deployment.model.think = script(
        ["<message>Hm.</message>", ("Complete", {})],
        ["<message>Yes?</message>"],
        ["<message>Back.</message>"],
    )
    connect.deployment.flow(_flow_that_comes_back())

    with connect.ring() as caller:
        caller.say("first")
        caller.say("second")
        caller.say("third")

    messages = connect.deployment.model.requests[-1].messages
    roles = [message["role"] for message in messages]
    assert roles == ["user", "assistant"] * (len(roles) // 2) + ["user"]
    assert messages[0]["content"] == [{"text": "first"}]
    assert len(results(connect)) == 1


def _flow_that_comes_back():
    flow = Flow("again")
    flow.add("session", CreateWisdomSession(wisdom_assistant_arn=ASSISTANT), then="keep",
             on_error="bye")  # fmt: skip
    flow.add("keep", UpdateContactData(wisdom_session_arn="$.Wisdom.SessionArn"), then="loop",
             on_error="bye")  # fmt: skip
    flow.add("loop", Loop(loop_count=3), when={"ContinueLooping": "bot", "DoneLooping": "bye"})
    flow.add("bot", ConnectParticipantWithLexBot(text="Yes?", lex_v2_bot=LexV2Bot(
             alias_arn=ALIAS)), then="loop", on_error="bye")  # fmt: skip
    flow.add("bye", DisconnectParticipant())
    return flow.to_json()


def test_a_prompt_that_is_none_leaves_the_call_to_the_keypad(connect):
    connect.deployment.agent(prompt="system: [unclosed")

    with connect.ring() as caller:
        turn = caller.say("hello")

    assert turn.waiting_for == "keys"


def test_the_agents_title_of_a_tool_words_the_question(connect):
    connect.deployment.agent(
        {
            "ToolName": CREATE,
            "ToolType": "MODEL_CONTEXT_PROTOCOL",
            "ToolId": f"gateway_poc-itsm-agentcore-gateway-0123456789__{CREATE}",
            "Title": "Open a ticket for you",
            "UserInteractionConfiguration": {"IsUserConfirmationRequired": "true"},
        }
    )
    connect.deployment.model.think = script([(CREATE, {})])

    with connect.ring() as caller:
        turn = caller.say("hello")

    assert turn.said == ["Shall I open a ticket for you? Please say yes or no."]
