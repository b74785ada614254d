"""How long the bot listens to a caller: Lex session attributes of the agent's intent.

Amazon Connect administrator guide, "Agentic voice best practices" (end of turn), and Lex V2
developer guide, "Configuring timeouts for capturing user input". Always named for the one intent:
`*:*` would change the pace of every turn of every bot behind it. Not run on AWS.
"""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

INTENT = "Desk"
"""The intent of the bot that hands every word to the AI agent."""


class Listening(BaseModel):
    """The numbers; Lex rejects or bends what is out of range, so that is refused here."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    end_of_turn_confidence: Annotated[float, Field(ge=0.5, le=0.9)] = 0.7
    silence_ms: Annotated[int, Field(ge=500, le=10_000)] = 640
    """Ends a turn that confidence has not ended."""
    start_silence_ms: Annotated[int, Field(ge=1_000, le=10_000)] = 4_000
    longest_speech_ms: Annotated[int, Field(ge=1_000, le=15_000)] = 15_000
    between_keys_ms: Annotated[int, Field(ge=1_000, le=10_000)] = 5_000
    may_interrupt: bool = True

    def attributes(self, intent: str = INTENT) -> dict[str, str]:
        """As Lex wants them: all texts, scoped to the intent."""
        values = {
            "allow-interrupt": str(self.may_interrupt).lower(),
            "audio:end-confidence-threshold": str(self.end_of_turn_confidence),
            "audio:end-timeout-ms": str(self.silence_ms),
            "audio:start-timeout-ms": str(self.start_silence_ms),
            "audio:max-length-ms": str(self.longest_speech_ms),
            "dtmf:end-timeout-ms": str(self.between_keys_ms),
            "dtmf:end-character": "#",
            "dtmf:deletion-character": "*",
        }
        return {f"x-amz-lex:{name}:{intent}:*": value for name, value in values.items()}
