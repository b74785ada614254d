"""The numbers of a turn are in Lex's ranges and for the agent's intent only."""

from typing import Any

import pytest
from pydantic import ValidationError

from switchboard.voice.flows.listening import Listening


def test_the_bot_listens_with_the_numbers_of_the_design() -> None:
    attributes = Listening().attributes()

    assert attributes["x-amz-lex:audio:end-confidence-threshold:Desk:*"] == "0.7"
    assert attributes["x-amz-lex:audio:end-timeout-ms:Desk:*"] == "640"
    assert attributes["x-amz-lex:allow-interrupt:Desk:*"] == "true"
    assert not [name for name in attributes if name.endswith(":*:*")]


@pytest.mark.parametrize(
    "wrong",
    [
        {"end_of_turn_confidence": 0.95},
        {"end_of_turn_confidence": 0.4},
        {"silence_ms": 400},
        {"silence_ms": 10_001},
        {"longest_speech_ms": 20_000},
    ],
)
def test_a_number_that_lex_would_reject_or_bend_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Listening(**wrong)
