"""A small softphone of our own, and a desk whose answers are given beforehand."""

import math
import socket
from array import array
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import Queue
from typing import Any

import pytest

from switchboard.local.connect.client import CallRefusedError, Desk
from switchboard.local.phone.door import Address, PhoneDoor
from switchboard.local.phone.end_pointing import Limits
from switchboard.local.phone.rtp import Packet, read_packet
from switchboard.local.phone.sound import energy, from_ulaw, to_ulaw
from switchboard.local.phone.speech import MemoryEars, MemoryVoice, Speech

HOST = "127.0.0.1"
CONTACT = "00000000-0000-4000-8000-00000000000a"
PATIENCE = 15.0
QUICK = Limits(to_start=0.6, to_end=0.1, longest=3.0, between_keys=0.3, to_interrupt=0.06)
OFFER = (
    "v=0\r\no=- 1 1 IN IP4 {host}\r\ns=-\r\nc=IN IP4 {host}\r\nt=0 0\r\n"
    "m=audio {port} RTP/AVP 0 101\r\na=rtpmap:101 telephone-event/8000\r\na=sendrecv\r\n"
)
LAST = object()


def tone(milliseconds: int, hertz: int = 400) -> bytes:
    """Loud sound, 8,000 Hz."""
    count = 8 * milliseconds
    return array(
        "h", (round(8_000 * math.sin(2 * math.pi * hertz * at / 8_000)) for at in range(count))
    ).tobytes()


def said(text: str) -> dict[str, Any]:
    return {"type": "said", "text": text, "by": "flow"}


def waiting(what: str = "speech") -> dict[str, Any]:
    return {"type": "waiting", "for": what, "ms": 1.0, "model_ms": 0.0}


ENDED = {"type": "ended", "outcome": "disconnected", "reason": "", "tickets": [], "ms": 1.0,
         "model_ms": 0.0}  # fmt: skip


class ScriptedDesk(Desk):
    """Answers each turn with the next of its lists; the first is the greeting."""

    def __init__(self) -> None:
        super().__init__("http://127.0.0.1:9")
        self.turns: list[list[dict[str, Any]]] = [[said("Hello."), waiting()]]
        self.asked: Queue[Any] = Queue()
        self.refusal: CallRefusedError | None = None

    def stream(self, path: str, body: Any) -> Iterator[dict[str, Any]]:
        self.asked.put(body)
        if self.refusal is not None:
            raise self.refusal
        if path == "/calls":
            yield {"type": "contact", "contact_id": CONTACT, "from": body["from"], "to": "desk"}
        if "hang_up" in body:
            yield ENDED
            return
        yield from self.turns.pop(0) if self.turns else [said("Goodbye."), ENDED]

    def call(self, contact_id: str) -> dict[str, Any]:
        return {
            "turns": 1, "tickets": [], "correlation_id": contact_id, "seconds": 1.0,
            "attributes": {}, "outcome": "disconnected", "transcript": [],
        }  # fmt: skip


class Softphone:
    """Speaks SIP and RTP badly enough to be written in an afternoon."""

    def __init__(self, door: tuple[str, int], user: str = "+15555550100") -> None:
        self._door, self._user = door, user
        self.sip, self.rtp = (self._bound() for _ in range(2))
        self._call_id, self._cseq, self._to = f"call-{self.sip.getsockname()[1]}", 0, ""
        self._sequence = self._timestamp = 0
        self.media = ("", 0)

    @staticmethod
    def _bound() -> socket.socket:
        made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        made.bind((HOST, 0))
        made.settimeout(PATIENCE)
        return made

    def close(self) -> None:
        self.sip.close()
        self.rtp.close()

    def send(self, method: str, body: str = "", cseq: int | None = None, extra: str = "") -> None:
        if cseq is None:
            self._cseq += 1
        port = self.sip.getsockname()[1]
        number = self._cseq if cseq is None else cseq
        self.raw(
            f"{method} sip:desk@{HOST} SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP {HOST}:{port};branch=z9hG4bK{number}{method};rport\r\n"
            f"From: <sip:{self._user}@{HOST}>;tag=ours\r\nTo: <sip:desk@{HOST}>{self._to}\r\n"
            f"Call-ID: {self._call_id}\r\nCSeq: {number} {method}\r\n"
            f"Contact: <sip:me@{HOST}:{port}>\r\n{extra}"
            f"Content-Length: {len(body)}\r\n\r\n{body}"
        )

    def raw(self, text: str) -> None:
        self.sip.sendto(text.encode(), self._door)

    def receive(self) -> str:
        return self.sip.recv(65_535).decode()

    def expect(self, beginning: str) -> str:
        """The next message that begins so; others before it are passed over."""
        while True:
            message = self.receive()
            if message.startswith(beginning):
                return message

    def ring(self) -> None:
        self.send("INVITE", OFFER.format(host=HOST, port=self.rtp.getsockname()[1]))

    def dial(self) -> str:
        """Ring until the desk picks up, and confirm."""
        self.ring()
        answer = self.expect("SIP/2.0 200")
        self.confirm(answer)
        return answer

    def confirm(self, answer: str) -> None:
        to = next(line for line in answer.split("\r\n") if line.startswith("To:"))
        self._to = ";tag=" + to.partition(";tag=")[2]
        if "m=audio" in answer:
            self.media = (HOST, int(answer.partition("m=audio ")[2].split(" ")[0]))
        self.send("ACK", cseq=self._cseq)

    def speak(self, milliseconds: int = 300) -> None:
        """Sound, then the pause that ends it."""
        for data in (to_ulaw(tone(milliseconds)), to_ulaw(bytes(16 * 200))):
            for start in range(0, len(data), 160):
                self._packet(0, data[start : start + 160], self._timestamp)
                self._timestamp += 160

    def press(self, keys: str) -> None:
        """Each key as three packets, as RFC 4733 wants them."""
        for key in keys:
            self._timestamp += 1_600
            for duration, end in ((400, 0), (800, 0), (1_200, 0x80)):
                event = bytes(["0123456789*#".index(key), end | 10]) + duration.to_bytes(2)
                self._packet(101, event, self._timestamp)

    def _packet(self, kind: int, payload: bytes, timestamp: int) -> None:
        packet = Packet(kind, self._sequence, timestamp, payload, source=7)
        self._sequence += 1
        self.rtp.sendto(packet.to_bytes(), self.media)

    def hears_a_voice(self) -> bool:
        """Whether sound comes, and not only silence."""
        while True:
            if energy(from_ulaw(read_packet(self.rtp.recv(2_048)).payload)) > 1_000:
                return True

    def milliseconds_heard_until_quiet(self) -> int:
        """How long the voice goes on; quiet are ten silent packets in a row."""
        loud = quiet = 0
        while quiet < 10:
            is_loud = energy(from_ulaw(read_packet(self.rtp.recv(2_048)).payload)) > 1_000
            loud, quiet = loud + is_loud, 0 if is_loud else quiet + 1
        return 20 * loud


class Exchange:
    """A door with its desk, voice and ears, and the softphones around it."""

    def __init__(self) -> None:
        self.desk = ScriptedDesk()
        self.voice = MemoryVoice(tone)
        self.ears = MemoryEars("my laptop is broken", "yes please")
        self.shown: Queue[tuple[int, dict[str, Any]]] = Queue()
        self.phones: list[Softphone] = []
        self.door: PhoneDoor

    @contextmanager
    def open(self, fallback: str = "caller-two") -> Iterator["Exchange"]:
        speech, address = Speech(self.voice, self.ears), Address(HOST, 0, 0)
        show = lambda call, line: self.shown.put((call, line))  # noqa: E731 (one use)
        with PhoneDoor(self.desk, speech, address, show, fallback, QUICK) as self.door:
            yield self
            for phone in self.phones:
                phone.close()
        self.desk.close()

    def phone(self, user: str = "+15555550100") -> Softphone:
        made = Softphone((HOST, self.door.port), user)
        self.phones.append(made)
        return made

    def asked(self) -> Any:
        """What the desk is asked next."""
        return self.desk.asked.get(timeout=PATIENCE)

    def shown_until(self, kind: str) -> list[dict[str, Any]]:
        lines: list[dict[str, Any]] = []
        while not lines or lines[-1]["type"] != kind:
            lines.append(self.shown.get(timeout=PATIENCE)[1])
        return lines


@pytest.fixture
def exchange() -> Iterator[Exchange]:
    with Exchange().open() as made:
        yield made


Told = Callable[..., dict[str, Any]]


@pytest.fixture
def desk_says() -> Told:
    return said


@pytest.fixture
def desk_waits() -> Told:
    return waiting


@pytest.fixture
def sound_of() -> Callable[[int], bytes]:
    return tone
