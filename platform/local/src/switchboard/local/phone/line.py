"""The sound of one call: a UDP port, 20 ms out and 20 ms in at a time, on a thread of its own."""

import secrets
import socket
import time
from collections import deque
from collections.abc import Callable
from queue import Queue
from threading import Event, Lock, Thread

from switchboard.local.phone.dialog import Address
from switchboard.local.phone.end_pointing import EndPointer, Heard, Limits, Silent
from switchboard.local.phone.rtp import (
    FRAME_BYTES,
    Jitter,
    KeyPresses,
    Packet,
    RtpError,
    read_packet,
)  # fmt: skip
from switchboard.local.phone.sdp import PCMU, Offer
from switchboard.local.phone.sound import (
    FRAME_SAMPLES,
    FRAME_SECONDS,
    SILENT_BYTE,
    from_ulaw,
    to_ulaw,
)  # fmt: skip

LOST_SECONDS = 60.0
"""After so long without any sound the softphone is thought dead."""
MAX_LATE_FRAMES = 10
SILENT_FRAME = SILENT_BYTE * FRAME_BYTES
NO_SOUND = bytes(2 * FRAME_SAMPLES)
HELD = {"sendonly", "inactive"}


class Line:
    """Speaks to a caller and listens; `None` from `listen` says that the line is closed."""

    def __init__(
        self,
        host: str,
        port: int,
        limits: Limits | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take the port; OSError when it is taken. Port 0 is any."""
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            self._socket.bind((host, port))
        except OSError:
            self._socket.close()
            raise
        self.port: int = self._socket.getsockname()[1]
        self._clock = clock
        self._peer: Address = ("", 0)
        self._offer: Offer | None = None
        self._lock = Lock()
        self._frames: deque[bytes] = deque()
        self._heard: Queue[Heard | None] = Queue()
        self._pointer, self._jitter, self._keys = (
            EndPointer(limits or Limits()),
            Jitter(),
            KeyPresses(),
        )
        self._sequence, self._timestamp = secrets.randbelow(2**16), secrets.randbelow(2**32)
        self._source = secrets.randbelow(2**32)
        self._listening = self._hushed = False
        self._quiet, self._closed = Event(), Event()
        self._quiet.set()
        self._thread = Thread(target=self._run, name=f"line {self.port}", daemon=True)

    def connect(self, host: str, offer: Offer | None) -> None:
        """Where the caller's sound comes from and ours goes to; begins, or goes on elsewhere."""
        with self._lock:
            self._offer = offer
            self._peer = (host, offer.port if offer else 0)
        if not self._thread.is_alive() and not self._closed.is_set():
            self._thread.start()

    def speak(self, pcm: bytes) -> None:
        """Say it after what is being said, unless the caller has just cut in."""
        data = to_ulaw(pcm)
        with self._lock:
            if self._hushed or self._closed.is_set() or not data:
                return
            self._quiet.clear()
            for start in range(0, len(data), FRAME_BYTES):
                self._frames.append(
                    data[start : start + FRAME_BYTES].ljust(FRAME_BYTES, SILENT_BYTE)
                )

    def listen(self) -> Heard | None:
        """What the caller does next; silence counts once the desk has finished speaking."""
        self._listening = True
        heard = self._heard.get()
        self._listening = self._hushed = False
        return heard

    def finish(self) -> None:
        """Wait until all is said, or the line is closed."""
        self._quiet.wait()

    def wait_closed(self) -> None:
        """Wait until the caller is gone."""
        self._closed.wait()

    @property
    def is_open(self) -> bool:
        """Whether anybody can still be there."""
        return not self._closed.is_set()

    def close(self) -> None:
        """Stop; whoever listens hears that."""
        with self._lock:
            self._closed.set()
            self._frames.clear()
        self._quiet.set()
        self._heard.put(None)
        if not self._thread.is_alive():
            self._socket.close()

    def _run(self) -> None:
        due = last_packet = self._clock()
        while self.is_open:
            if self._receive(until=due):
                last_packet = self._clock()
            if (now := self._clock()) < due:
                continue
            due = max(due, now - MAX_LATE_FRAMES * FRAME_SECONDS) + FRAME_SECONDS
            self._tick()
            if self._is_held():
                last_packet = now
            if now - last_packet > LOST_SECONDS:
                self.close()
        self._socket.close()

    def _tick(self) -> None:
        self._send_frame()
        for coded in self._jitter.due():
            waiting = self._listening and self._quiet.is_set()
            pcm = NO_SOUND if coded is None else from_ulaw(coded)
            self._note(self._pointer.frame(pcm, waiting=waiting))

    def _hush(self) -> None:
        """The caller cuts in: what is being said ends, and what would follow is not begun."""
        with self._lock:
            self._frames.clear()
            self._hushed = True
        self._quiet.set()

    def _receive(self, until: float) -> bool:
        """Take a packet that comes in time."""
        self._socket.settimeout(max(until - self._clock(), 0.0005))
        try:
            data, source = self._socket.recvfrom(2_048)
            packet = read_packet(data)
        except (OSError, RtpError):
            return False
        with self._lock:
            offer = self._offer
            if source[0] != self._peer[0]:
                return False  # another machine, or nobody we talk with
            self._peer = source  # its port may differ from the announced one (symmetric RTP)
        if packet.payload_type == PCMU:
            for at in range(0, len(packet.payload), FRAME_BYTES):
                step = at // FRAME_BYTES  # packets of more than 20 ms are cut, in place
                self._jitter.push(_numbered(packet, step), packet.payload[at : at + FRAME_BYTES])
        elif offer is None or packet.payload_type == offer.keys_type:
            self._pressed(packet)
        return True

    def _pressed(self, packet: Packet) -> None:
        if key := self._keys.heard(packet):
            self._note(self._pointer.key(key))

    def _note(self, heard: Heard | None) -> None:
        """After each frame and key, for many can come at once."""
        is_silent = heard is None or isinstance(heard, Silent)
        if (not is_silent or self._pointer.is_interrupting) and not self._quiet.is_set():
            self._hush()  # first, so that `listen` ends it and not the other way round
        if heard is not None and (self._listening or not is_silent):
            self._heard.put(heard)

    def _is_held(self) -> bool:
        offer = self._offer
        return offer is not None and offer.direction in HELD

    def _send_frame(self) -> None:
        with self._lock:
            frame = self._frames.popleft() if self._frames else SILENT_FRAME
            if frame is SILENT_FRAME:
                self._quiet.set()
            peer = self._peer
        packet = Packet(PCMU, self._sequence, self._timestamp, frame, source=self._source)
        self._sequence += 1
        self._timestamp += FRAME_SAMPLES
        if peer[1] and not self._is_held():
            try:
                self._socket.sendto(packet.to_bytes(), peer)
            except OSError:
                return  # nobody there yet, or any more: BYE or silence will tell


def _numbered(packet: Packet, step: int) -> int:
    """The place of a frame in the order of frames, for packets of any length."""
    frames = max(1, -(-len(packet.payload) // FRAME_BYTES))
    return (packet.sequence * frames + step) & 0xFFFF


def free_line(host: str, first: int, count: int, limits: Limits | None = None) -> Line:
    """A line on the first free even port (RFC 3550, 11) of `count` calls from `first`; 0 is any.

    Raises:
        OSError: none is free.
    """
    ports = range(first, first + 2 * count, 2) if first else [0]
    for port in ports:
        try:
            return Line(host, port, limits)
        except OSError:
            continue
    raise OSError(f"no free RTP port from {first} on")
