"""What of a model's text a caller hears, and what counts as a yes."""

import pytest

from switchboard.local.connect.agent.consent import agrees, asked
from switchboard.local.connect.agent.speech import Speech


def heard(text, size):
    speech, words = Speech(), []
    pieces = [text[start : start + size] for start in range(0, len(text), size)]
    for piece in pieces:
        words += [item.words for item in speech.feed(piece) if item.whole is None]
    words += [item.words for item in speech.end() if item.whole is None]
    return "".join(words), speech.messages


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8, 200])
@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ("<message>Hello there.</message>", ["Hello there."]),
        ("a < b <message> One </message> and <message>two</message>", ["One", "two"]),
        ("<thinking><message></thinking><message>x</message>", ["x"]),
        ("<message>1 < 2, <thinking>no</thinking>yes</message>", ["1 < 2, yes"]),
        ("<message>cut off by the en", ["cut off by the en"]),
        ("<message></message>", []),
        ("<messag>no</messag>", []),
        ("nothing at all", []),
    ],
)
def test_tags_cut_anywhere_give_the_same_messages(text, messages, size):
    words, found = heard(text, size)

    assert found == messages
    assert "".join(words.split()) == "".join("".join(messages).split())


@pytest.mark.parametrize(
    "words",
    ["yes", "Yes please", "uh yeah sure", "please do", "go ahead", "ok", "please", "why not",
     "that would be great", "no problem, go ahead", "well yes I think so", "by all means",
     "right", "I'd like that"],
)  # fmt: skip
def test_a_clear_yes_is_one(words):
    assert agrees(words)


@pytest.mark.parametrize(
    "words",
    ["no", "no thanks", "yes no wait", "the printer is broken", "", "maybe", "please wait",
     "can you do something about the one on the second floor, it is fine otherwise",
     "not yet", "don't", "i would like to order a second monitor", "okay that is all i needed",
     "right now my printer is jammed", "please tell me the status of my ticket"],
)  # fmt: skip
def test_whatever_is_not_a_clear_yes_is_none(words):
    assert not agrees(words)


def test_a_question_ends_as_one():
    assert asked("Shall I open a ticket? ")
    assert not asked("Shall I? I will see.")
