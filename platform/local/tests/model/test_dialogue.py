"""Dialogues replayed against the whole conversation."""

from collections.abc import Mapping
from typing import Any

import pytest

from switchboard.local.model.dialogue import Dialogue
from switchboard.local.model.engine import (
    Call,
    Context,
    Final,
    Playbook,
    PlaybookFailedError,
    Replay,
    Say,
    Talk,
    dialogue,
    load_playbooks,
)

SYSTEM = "You are Switchboard's parrot agent."
TOOLS = ["a___lookup", "a___both"]


def parrot(ctx: Context) -> Talk:
    """Looks each word up and says the meaning of all so far."""
    heard, known = ctx.prompt, []
    while heard != "bye":
        if heard == "both":
            first, second = yield [Call("lookup", {"word": "a"}), Call("both", {"word": "b"})]
            known += [first.text, second.text]
        else:
            found = yield Call("lookup", {"word": heard}, "One moment.")
            known.append(found.text if found.ok else f"no {found.text}")
        heard = yield Say(" ".join(known))
    return Final(f"Bye, {len(known)}.")


def silent(_ctx: Context) -> Talk:
    """Ends without a last word."""
    yield Say("hello")
    return None  # type: ignore[return-value]


@pytest.fixture
def replay() -> Replay:
    playbooks: Mapping[str, Playbook] = {"parrot": Dialogue(parrot), "silent": Dialogue(silent)}
    return Replay(playbooks)


def user(text: str) -> dict[str, Any]:
    return {"role": "user", "content": [{"text": text}]}


def said(text: str) -> dict[str, Any]:
    return {"role": "assistant", "content": [{"text": text}]}


def asked(*uses: str) -> dict[str, Any]:
    blocks = [{"toolUse": {"toolUseId": use, "name": "x", "input": {}}} for use in uses]
    return {"role": "assistant", "content": blocks}


def answered(*results: tuple[str, str], status: str = "success", words: str = "") -> dict[str, Any]:
    blocks: list[dict[str, Any]] = [
        {"toolResult": {"toolUseId": use, "content": [{"text": text}], "status": status}}
        for use, text in results
    ]
    return {"role": "user", "content": [*blocks, *([{"text": words}] if words else [])]}


def test_a_dialogue_begins_with_the_first_words(replay: Replay) -> None:
    assert replay.next([user("cat")], SYSTEM, TOOLS) == (
        Call("lookup", {"word": "cat"}, "One moment."),
    )


def test_a_turn_ends_with_words(replay: Replay) -> None:
    conversation = [user("cat"), asked("1"), answered(("1", "meow"))]

    assert replay.next(conversation, SYSTEM, TOOLS) == Final("meow")


def test_what_was_said_and_answered_earlier_is_known_later(replay: Replay) -> None:
    conversation = [
        user("cat"),
        asked("1"),
        answered(("1", "meow")),
        said("meow"),
        user("both"),
        asked("2", "3"),
        answered(("3", "second"), ("2", "first")),
    ]

    assert replay.next(conversation, SYSTEM, TOOLS) == Final("meow first second")
    assert replay.next([*conversation, said("x"), user("bye")], SYSTEM, TOOLS) == Final("Bye, 3.")


def test_nothing_is_kept_between_two_calls_of_the_model(replay: Replay) -> None:
    one = [user("cat"), asked("1"), answered(("1", "meow"))]
    other = [user("dog"), asked("1"), answered(("1", "woof"))]

    assert [replay.next(talk, SYSTEM, TOOLS) for talk in (one, other, one)] == [
        Final("meow"),
        Final("woof"),
        Final("meow"),
    ]


def test_words_in_place_of_a_result_count_as_no_answer(replay: Replay) -> None:
    conversation = [user("cat"), asked("1"), user("dog")]

    step = replay.next(conversation, SYSTEM, TOOLS)

    assert step == (Call("lookup", {"word": "dog"}, "One moment."),)
    done = [*conversation, asked("2"), answered(("2", "woof"))]
    assert replay.next(done, SYSTEM, TOOLS) == Final("no no answer woof")


def test_results_nobody_waits_for_are_passed_over(replay: Replay) -> None:
    stray = answered(("0", "stray"))
    conversation = [stray, user("cat"), asked("1"), answered(("1", "meow")), said("meow"), stray]

    step = replay.next([*conversation, user("bye")], SYSTEM, TOOLS)

    assert step == Final("Bye, 1.")


def test_results_and_words_may_come_in_one_message(replay: Replay) -> None:
    conversation = [user("cat"), asked("1"), answered(("1", "meow"), words="bye")]

    assert replay.next(conversation, SYSTEM, TOOLS) == Final("Bye, 1.")


def test_missing_results_of_a_round_count_as_no_answer(replay: Replay) -> None:
    conversation = [user("both"), asked("1", "2"), answered(("1", "first"))]

    assert replay.next(conversation, SYSTEM, TOOLS) == Final("first no answer")


def test_a_dialogue_without_a_last_word_is_reported(replay: Replay) -> None:
    conversation = [user("hi"), said("hello"), user("bye")]

    with pytest.raises(PlaybookFailedError, match="ended without a Final"):
        replay.next(conversation, "You are Switchboard's silent agent.", TOOLS)


def test_a_dialogue_registers_like_a_playbook() -> None:
    @dialogue("only-in-the-dialogue-test")
    def ours(_ctx: Context) -> Talk:
        yield Say("x")
        return Final("y")

    assert load_playbooks("switchboard.local.no_such_module")[
        "only-in-the-dialogue-test"
    ] == Dialogue(ours)
