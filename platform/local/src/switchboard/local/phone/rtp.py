"""RTP packets (RFC 3550), their order, and keys as telephone events (RFC 4733)."""

import struct
from dataclasses import dataclass

FRAME_BYTES = 160
"""Of PCMU in 20 ms."""
KEYS = "0123456789*#ABCD"
MAX_WAITING = 50
"""Frames kept for one call: one second."""
DEPTH = 2
"""Frames that are held back while more come, so that one that was overtaken finds its place."""
GAP = 5
"""After so many ticks without a frame the caller's softphone sends nothing: silence."""
_HEADER = struct.Struct("!BBHII")
_HALF = 0x8000
_VERSION, _MARK = 0x80, 0x80


class RtpError(ValueError):
    """Not an RTP packet."""


@dataclass(frozen=True)
class Packet:
    """What of a packet matters here."""

    payload_type: int
    sequence: int
    timestamp: int
    payload: bytes
    marker: bool = False
    source: int = 0

    def to_bytes(self) -> bytes:
        """On the wire."""
        second = (_MARK if self.marker else 0) | self.payload_type
        fixed = (self.sequence & 0xFFFF, self.timestamp & 0xFFFFFFFF, self.source)
        return _HEADER.pack(_VERSION, second, *fixed) + self.payload


def read_packet(data: bytes) -> Packet:
    """Read a datagram.

    Raises:
        RtpError: too short, another version, or lengths that do not fit.
    """
    if len(data) < _HEADER.size or data[0] >> 6 != 2:  # noqa: PLR2004 (version 2)
        raise RtpError("no RTP of version 2")
    first, second, sequence, timestamp, source = _HEADER.unpack_from(data)
    start = _HEADER.size + 4 * (first & 0x0F)
    if first & 0x10:  # a header extension: its length in words is in its third and fourth byte
        if len(data) < start + 4:
            raise RtpError("cut off in the extension")
        start += 4 + 4 * int.from_bytes(data[start + 2 : start + 4])
    end = len(data) - (data[-1] if first & 0x20 else 0)
    if start > end:
        raise RtpError("lengths do not fit")
    marker = bool(second & _MARK)
    return Packet(second & 0x7F, sequence, timestamp, data[start:end], marker, source)


class Jitter:
    """Puts frames that overtook each other in order again; what comes too late is dropped."""

    def __init__(self) -> None:
        """Nothing has come."""
        self._waiting: dict[int, bytes] = {}
        self._next: int | None = None
        self._came = False
        self._dry = 0

    def push(self, sequence: int, payload: bytes) -> None:
        """A frame came."""
        if self._next is not None and (sequence - self._next) & 0xFFFF >= _HALF:
            if (self._next - sequence) & 0xFFFF <= MAX_WAITING:
                return  # late, or doubled
            self._waiting.clear()  # the sender began anew
            self._next = None
        self._came = True
        self._waiting[sequence] = payload
        if len(self._waiting) > MAX_WAITING:
            self._pop()

    def due(self) -> list[bytes | None]:
        """The frames of this tick, in order; None stands for 20 ms in which nothing was sent."""
        kept = DEPTH if self._came else 0
        found: list[bytes | None] = []
        while len(self._waiting) > kept:
            found.append(self._pop())
        self._dry = 0 if self._came or found else self._dry + 1
        self._came = False
        return [None] if self._dry > GAP else found

    def _pop(self) -> bytes:
        origin = self._next if self._next is not None else next(iter(self._waiting))
        chosen = min(self._waiting, key=lambda item: (item - origin + _HALF) & 0xFFFF)
        self._next = (chosen + 1) & 0xFFFF
        return self._waiting.pop(chosen)


class KeyPresses:
    """Each key once, however often its event is repeated (RFC 4733, 2.5.1.4: same timestamp)."""

    def __init__(self) -> None:
        """No key was pressed."""
        self._last: int | None = None

    def heard(self, packet: Packet) -> str:
        """The key that this packet newly presses, or an empty text."""
        if len(packet.payload) < 4 or packet.timestamp == self._last:  # noqa: PLR2004 (event, flags, duration)
            return ""
        if packet.payload[0] >= len(KEYS):
            return ""
        self._last = packet.timestamp
        key = KEYS[packet.payload[0]]
        return "" if key in "ABCD" else key
