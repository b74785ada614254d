"""Session descriptions (RFC 4566) in the offer/answer model (RFC 3264): one stream of PCMU."""

import re
from dataclasses import dataclass

PCMU = 0
CLOCK = 8_000
DEFAULT_KEYS = 101
_AUDIO = re.compile(r"m=audio (\d{1,5})(?:/\d+)? RTP/AVPF? ((?:\d{1,3} ?)+)")
_KEYS = re.compile(r"a=rtpmap:(\d{1,3}) telephone-event/8000", re.IGNORECASE)
_DIRECTION = re.compile(r"a=(sendrecv|sendonly|recvonly|inactive)")
_MIRRORED = {"sendonly": "recvonly", "recvonly": "sendonly", "inactive": "inactive"}


class SdpError(ValueError):
    """The offer cannot be answered; the message says why."""


@dataclass(frozen=True)
class Offer:
    """What a caller can send and hear."""

    port: int
    keys_type: int | None
    """Payload type of telephone-event (RFC 4733); None: keys cannot be heard."""
    direction: str = "sendrecv"


def read_offer(body: bytes) -> Offer:
    """Read the offer of an INVITE.

    Its address is not read: sound goes to the machine that rang, whatever it claims, so that
    nobody can have the desk talk at a third machine.

    Raises:
        SdpError: there is no audio stream that we can talk on.
    """
    lines = body.decode("utf-8", "replace").splitlines()
    found = next((match for line in lines if (match := _AUDIO.match(line.strip()))), None)
    if found is None:
        raise SdpError("the offer has no audio over RTP/AVP")
    port, types = int(found.group(1)), [int(item) for item in found.group(2).split()]
    if not 0 < port < 65_536:  # noqa: PLR2004 (ports are 16 bits)
        raise SdpError(f"audio at port {port}")
    if PCMU not in types:
        raise SdpError("the offer has no PCMU; switch the codec G.711 u-law on")
    keys = [int(match.group(1)) for line in lines if (match := _KEYS.match(line.strip()))]
    ways = [match.group(1) for line in lines if (match := _DIRECTION.match(line.strip()))]
    offered = next((item for item in keys if item in types), None)
    return Offer(port, offered, ways[-1] if ways else "sendrecv")


def answer(host: str, port: int, offer: Offer | None) -> str:
    """Our description: the answer to an offer, or an offer where the caller made none."""
    keys = offer.keys_type if offer else DEFAULT_KEYS
    formats = f"{PCMU}" if keys is None else f"{PCMU} {keys}"
    described = [] if keys is None else [
        f"a=rtpmap:{keys} telephone-event/{CLOCK}", f"a=fmtp:{keys} 0-15",
    ]  # fmt: skip
    lines = [
        "v=0", f"o=desk {port} 1 IN IP4 {host}", "s=desk", f"c=IN IP4 {host}", "t=0 0",
        f"m=audio {port} RTP/AVP {formats}", f"a=rtpmap:{PCMU} PCMU/{CLOCK}", *described,
        "a=ptime:20", f"a={_MIRRORED.get(offer.direction if offer else '', 'sendrecv')}",
    ]  # fmt: skip
    return "".join(f"{line}\r\n" for line in lines)
