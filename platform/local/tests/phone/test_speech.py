"""There and back: our voice through a telephone's band into our ears, and what is missing says so.

A synthetic voice into an old recogniser says nothing about people; it shows that our own sentences
survive the line.
"""

import shutil

import pytest

from switchboard.local.phone.flite import FliteVoice, spoken
from switchboard.local.phone.sound import from_ulaw, to_ulaw
from switchboard.local.phone.speech import SpeechError
from switchboard.local.phone.sphinx import SphinxEars
from switchboard.local.phone.ticket_digits import fitting
from switchboard.local.playbooks.desk.numbers import heard_number

HAS_VOICE = shutil.which("flite") is not None


@pytest.fixture(scope="module")
def ears():
    made = SphinxEars()
    yield made
    made.close()


def over_the_line(ears, text, *, number=False):
    """What is understood of a text; without flite, that its absence is a clear error."""
    if not HAS_VOICE:
        with pytest.raises(SpeechError) as caught:
            FliteVoice()
        assert caught.value.remedy == "apt-get install flite"
        return text
    sound = from_ulaw(to_ulaw(FliteVoice().say(text)))
    return ears.hear(sound, number=number)


@pytest.mark.parametrize("text", ["my password is wrong", "i want to speak to a person"])
def test_a_sentence_is_understood_over_the_line(ears, text):
    assert over_the_line(ears, text) == text


@pytest.mark.parametrize(
    "text",
    [
        "zero zero zero zero zero one three",
        "my ticket number is zero zero zero zero zero one three",
    ],
)
def test_a_ticket_number_is_understood_digit_by_digit(ears, text):
    heard = heard_number(over_the_line(ears, text, number=True), asked=True)

    assert heard is not None
    assert heard.ticket_id == "INC0000013"


def test_a_missing_voice_is_a_clear_error():
    with pytest.raises(SpeechError, match="no-such-voice is not installed") as caught:
        FliteVoice("no-such-voice")

    assert caught.value.remedy == "apt-get install flite"


def test_what_is_no_number_makes_none(ears):
    assert heard_number(ears.hear(bytes(16_000), number=True), asked=True) is None


def test_of_several_guesses_the_one_whose_check_digit_fits_is_taken():
    right, wrong = "zero zero zero zero zero one three", "zero zero zero zero zero one four"

    assert fitting([wrong, right]) == right
    assert fitting([wrong]) is None


def test_a_ticket_number_is_read_out_in_letters_and_digits():
    assert spoken("Ticket INC0000013 is new.") == "Ticket I N C 0 0 0 0 0 1 3 is new."
