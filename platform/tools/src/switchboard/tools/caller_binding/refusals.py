"""What the voice agent says when a ticket call is not let through; it promises nothing."""

from dataclasses import dataclass

_PERSON = "I can connect you with a person."


@dataclass(frozen=True)
class Refusal:
    """A reason for the log and a sentence for the caller."""

    reason: str
    spoken: str


NO_TOKEN = Refusal(
    "no_token", f"I could not verify this call, so I cannot open or read tickets. {_PERSON}"
)
NO_CONTACT = Refusal("no_contact", NO_TOKEN.spoken)
UNKNOWN_CONTACT = Refusal("unknown_contact", NO_TOKEN.spoken)
ANONYMOUS = Refusal(
    "anonymous_caller", f"Your number is withheld, so I cannot open or read tickets. {_PERSON}"
)
CONNECT_DOWN = Refusal(
    "connect_down", f"I cannot reach the ticket system right now. Please try again, or {_PERSON}"
)
NOT_OFFERED = Refusal("not_offered", f"I cannot do that. {_PERSON}")
FAILED = Refusal("failed", CONNECT_DOWN.spoken)
