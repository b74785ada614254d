"""Connect test cases as callers of the desk, and scripts of a caller."""

import json

import pytest

from switchboard.local.connect.client import CallRefusedError
from switchboard.local.connect.script import Script, ScriptError, play, read_script

SESSION_FUNCTION = "arn:aws:lambda:us-east-1:111122223333:function:session"
QUEUE = (
    "arn:aws:connect:us-east-1:111122223333:instance/00000000-0000-4000-8000-000000000001"
    "/queue/00000000-0000-4000-8000-000000000006"
)


def observation(name, event, *actions, then=()):
    return {
        "Identifier": name,
        "Event": {"Identifier": f"{name}-event", "Actor": "System", "Properties": {}, **event},
        "Actions": list(actions),
        "Transitions": {"NextObservations": list(then)},
    }


def heard(text):
    criteria = {"Type": "Inclusion"}
    return {"Type": "MessageReceived", "Properties": {"Text": text, "MatchingCriteria": criteria}}


def does(kind, **properties):
    instruction = {"Type": kind, **({"Properties": properties} if properties else {})}
    return {
        "Identifier": "does",
        "Type": "SendInstruction",
        "Parameters": {
            "ActionType": "SendInstruction",
            "Actor": "Customer",
            "Instruction": instruction,
        },
    }


def closed():
    hours = {"ActionType": "CheckHoursOfOperation", "ActionParameters":
             {"HoursOfOperationId": "${hours}"}, "Strategy": {"Type": "SubstituteResource",
             "SubstituteArn": "${closedHours}"}}  # fmt: skip
    return {
        "Identifier": "closed",
        "Type": "OverrideSystemBehavior",
        "Parameters": {
            "ActionType": "OverrideSystemBehavior",
            "Behavior": {"Type": "FlowAction", "Properties": hours},
        },
    }


def ends():
    command = {"ActionType": "TestControl", "Command": {"Type": "EndTest"}}
    return {"Identifier": "ends", "Type": "TestControl", "Parameters": command}


def case(*observations):
    return json.dumps({"Version": "2019-10-30", "Observations": list(observations)})


PERSON = case(
    observation("begins", {"Type": "TestInitiated"}, then=["greeted"]),
    observation("greeted", heard("help"), does("Utterance", Value="a person"), then=["queued"]),
    observation(
        "queued",
        {
            "Type": "FlowActionStarted",
            "Properties": {
                "ActionType": "TransferContactToQueue",
                "ActionParameters": {"QueueId": "${queue}"},
            },
        },
        ends(),
    ),
)
CLOSED = case(
    observation("begins", {"Type": "TestInitiated"}, closed(), then=["told"]),
    observation("told", heard("closed"), ends()),
)


def escalate(_request):
    return ["<message>Of course.</message>", ("Escalate", {})]


def test_a_test_case_plays_a_caller_of_the_deployed_desk(connect):
    connect.deployment.model.think = escalate

    turn = connect.desk.rehearse("person", PERSON)

    assert turn.verdict["passed"], turn.verdict["failures"]
    assert turn.verdict["seen"] == 3
    assert [line["text"] for line in turn.lines if line["type"] == "caller"] == ["a person"]
    assert "Of course." in turn.said
    assert connect.desk.calls()["live"] == []


def test_a_case_that_sees_something_else_fails_and_says_what_it_heard(connect):
    connect.deployment.model.think = lambda _: ["<message>No.</message>", ("Complete", {})]

    turn = connect.desk.rehearse("person", PERSON)

    assert not turn.verdict["passed"]
    assert "TransferContactToQueue never started" in turn.verdict["failures"][0]


def test_a_case_lets_the_desk_be_closed_once(connect):
    connect.deployment.register(
        "never", "AWS::Connect::HoursOfOperation", {"TimeZone": "UTC", "Config": []},
        HoursOfOperationArn=f"{QUEUE}/never",
    )  # fmt: skip

    rehearsed = connect.desk.rehearse("closed", CLOSED)
    with connect.ring() as caller:
        later = caller.heard

    assert rehearsed.verdict["passed"], rehearsed.verdict["failures"]
    assert later == ["How can I help?"]


def test_a_case_may_answer_for_a_function(connect):
    mocked = {"ActionType": "InvokeLambdaFunction", "ActionParameters":
              {"LambdaFunctionARN": SESSION_FUNCTION}, "Strategy": {"Type": "MockResponse",
              "Response": {"Type": "ExecutionResult", "ExecutionResult":
              {"LoadedData": json.dumps({"greeting": "Mocked."})}}}}  # fmt: skip
    override = {"Identifier": "m", "Type": "OverrideSystemBehavior", "Parameters": {
                "ActionType": "OverrideSystemBehavior", "Behavior":
                {"Type": "FlowAction", "Properties": mocked}}}  # fmt: skip

    turn = connect.desk.rehearse("mock", case(
        observation("begins", {"Type": "TestInitiated"}, override, then=["greeted"]),
        observation("greeted", heard("Mocked"), does("Disconnect")),
    ))  # fmt: skip

    assert turn.verdict["passed"], turn.verdict["failures"]
    assert connect.deployment.functions.calls == []


def test_a_case_that_falls_silent_still_ends(connect):
    waits_for_ever = case(
        observation("begins", {"Type": "TestInitiated"}, then=["never"]),
        observation("never", heard("this is never said")),
    )

    turn = connect.desk.rehearse("silent", waits_for_ever)

    assert not turn.verdict["passed"]
    assert connect.desk.calls()["live"] == []


def test_a_deployed_case_is_played_by_its_name(connect):
    connect.deployment.model.think = escalate
    content = PERSON.replace("${queue}", QUEUE)
    connect.deployment.register(
        "case", "AWS::Connect::TestCase", {"Name": "poc-person", "Content": content}
    )

    turn = connect.desk.rehearse("poc-person")

    assert turn.verdict["passed"], turn.verdict["failures"]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("nowhere", None, "no test case 'nowhere' is deployed"),
        ("bad", "{}", "not a test case"),
        ("unbound", PERSON.replace("${queue}", "${elsewhere}"), "no value for elsewhere"),
    ],
)
def test_a_case_that_is_none_is_refused_before_anybody_rings(connect, name, content, reason):
    with pytest.raises(CallRefusedError, match=reason) as caught:
        connect.desk.rehearse(name, content)

    assert caught.value.code == "BAD_CASE"
    assert connect.desk.calls() == {"live": [], "over": []}


def test_the_number_of_the_desk_can_be_asked_for(connect):
    assert connect.desk.number() == "+15555550100"


def test_a_list_of_lines_is_a_script(tmp_path, connect):
    path = tmp_path / "call.txt"
    path.write_text("// a caller\nhello there\n\n(silence)\n(silence)\n(silence)\n#1\n#0000013#\n")

    script = read_script(path)
    with connect.ring() as caller:
        for turn in script.turns:
            play(turn, caller)

    assert script == Script(
        "call",
        turns=("hello there", "(silence)", "(silence)", "(silence)", "#1", "#0000013#"),
    )
    assert caller.heard[-1] == "Thank you for calling."


def test_a_json_list_and_a_test_case_are_scripts_too(tmp_path):
    turns, test_case = tmp_path / "turns.json", tmp_path / "person.json"
    turns.write_text('["hello", "", "hangup"]')
    test_case.write_text(PERSON)

    assert read_script(turns).turns == ("hello", "", "hangup")
    assert read_script(test_case) == Script("person", case=PERSON)


@pytest.mark.parametrize(
    ("text", "reason"),
    [("", "empty"), ("// nothing\n", "empty"), ("[1]", "texts only"), ('{"a": 1}', "no Observ")],
)
def test_a_file_that_is_no_script_is_refused(tmp_path, text, reason):
    path = tmp_path / "x"
    path.write_text(text)

    with pytest.raises(ScriptError, match=reason):
        read_script(path)


def test_a_missing_script_is_named(tmp_path):
    with pytest.raises(ScriptError, match=r"nowhere\.json"):
        read_script(tmp_path / "nowhere.json")
