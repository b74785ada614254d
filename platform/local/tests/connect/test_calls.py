"""Calls through the door: what a caller hears, and what is left of a call."""

import json
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from switchboard.local.connect.client import report_of

NUMBER = "+15555550100"
SESSION_FUNCTION = "arn:aws:lambda:us-east-1:111122223333:function:session"
STATUS_FUNCTION = "arn:aws:lambda:us-east-1:111122223333:function:status"


def escalate(_request):
    return ["<message>Of course.</message>", ("Escalate", {"escalationReason": "asked"})]


def complete(_request):
    return ["<message>Goodbye.</message>", ("Complete", {})]


def test_a_call_is_answered_and_waits_for_speech(connect):
    with connect.ring() as caller:
        assert caller.heard == ["How can I help?"]
        assert caller.waiting_for == "speech"

    assert caller.is_over
    assert caller.turns[-1].last["outcome"] == "hung_up"


def test_the_agents_words_stream_before_the_whole_sentence(connect):
    told = []
    connect.deployment.model.think = lambda _: ["<message>One moment, please.</message>"]

    with connect.desk.ring(NUMBER, on_line=told.append) as caller:
        caller.say("hello")

    kinds = [line["type"] for line in told]
    assert "".join(line["text"] for line in told if line["type"] == "words") == (
        "One moment, please."
    )
    assert kinds.count("words") > 1
    assert kinds.index("words") < kinds.index("said", kinds.index("words"))


def test_the_agent_gives_control_back_and_the_flow_says_goodbye(connect):
    connect.deployment.model.think = complete

    caller = connect.ring()
    turn = caller.say("no, that is all")

    assert turn.said == ["Goodbye.", "Thank you for calling."]
    assert turn.last["outcome"] == "disconnected"


@pytest.mark.parametrize("first", ["bot", "keypad"])
def test_a_person_can_be_reached_by_words_and_by_a_key(connect, first):
    connect.deployment.model.think = escalate
    with connect.ring() as caller:
        if first == "bot":
            caller.say("give me a person")
        else:
            for _ in range(3):
                caller.silence()
            caller.keys("0")
        assert caller.waiting_for == "person"
        still = caller.say("hello?")

    assert still.said == []
    assert still.waiting_for == "person"
    assert caller.turns[-1].last["outcome"] == "queued"
    assert all_events(connect, caller.contact_id)[-3:] == [
        "QUEUED",
        "DISCONNECTED",
        "COMPLETED",
    ]


def test_a_silent_caller_is_asked_again_and_then_offered_the_keypad(connect):
    with connect.ring() as caller:
        first, second, third = caller.silence(), caller.silence(), caller.silence()

    assert first.said == second.said == ["Are you still there?"]
    assert third.said == ["Press 1 for a ticket, 0 for a person."]
    assert third.waiting_for == "keys"


def test_keys_reach_a_menu_and_a_question_for_digits(connect):
    with connect.ring() as caller:
        for _ in range(3):
            caller.silence()
        asked = caller.keys("1")
        told = caller.keys("0000013#")

    assert asked.said == ["Enter the number, then hash."]
    assert told.said == ["It is being worked on.", "Thank you for calling."]
    event = dict(connect.deployment.functions.calls)[STATUS_FUNCTION]
    assert event["Details"]["Parameters"] == {"number": "0000013"}
    assert event["Details"]["ContactData"]["CustomerEndpoint"]["Address"] == NUMBER


def test_words_are_not_heard_where_only_keys_are(connect):
    with connect.ring() as caller:
        for _ in range(3):
            caller.silence()
        turn = caller.say("a person please")

    assert turn.waiting_for == "person"  # silence at this menu leads to a person


def test_a_queue_that_is_full_by_its_deployed_limit_says_so(connect):
    connect.deployment.model.think = escalate
    waiting = [connect.ring() for _ in range(2)]
    for caller in waiting:
        caller.say("a person")

    third = connect.ring().say("a person")
    for caller in waiting:
        caller.hang_up()
    with connect.ring() as fourth:
        again = fourth.say("a person")

    assert third.said[-1] == "Everybody is busy."
    assert again.waiting_for == "person"


def test_outside_the_deployed_hours_the_desk_is_closed(connect):
    connect.deployment.never_open()

    caller = connect.ring()

    assert caller.heard == ["We are closed."]
    assert caller.is_over


@pytest.mark.parametrize("broken", ["raises", "answers nothing"])
def test_a_function_that_fails_takes_its_error_branch(connect, broken):
    def fails(_event):
        raise RuntimeError("no table")

    connect.deployment.functions.register(
        SESSION_FUNCTION, fails if broken == "raises" else lambda _event: None
    )

    with connect.ring() as caller:
        assert caller.waiting_for == "keys"


def test_contact_events_reach_the_default_bus_in_order(connect):
    caller = connect.ring()
    caller.hang_up()

    assert all_events(connect, caller.contact_id) == [
        "INITIATED",
        "CONTACT_DATA_UPDATED",
        "DISCONNECTED",
        "COMPLETED",
    ]
    entry = connect.deployment.events.entries[0]
    assert (entry["Source"], entry["DetailType"]) == (
        "aws.connect",
        "Amazon Connect Contact Event",
    )
    assert "EventBusName" not in entry


def test_twenty_callers_are_served_at_once_each_with_its_own_conversation(connect):
    together = threading.Barrier(20, timeout=20)

    def think(request):
        together.wait()  # nobody is answered before all have asked
        return [f"<message>You said {request.messages[-1]['content'][0]['text']}.</message>"]

    connect.deployment.model.think = think

    def one(number):
        with connect.ring(f"caller-{number}") as caller:
            return caller.say(f"word{number}").said

    with ThreadPoolExecutor(20) as callers:
        answers = list(callers.map(one, range(20)))

    assert answers == [[f"You said word{number}."] for number in range(20)]


def test_a_call_that_is_over_leaves_only_its_record(connect):
    caller = connect.ring()
    caller.say("hello")
    caller.hang_up()
    calls = connect.desk.calls()

    record = caller.record()
    assert calls["live"] == []
    assert calls["over"][0] == caller.contact_id
    assert record["state"] == "over"
    assert [item["by"] for item in record["transcript"]] == ["desk", "caller", "desk", "caller"]
    assert record["transcript"][-1]["text"] == "(hangs up)"
    assert record["attributes"] == {"greeted": "true"}
    assert record["correlation_id"] == caller.contact_id


def test_a_restart_hangs_up_and_the_record_stays(served_desk, deployment):
    with served_desk() as first:
        first.tie()
        caller = first.ring()
    with served_desk() as second:
        record = second.desk.call(caller.contact_id)

    assert record["outcome"] == "hung_up"
    assert deployment.events.kinds(caller.contact_id)[-2:] == ["DISCONNECTED", "COMPLETED"]


def test_calls_cut_off_by_a_kill_are_told_to_be_over_at_the_next_start(served_desk, deployment):
    with served_desk() as first:
        first.tie()
        cut_off = first.ring("caller-two").contact_id
        source = deployment.settings.folder.connect / "contacts.db"
        files = {path.name: path.read_bytes() for path in source.parent.glob("contacts.db*")}
    deployment.events.entries.clear()
    for name, content in files.items():  # as the disk was when the process was killed
        (source.parent / name).write_bytes(content)
    with served_desk() as second:
        until(lambda: second.desk.calls()["over"] == [cut_off])
        report = report_of(second.desk.call(cut_off))

    assert deployment.events.kinds(cut_off) == ["DISCONNECTED", "COMPLETED"]
    detail = json.loads(deployment.events.entries[0]["Detail"])
    assert detail["customerEndpoint"]["address"] == "caller-two"
    assert (report["outcome"], report["transcript"]) == ("dropped", [])


def test_a_caller_who_goes_away_without_a_word_is_treated_as_a_silent_one(served_desk):
    with served_desk(idle_seconds=0.0) as running:
        running.tie()
        caller = running.ring()
        until(lambda: running.desk.calls()["live"] == [])
        record = caller.record()

    said = [item["text"] for item in record["transcript"]]
    assert said[1:3] == ["(silence)", "Are you still there?"]
    assert record["outcome"] == "queued"  # where nobody comes


def test_hanging_up_is_heard_while_the_desk_is_at_work(connect):
    asked, gone = threading.Event(), threading.Event()

    def think(_request):
        asked.set()
        gone.wait(10)
        return ["<message>Too late.</message>", ("Complete", {})]

    connect.deployment.model.think = think
    caller = connect.ring()
    with ThreadPoolExecutor(2) as hands:
        turn = hands.submit(caller.say, "hello")
        asked.wait(10)
        left = hands.submit(
            httpx.post, f"{connect.url}/calls/{caller.contact_id}/turn", json={"hang_up": True}
        )
        until(lambda: connect.desk.calls()["live"] != [])
        gone.set()
        turn.result(10)
        left.result(10)

    assert caller.record()["outcome"] in {"hung_up", "disconnected"}
    assert caller.record()["state"] == "over"


def test_a_second_turn_while_the_first_is_answered_is_refused(connect):
    asked, go_on = threading.Event(), threading.Event()

    def think(_request):
        asked.set()
        go_on.wait(10)
        return ["<message>Done.</message>"]

    connect.deployment.model.think = think
    caller = connect.ring()
    with ThreadPoolExecutor(1) as hands:
        turn = hands.submit(caller.say, "hello")
        asked.wait(10)
        refused = httpx.post(
            f"{connect.url}/calls/{caller.contact_id}/turn", json={"say": "hello?"}
        )
        go_on.set()
        turn.result(10)
    caller.hang_up()

    assert refused.status_code == 409
    assert refused.json()["error"]["code"] == "CALL_BUSY"


def test_every_turn_says_how_long_it_took_with_and_without_the_model(connect):
    with connect.ring() as caller:
        turn = caller.say("hello")

    assert turn.last["ms"] >= turn.last["model_ms"] >= 0
    assert turn.platform_ms == pytest.approx(turn.last["ms"] - turn.last["model_ms"])
    assert Counter(line["type"] for line in turn.lines)["waiting"] == 1


def all_events(connect, contact_id):
    """The kinds of a contact's events, once the last one is there: no call waits for them."""
    until(lambda: connect.deployment.events.kinds(contact_id)[-1:] == ["COMPLETED"])
    return connect.deployment.events.kinds(contact_id)


def until(condition, tries=400):
    pause = threading.Event()
    for _ in range(tries):
        if condition():
            return
        pause.wait(0.02)
    raise AssertionError("it did not come")
