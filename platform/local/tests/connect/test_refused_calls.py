"""What the door for calls refuses, and how it says so."""

import httpx
import pytest

from switchboard.local.connect.client import CallRefusedError, Desk

NUMBER = "+15555550100"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({}, "exactly one"),
        ({"say": "a", "keys": "1"}, "exactly one"),
        ({"keys": "abc"}, "keys"),
        ({"say": 7}, "say"),
        ({"shout": "a"}, "shout"),
        ({"silence": False}, "exactly one"),
        ({"say": "x" * 100_001}, "say"),
    ],
)
def test_a_turn_that_is_none_is_refused_with_a_reason_and_a_remedy(connect, body, reason):
    caller = connect.ring()

    answer = httpx.post(f"{connect.url}/calls/{caller.contact_id}/turn", json=body)

    error = answer.json()["error"]
    assert answer.status_code == 400
    assert reason in error["message"]
    assert "a turn:" in error["remediation"]
    caller.hang_up()


@pytest.mark.parametrize("caller", ["+1 555", "+", "", "a\nb", " x", "n" * 65])
def test_a_caller_who_is_none_is_refused(connect, caller):
    answer = httpx.post(f"{connect.url}/calls", json={"from": caller})

    assert answer.status_code == 400


def test_a_page_from_elsewhere_cannot_place_calls(connect):
    foreign = httpx.post(
        f"{connect.url}/calls", json={}, headers={"Origin": "https://desk.example.com"}
    )
    own = httpx.post(f"{connect.url}/calls", json={}, headers={"Origin": "http://127.0.0.1:8800"})

    assert foreign.status_code == 400
    assert own.status_code == 201


def test_a_body_that_is_no_json_is_refused(connect):
    answer = httpx.post(f"{connect.url}/calls", content=b"hello")

    assert answer.status_code == 400
    assert "not JSON" in answer.json()["error"]["message"]


def test_a_number_nobody_has_and_a_call_nobody_made_are_refused(connect):
    desk = connect.desk

    with pytest.raises(CallRefusedError, match="no number caller-two") as wrong:
        desk.ring(NUMBER, to="caller-two")
    with pytest.raises(CallRefusedError) as unknown:
        desk.call("no-such-contact")
    caller = connect.ring()
    caller.hang_up()
    with pytest.raises(CallRefusedError) as over:
        caller.say("hello?")

    codes = [caught.value.code for caught in (wrong, unknown, over)]
    assert codes == ["NOT_DEPLOYED", "NO_SUCH_CALL", "CALL_OVER"]


def test_a_flow_that_cannot_be_read_is_not_answered(connect):
    connect.deployment.flow("{")

    with pytest.raises(CallRefusedError, match="no JSON"):
        connect.ring()


def test_an_error_in_the_stand_in_ends_the_call_and_says_where_to_look(connect):
    def explodes(_request):
        raise ZeroDivisionError

    connect.deployment.model.think = explodes
    caller = connect.ring()

    with pytest.raises(CallRefusedError, match="cannot go on") as caught:
        caller.say("hello")

    assert "serve.log" in caught.value.remedy
    assert connect.desk.calls()["live"] == []


def test_without_a_platform_the_client_says_how_to_start_it():
    with Desk("http://127.0.0.1:1") as desk, pytest.raises(CallRefusedError) as caught:
        desk.ring(NUMBER)

    assert (caught.value.code, caught.value.remedy) == ("NOT_RUNNING", "hatch run up")
