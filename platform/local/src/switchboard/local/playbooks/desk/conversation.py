"""What the desk remembers while it talks; derived anew from the conversation at each model call."""

from dataclasses import dataclass, field

from switchboard.local.playbooks.desk.opening import Opening
from switchboard.local.playbooks.desk.problem import Problem
from switchboard.local.playbooks.desk.understanding import Meaning


@dataclass
class Conversation:
    """One call so far."""

    opening: Opening
    told: list[str] = field(default_factory=list)
    """What the caller said that matters, for a colleague."""
    tried: list[str] = field(default_factory=list)
    """What the desk did, for a colleague."""
    ticket_id: str = ""
    """The ticket that is being spoken of."""
    refusal: str = ""
    """Why the desk may not do what the caller wants, in a sentence for the caller."""
    closing: str = ""
    """What there is to say about a matter that is done; said with the next question."""
    waiting: list[Meaning] = field(default_factory=list)
    """Further matters, still to be handled."""
    put_off: Problem | None = None
    """A matter that something else came between."""
    silences: int = 0
    misses: int = 0
    is_upset: bool = False
    is_comforted: bool = False
    news_told: bool = False
    wanted: str = ""
    """What the caller wants, in a word."""

    def note(self, meaning: Meaning) -> None:
        """Remember an utterance."""
        self.is_upset = self.is_upset or meaning.has("upset")

    def close(self) -> str:
        """Take what there is to say about the last matter."""
        told, self.closing = self.closing, ""
        return told

    def tell(self, said: str) -> None:
        """Remember what a matter is about."""
        if said and said not in self.told:
            self.told.append(said)
