"""A SIP user agent server (RFC 3261) for any number of calls, without sockets and clocks.

Datagrams go in with the time, events come out; what is to be sent waits in `outbox`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from switchboard.local.phone import sdp, sip
from switchboard.local.phone.dialog import Address, Dialog, Key, Repetition, State, key_of

ALLOWED = ("Allow", "INVITE, ACK, BYE, CANCEL, OPTIONS")
MAX_CALLS = 20


@dataclass(frozen=True)
class Rings:
    """A new call; `answer` or `refuse` it."""

    key: Key
    caller: str
    source: Address
    offer: sdp.Offer | None


@dataclass(frozen=True)
class Left:
    """The caller hung up, or cannot be reached any more."""

    key: Key


@dataclass(frozen=True)
class Moved:
    """The caller wants its sound elsewhere, or puts the call on hold (re-INVITE)."""

    key: Key
    source: Address
    offer: sdp.Offer


Event = Rings | Left | Moved


class UserAgent:
    """The dialogs. Not thread safe: whoever shares it locks."""

    def __init__(self, host: str, port: int, new_id: Callable[[], str]) -> None:
        """Reached at `host`:`port`."""
        self._host = host
        self._new_id = new_id
        self._contact = f"<sip:desk@{host}:{port}>"
        self._dialogs: dict[Key, Dialog] = {}
        self._methods = {
            "INVITE": self._invite, "ACK": self._ack, "BYE": self._bye,
            "CANCEL": self._cancel, "OPTIONS": self._options,
        }  # fmt: skip
        self.outbox: list[tuple[bytes, Address]] = []

    def received(self, data: bytes, source: Address, now: float) -> list[Event]:
        """Take a datagram; garbage is ignored, a broken request is told what is wrong with it."""
        try:
            message = sip.parse(data)
        except sip.SipFormatError as error:
            if sip.is_request_like(data):
                self._send(sip.respond(error.headers, 400, detail=str(error)), source)
            return []
        if isinstance(message, sip.Response):
            return self._response(message)
        asked = self._noting(message, source)
        method = self._methods.get(asked.method)
        if method is None:
            self._reply(asked, 405, source, extra=(ALLOWED,))
            return []
        if asked.first("require") and asked.method != "ACK":
            unsupported = ("Unsupported", asked.first("require"))
            self._reply(asked, 420, source, extra=(unsupported,))
            return []
        return method(asked, source, now)

    def answer(self, key: Key, media_port: int, now: float) -> bool:
        """Pick up; the answer is repeated until the caller confirms it. False: nobody rings."""
        dialog = self._dialogs.get(key)
        if dialog is None or dialog.state is not State.RINGING:
            return False
        dialog.media_port = media_port
        self._accept(dialog, dialog.invite, now)
        return True

    def refuse(self, key: Key, status: int, detail: str, now: float) -> None:
        """Do not pick up."""
        dialog = self._dialogs.get(key)
        if dialog is not None and dialog.state is State.RINGING:
            self._reject(dialog, status, detail, now)

    def hang_up(self, key: Key, now: float) -> None:
        """End a call that we picked up."""
        dialog = self._dialogs.get(key)
        if dialog is None or dialog.state not in {State.ANSWERED, State.UP}:
            return
        dialog.state = State.LEAVING
        data = dialog.bye(self._contact, self._new_id())
        dialog.repetition = Repetition.of(data, now)
        self._send(data, dialog.source)

    def tick(self, now: float) -> list[Event]:
        """Repeat what is not confirmed, give up on what never is, forget what is long over."""
        events: list[Event] = []
        for key, dialog in list(self._dialogs.items()):
            events += self._repeat(dialog, now)
            if dialog.forget_at is not None and dialog.forget_at <= now:
                del self._dialogs[key]
        return events

    @property
    def is_idle(self) -> bool:
        """Whether nothing has to be confirmed any more."""
        return all(
            dialog.state is State.OVER and dialog.repetition is None
            for dialog in self._dialogs.values()
        )

    def _repeat(self, dialog: Dialog, now: float) -> list[Event]:
        item = dialog.repetition
        if item is None or item.due > now:
            return []
        if item.until > now:
            self._send(item.data, dialog.source)
            item.again(now)
            return []
        was_live = dialog.is_live
        dialog.repetition = None
        dialog.over(now)
        return [Left(dialog.key)] if was_live else []

    def _invite(self, asked: sip.Request, source: Address, now: float) -> list[Event]:
        dialog = self._dialogs.get(key_of(asked))
        if dialog is not None and asked.cseq <= dialog.invite.cseq:
            self._send(dialog.last, source)  # the same INVITE again: the same answer again
            return []
        try:
            offer = sdp.read_offer(asked.body) if asked.body.strip() else None
        except sdp.SdpError as error:
            self._reply(asked, 488, source, detail=str(error))
            return []
        if asked.to_tag:
            return self._invite_again(asked, source, offer, now)
        if sum(item.is_live for item in self._dialogs.values()) >= MAX_CALLS:
            self._reply(asked, 486, source, detail=f"{MAX_CALLS} calls at once")
            return []
        dialog = Dialog(asked, source, self._new_id(), offer)
        self._dialogs[dialog.key] = dialog
        dialog.last = sip.respond(
            asked.headers, 180, tag=dialog.tag, extra=(("Contact", self._contact),)
        )
        self._send(dialog.last, source)
        return [Rings(dialog.key, asked.caller, source, offer)]

    def _invite_again(
        self, asked: sip.Request, source: Address, offer: sdp.Offer | None, now: float
    ) -> list[Event]:
        dialog = self._known(asked)
        if dialog is None or dialog.state not in {State.ANSWERED, State.UP}:
            self._reply(asked, 481, source)
            return []
        dialog.invite, dialog.source = asked, source
        dialog.offer = offer or dialog.offer
        self._accept(dialog, asked, now)
        return [Moved(dialog.key, source, offer)] if offer else []

    def _accept(self, dialog: Dialog, asked: sip.Request, now: float) -> None:
        described = sdp.answer(self._host, dialog.media_port, dialog.offer)
        extra = (("Contact", self._contact), ALLOWED)
        dialog.last = sip.respond(asked.headers, 200, tag=dialog.tag, extra=extra, body=described)
        dialog.state, dialog.repetition = State.ANSWERED, Repetition.of(dialog.last, now)
        self._send(dialog.last, dialog.source)

    def _reject(self, dialog: Dialog, status: int, detail: str, now: float) -> None:
        dialog.last = sip.respond(dialog.invite.headers, status, detail=detail, tag=dialog.tag)
        dialog.over(now)
        dialog.repetition = Repetition.of(dialog.last, now)
        self._send(dialog.last, dialog.source)

    def _ack(self, asked: sip.Request, _source: Address, _now: float) -> list[Event]:
        dialog = self._known(asked)
        if dialog is None or dialog.state is State.LEAVING or asked.cseq != dialog.invite.cseq:
            return []
        dialog.repetition = None
        if dialog.state is State.ANSWERED:
            dialog.state = State.UP
        return []

    def _bye(self, asked: sip.Request, source: Address, now: float) -> list[Event]:
        dialog = self._known(asked)
        if dialog is None:
            self._reply(asked, 481, source)
            return []
        self._reply(asked, 200, source)
        if dialog.state is State.RINGING:
            self._reject(dialog, 487, "", now)
            return [Left(dialog.key)]
        was_live, dialog.repetition = dialog.is_live, None
        dialog.over(now)
        return [Left(dialog.key)] if was_live else []

    def _cancel(self, asked: sip.Request, source: Address, now: float) -> list[Event]:
        dialog = self._dialogs.get(key_of(asked))
        if dialog is None or dialog.invite.cseq != asked.cseq:
            self._reply(asked, 481, source)
            return []
        self._reply(asked, 200, source, tag=dialog.tag)
        if dialog.state is not State.RINGING:
            return []  # too late (RFC 3261, 9.2): the caller sends BYE
        self._reject(dialog, 487, "", now)
        return [Left(dialog.key)]

    def _options(self, asked: sip.Request, source: Address, _now: float) -> list[Event]:
        accept = ("Accept", "application/sdp")
        self._reply(asked, 200, source, extra=(ALLOWED, accept))
        return []

    def _response(self, message: sip.Response) -> list[Event]:
        """Whatever final answer a BYE gets, the call is over."""
        if message.status < 200:  # noqa: PLR2004 (provisional)
            return []
        for dialog in self._dialogs.values():
            if dialog.state is State.LEAVING and dialog.invite.call_id == message.call_id:
                dialog.state, dialog.repetition = State.OVER, None
                dialog.forget_at = 0.0
        return []

    def _known(self, asked: sip.Request) -> Dialog | None:
        dialog = self._dialogs.get(key_of(asked))
        return dialog if dialog is not None and asked.to_tag == dialog.tag else None

    def _noting(self, asked: sip.Request, source: Address) -> sip.Request:
        """Where it really came from, for whoever relays the answer (RFC 3581)."""
        via = asked.headers["via"]
        host, port = source
        via[0] = via[0].replace(";rport;", f";rport={port};")
        if via[0].endswith(";rport"):
            via[0] += f"={port}"
        via[0] += f";received={host}"
        return asked

    def _reply(
        self, asked: sip.Request, status: int, source: Address, *,
        detail: str = "", tag: str = "", extra: tuple[tuple[str, str], ...] = (),
    ) -> None:  # fmt: skip
        own = tag or self._new_id()
        self._send(sip.respond(asked.headers, status, detail=detail, tag=own, extra=extra), source)

    def _send(self, data: bytes, to: Address) -> None:
        self.outbox.append((data, to))
