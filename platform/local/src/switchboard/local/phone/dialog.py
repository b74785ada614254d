"""One SIP dialog (RFC 3261, 12): what was asked, what was answered, and how far it is."""

from dataclasses import dataclass
from enum import StrEnum, auto

from switchboard.local.phone import sip
from switchboard.local.phone.sdp import Offer

Address = tuple[str, int]
Key = tuple[str, str]
"""Call-ID and the caller's tag."""

T1, T2, GIVE_UP = 0.5, 4.0, 32.0
"""Seconds of RFC 3261, 17.1.1.1: first repetition, longest pause, and 64 times T1."""


class State(StrEnum):
    """How far a dialog is."""

    RINGING = auto()
    ANSWERED = auto()
    UP = auto()
    LEAVING = auto()
    OVER = auto()


@dataclass
class Repetition:
    """A datagram that is sent again until the other side has it."""

    data: bytes
    due: float
    until: float
    pause: float = T1

    @classmethod
    def of(cls, data: bytes, now: float) -> "Repetition":
        """It was sent once, now."""
        return cls(data, now + T1, now + GIVE_UP)

    def again(self, now: float) -> None:
        """It was sent once more."""
        self.pause = min(self.pause * 2, T2)
        self.due = now + self.pause


@dataclass
class Dialog:
    """A call as SIP sees it."""

    invite: sip.Request
    source: Address
    tag: str
    offer: Offer | None
    state: State = State.RINGING
    last: bytes = b""
    """The newest answer to the INVITE."""
    repetition: Repetition | None = None
    media_port: int = 0
    forget_at: float | None = None

    @property
    def key(self) -> Key:
        """What identifies it."""
        return key_of(self.invite)

    @property
    def is_live(self) -> bool:
        """Whether somebody is on the line, or rings."""
        return self.state in {State.RINGING, State.ANSWERED, State.UP}

    def over(self, now: float) -> None:
        """Nothing follows; remembered a while, so that a repeated INVITE does not ring again."""
        self.state, self.forget_at = State.OVER, now + GIVE_UP

    def bye(self, contact: str, branch: str) -> bytes:
        """Our request to end it, along the route that the INVITE recorded."""
        asked = self.invite
        routes = tuple(("Route", route) for route in asked.headers.get("record-route", []))
        target = sip.uri_of(asked.first("contact")) or sip.uri_of(asked.first("from"))
        host = contact.partition("@")[2].rstrip(">")
        to = asked.first("to")
        ours = to if asked.to_tag else f"{to};tag={self.tag}"
        return sip.request("BYE", target, (
            ("Via", f"{sip.VERSION}/UDP {host};branch=z9hG4bK{branch};rport"),
            ("Max-Forwards", "70"), *routes,
            ("From", ours), ("To", asked.first("from")),
            ("Call-ID", asked.call_id), ("CSeq", "1 BYE"),
        ))  # fmt: skip


def key_of(request: sip.Request) -> Key:
    """The dialog that a request belongs to."""
    return request.call_id, request.from_tag
