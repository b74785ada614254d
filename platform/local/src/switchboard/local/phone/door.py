"""The UDP port that softphones ring: one thread for SIP, one for each call's talk."""

import logging
import secrets
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Address
from threading import Event, Lock, Thread
from types import TracebackType
from typing import Any, Self

from switchboard.local.connect.calls.door import ANONYMOUS, E164
from switchboard.local.connect.client import CallRefusedError
from switchboard.local.phone.dialog import Key
from switchboard.local.phone.end_pointing import Limits
from switchboard.local.phone.line import Line, free_line
from switchboard.local.phone.sdp import Offer
from switchboard.local.phone.speech import Speech
from switchboard.local.phone.talk import Rung, Talk
from switchboard.local.phone.user_agent import MAX_CALLS, Left, Moved, Rings, UserAgent

logger = logging.getLogger(__name__)

TICK_SECONDS = 0.1
GOODBYE_SECONDS = 2.0
HOST = "127.0.0.1"
NAMESPACE = "10."
Show = Callable[[int, dict[str, Any]], None]
"""Sees a line of a call, with the number of the call; see `connect.lines`, and `report`."""


class AddressError(ValueError):
    """The desk must not, or cannot, be rung at this address; `remedy` says where else."""

    def __init__(self, message: str, remedy: str) -> None:
        """Both are shown to the person."""
        super().__init__(message)
        self.remedy = remedy


@dataclass(frozen=True)
class Address:
    """Where the desk is rung; loopback, or with `namespace` 10.x in a network namespace."""

    host: str = HOST
    port: int = 5070
    first_rtp: int = 16_384
    namespace: bool = False

    def __post_init__(self) -> None:
        try:
            host = IPv4Address(self.host)
        except ValueError as error:
            raise AddressError(f"{self.host!r} is no IPv4 address", f"--bind {HOST}") from error
        if host.is_loopback or (self.namespace and self.host.startswith(NAMESPACE)):
            return
        raise AddressError(
            f"the telephone does not listen on {host}: there is no password on it",
            f"--bind {HOST}; inside a network namespace: --bind 10.x.x.x --namespace",
        )


@dataclass
class _Call:
    number: int
    line: Line


class PhoneDoor:
    """Takes calls while its `with` block runs."""

    def __init__(
        self, desk: Rung, speech: Speech, address: Address, show: Show,
        fallback: str = ANONYMOUS, limits: Limits | None = None,
    ) -> None:  # fmt: skip
        """Calls whose softphone gives no telephone number ring as `fallback`."""
        self._desk, self._speech, self._address, self._show = desk, speech, address, show
        self._fallback, self._limits = fallback, limits or Limits()
        self._lock = Lock()
        self._calls: dict[Key, _Call] = {}
        self._threads: list[Thread] = []
        self._count = 0
        self._stopping = Event()

    def __enter__(self) -> Self:
        """Listen.

        Raises:
            AddressError: the port is taken, or this machine has no such address.
        """
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        host, port = self._address.host, self._address.port
        try:
            self._socket.bind((host, port))
        except OSError as error:
            self._socket.close()
            raise AddressError(
                f"cannot listen on UDP {host}:{port}: {error.strerror}",
                "end what listens there, or choose another port: SWITCHBOARD_PORT_PHONE",
            ) from error
        self._socket.settimeout(TICK_SECONDS)
        self.port: int = self._socket.getsockname()[1]
        self._agent = UserAgent(host, self.port, lambda: secrets.token_hex(8))
        self._thread = Thread(target=self._serve, name="sip", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Hang up for everybody."""
        for call in list(self._calls.values()):
            call.line.close()
        for thread in self._threads:
            thread.join(timeout=5)
        self._stopping.set()
        self._thread.join(timeout=GOODBYE_SECONDS + 1)
        self._socket.close()

    @property
    def uri(self) -> str:
        """What a softphone dials."""
        return f"sip:desk@{self._address.host}:{self.port}"

    def wait(self) -> None:
        """Until the process is told to end."""
        while not self._stopping.wait(3_600):
            continue

    def _serve(self) -> None:
        end = float("inf")
        while time.monotonic() < end:
            try:
                data, source = self._socket.recvfrom(65_535)
            except OSError:
                data, source = b"", ("", 0)
            now = time.monotonic()
            if self._stopping.is_set():
                end = min(end, now + GOODBYE_SECONDS)
            with self._lock:
                events = self._agent.tick(now)
                if data.strip():  # softphones keep their port open with empty lines (RFC 5626)
                    events += self._agent.received(data, source, now)
                if self._stopping.is_set() and self._agent.is_idle:
                    end = now
            for event in events:
                self._take(event)
            self._flush()

    def _flush(self) -> None:
        with self._lock:
            waiting, self._agent.outbox = self._agent.outbox, []
        for data, to in waiting:
            try:
                self._socket.sendto(data, to)
            except OSError:
                logger.info("cannot reach softphone", extra={"port": to[1]})

    def _take(self, event: Rings | Left | Moved) -> None:
        if isinstance(event, Rings):
            self._ring(event)
            return
        call = self._calls.get(event.key)
        if call is None:
            return
        if isinstance(event, Moved):
            call.line.connect(event.source[0], event.offer)
        else:
            call.line.close()

    def _ring(self, event: Rings) -> None:
        try:
            line = free_line(
                self._address.host, self._address.first_rtp, 2 * MAX_CALLS, self._limits
            )
        except OSError as error:
            self._refuse(event.key, 503, str(error))
            return
        self._count += 1
        call = _Call(self._count, line)
        self._calls[event.key] = call
        thread = Thread(
            target=self._talk, args=(event, call), name=f"call {call.number}", daemon=True
        )
        self._threads = [*(item for item in self._threads if item.is_alive()), thread]
        thread.start()

    def _talk(self, event: Rings, call: _Call) -> None:
        """A call on its thread; whatever happens, softphone and desk are told that it is over."""

        def show(line: dict[str, Any]) -> None:
            self._show(call.number, line)

        def pick_up() -> None:
            with self._lock:
                picked_up = self._agent.answer(event.key, call.line.port, time.monotonic())
            if picked_up:
                call.line.connect(event.source[0], event.offer or Offer(0, None))
                self._flush()

        try:
            talk = Talk(self._desk, self._speech, call.line, show)
            report = talk.run(self._who(event.caller), pick_up)
            if report is not None:
                show({"type": "report", **report})
        except CallRefusedError as error:
            show({"type": "unheard", "message": f"{error.code}: {error}. {error.remedy}"})
            self._refuse(event.key, 503, error.code)
        except Exception as error:  # the outermost edge of a call: other calls go on
            logger.exception("call failed")
            show({"type": "unheard", "message": f"the call failed: {error}"})
            self._refuse(event.key, 500, "")
        finally:
            with self._lock:
                self._agent.hang_up(event.key, time.monotonic())
            self._flush()
            call.line.close()
            self._calls.pop(event.key, None)

    def _refuse(self, key: Key, status: int, detail: str) -> None:
        with self._lock:
            self._agent.refuse(key, status, detail, time.monotonic())
        self._flush()

    def _who(self, user: str) -> str:
        return user if user == ANONYMOUS or E164.fullmatch(user) else self._fallback
