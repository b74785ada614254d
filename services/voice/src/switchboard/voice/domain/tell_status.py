"""Digits from the keypad to a sentence about a ticket."""

from dataclasses import dataclass

from switchboard.voice.domain.model import ANONYMOUS
from switchboard.voice.domain.ports import Tickets
from switchboard.voice.domain.ticket_number import WrongNumberError, ticket_number
from switchboard.voice.domain.wording import (
    NOT_A_NUMBER,
    NOT_FOUND,
    NUMBER_WITHHELD,
    status_sentence,
)


@dataclass(frozen=True)
class Status:
    """What to say, and whether a ticket was found."""

    sentence: str
    found: bool = False


@dataclass(frozen=True)
class TellStatus:
    """Look a ticket up in our own read model, among the caller's own tickets only (D-05)."""

    tickets: Tickets

    def __call__(self, caller_id: str, entered: str) -> Status:
        """Somebody else's ticket sounds exactly like one that does not exist."""
        try:
            ticket_id = ticket_number(entered)
        except WrongNumberError:
            return Status(NOT_A_NUMBER)
        if caller_id == ANONYMOUS:
            return Status(NUMBER_WITHHELD)
        ticket = self.tickets.find(caller_id, ticket_id)
        return Status(status_sentence(ticket), found=True) if ticket else Status(NOT_FOUND)
