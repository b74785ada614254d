"""Whole calls through the model's door: what is heard, and what the tools are asked."""

import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

CALLS = tomllib.loads(Path(__file__).with_name("calls.toml").read_text())["call"]
Ring = Callable[..., Any]


def _ring(ring: Ring, call: Mapping[str, Any], tickets: Mapping[str, Any]) -> Any:
    told = {key: call[key] for key in ("failures", "open_tickets", "greeting") if key in call}
    return ring(tickets=[tickets[name] for name in call.get("tickets", ())], **told)


@pytest.mark.parametrize("call", CALLS, ids=lambda call: str(call["name"]))
def test_a_call_goes_as_it_should(
    call: Mapping[str, Any], ring: Ring, tickets: Mapping[str, Any]
) -> None:
    line = _ring(ring, call, tickets)

    for expected in call["turns"]:
        turn = line.say(expected["says"])

        assert turn.tools == expected.get("calls", []), turn
        assert [part for part in expected.get("hears", ()) if part not in turn.heard] == [], turn
        assert [part for part in expected.get("never", ()) if part in turn.heard] == [], turn
        sent = turn.calls[-1][1] if turn.calls else {}
        assert {key: sent.get(key) for key in expected.get("sends", ())} == expected.get(
            "sends", {}
        )


def test_a_call_is_the_same_each_time_it_is_played(ring: Ring) -> None:
    says = ("my printer jams", "yes", "yes", "no")

    assert ring(*says).messages == ring(*says).messages


def test_a_caller_who_talks_on_after_the_end_is_listened_to(ring: Ring) -> None:
    line = ring("bye")
    assert line.is_over

    turn = line.say("oh wait my monitor flickers")

    assert "your monitor flickers" in turn.heard


def test_a_flow_that_comes_back_after_a_hand_over_finds_the_desk_again(ring: Ring) -> None:
    line = ring("agent")
    use = line.messages[-1]["content"][-1]["toolUse"]["toolUseId"]
    came_back = {"toolUseId": use, "content": [{"text": "The flow came back."}]}
    line.messages.append({"role": "user", "content": [{"toolResult": came_back}]})
    line.messages.append({"role": "assistant", "content": [{"text": "<thinking>on</thinking>"}]})

    turn = line.say("my monitor flickers")

    assert "your monitor flickers" in turn.heard


def test_no_words_of_the_desk_claim_a_ticket_before_the_tool_has_made_one(ring: Ring) -> None:
    line = ring("my monitor flickers", "yes", failures=['{"message": "Forbidden"}'] * 2)

    assert "Your ticket" not in " ".join(turn.heard for turn in line.turns)
    assert not line.itsm.tickets
