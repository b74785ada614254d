"""What a caller does in a turn: say something, press keys, be silent, hang up."""

import logging
import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field, model_validator

logger = logging.getLogger(__name__)

MAX_UTTERANCE = 1024
"""Characters of one utterance that a bot takes (Lex quota); more is cut off."""
MAX_GIVEN = 100_000
KEYS = re.compile(r"[0-9*#]{1,64}")


class Kind(StrEnum):
    """The four things a caller can do."""

    SPEECH = "speech"
    KEYS = "keys"
    SILENCE = "silence"
    HANG_UP = "hang_up"


@dataclass(frozen=True)
class CallerInput:
    """One turn of the caller; `text` is what was said or which keys were pressed."""

    kind: Kind
    text: str = ""

    @property
    def shown(self) -> str:
        """How a transcript writes it."""
        return {
            Kind.SPEECH: self.text,
            Kind.KEYS: f"#{self.text}",
            Kind.SILENCE: "(silence)",
            Kind.HANG_UP: "(hangs up)",
        }[self.kind]

    @classmethod
    def spoken(cls, text: str, contact_id: str = "") -> "CallerInput":
        """Words as speech recognition would give them; nothing audible is silence."""
        words = audible(text)
        if len(words) > MAX_UTTERANCE:
            logger.info(
                "utterance was cut", extra={"contact_id": contact_id, "characters": len(words)}
            )
            words = words[:MAX_UTTERANCE].rstrip()
        return cls(Kind.SPEECH, words) if words else cls(Kind.SILENCE)


class TurnBody(BaseModel):
    """The body of a turn: exactly one of the four."""

    model_config = ConfigDict(extra="forbid", strict=True)

    say: str | None = Field(default=None, max_length=MAX_GIVEN)
    keys: str | None = Field(default=None, pattern=f"^{KEYS.pattern}$")
    silence: bool = False
    hang_up: bool = False

    @model_validator(mode="after")
    def _exactly_one(self) -> "TurnBody":
        given = [self.say is not None, self.keys is not None, self.silence, self.hang_up]
        if sum(given) != 1:
            raise ValueError('give exactly one of "say", "keys", "silence": true, "hang_up": true')
        return self

    def input(self, contact_id: str = "") -> CallerInput:
        """The same for the call."""
        if self.say is not None:
            return CallerInput.spoken(self.say, contact_id)
        if self.keys is not None:
            return CallerInput(Kind.KEYS, self.keys)
        return CallerInput(Kind.SILENCE if self.silence else Kind.HANG_UP)


def audible(text: str) -> str:
    """Without control, format and unassigned characters; white space is single blanks."""
    kept = (" " if letter.isspace() else letter for letter in text)
    spoken = (letter for letter in kept if letter == " " or unicodedata.category(letter)[0] != "C")
    return " ".join("".join(spoken).split())
