"""SIP messages (RFC 3261) as far as a desk that is rung needs them; a parser that never crashes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

VERSION = "SIP/2.0"
MAX_BYTES = 16_384
MAX_HEADERS = 100
COMPACT = {
    "v": "via", "f": "from", "t": "to", "i": "call-id", "m": "contact", "l": "content-length",
    "c": "content-type", "k": "supported", "e": "content-encoding", "s": "subject",
}  # fmt: skip
"""Short names of headers (RFC 3261, 7.3.3)."""
NEEDED = ("via", "from", "to", "call-id", "cseq")
ECHOED = ("Via", "Record-Route", "From", "To", "Call-ID", "CSeq")
REASONS = {
    100: "Trying", 180: "Ringing", 200: "OK", 400: "Bad Request", 405: "Method Not Allowed",
    420: "Bad Extension", 481: "Call Does Not Exist", 486: "Busy Here",
    487: "Request Terminated", 488: "Not Acceptable Here", 500: "Server Error",
    503: "Service Unavailable",
}  # fmt: skip
_METHOD = re.compile(r"[A-Z]{1,32}")
_NAME = re.compile(r"[A-Za-z0-9!%*_+`'~.-]{1,64}")
_NUMBER = re.compile(r"[0-9]{1,10}")
_TAG = re.compile(r";\s*tag=([^;,\s>]+)", re.IGNORECASE)
_URI = re.compile(r"<\s*(sips?:[^>\s]+)\s*>|^\s*(sips?:[^;\s]+)", re.IGNORECASE)
_USER = re.compile(r"sips?:([^@;>\s]*)@", re.IGNORECASE)
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f]+")

Headers = dict[str, list[str]]


class SipFormatError(ValueError):
    """Not a message we understand; `headers` are those that could be read, for the answer."""

    def __init__(self, message: str, headers: Headers | None = None) -> None:
        """What is wrong, and what an answer may quote."""
        super().__init__(message)
        self.headers = headers or {}


@dataclass(frozen=True)
class Request:
    """A request, with every header in the order it came."""

    method: str
    uri: str
    headers: Headers = field(repr=False)
    body: bytes = b""

    def first(self, name: str) -> str:
        """The first header of this name, or an empty text."""
        return (self.headers.get(name) or [""])[0]

    @property
    def call_id(self) -> str:
        """Of the dialog."""
        return self.first("call-id")

    @property
    def cseq(self) -> int:
        """The number of the request in its dialog."""
        return int(self.first("cseq").split()[0])

    @property
    def to_tag(self) -> str:
        """Ours, in a request inside a dialog."""
        return tag_of(self.first("to"))

    @property
    def from_tag(self) -> str:
        """The caller's."""
        return tag_of(self.first("from"))

    @property
    def caller(self) -> str:
        """The user that rings, as its softphone says."""
        found = _USER.search(self.first("from"))
        return found.group(1) if found else ""


@dataclass(frozen=True)
class Response:
    """An answer to a request of ours; which one, says CSeq."""

    status: int
    headers: Headers = field(repr=False)

    @property
    def call_id(self) -> str:
        """Of the dialog."""
        return (self.headers.get("call-id") or [""])[0]


def parse(data: bytes) -> Request | Response:
    """Read a datagram.

    Raises:
        SipFormatError: it is no SIP message, or one that breaks the rules.
    """
    if len(data) > MAX_BYTES:
        raise SipFormatError(f"more than {MAX_BYTES} bytes")
    head, end, body = data.partition(b"\r\n\r\n")
    try:
        first, *rest = head.decode("utf-8").lstrip("\r\n").split("\r\n")
    except UnicodeDecodeError as error:
        raise SipFormatError("headers are not UTF-8") from error
    headers = _headers(rest)
    if not end:
        raise SipFormatError("no empty line after the headers", headers)
    if first.startswith(f"{VERSION} "):
        return Response(_status(first, headers), headers)
    method, uri = _request_line(first, headers)
    _check(method, headers)
    return Request(method, uri, headers, _body(headers, body))


def is_request_like(data: bytes) -> bool:
    """Whether a datagram means to be a request: only those deserve a 400."""
    line = data[:2_048].lstrip(b"\r\n").split(b"\r\n", 1)[0]
    return b" SIP/" in line and not line.startswith((b"SIP/", b"ACK "))


def respond(
    headers: Headers, status: int, *, detail: str = "", tag: str = "",
    extra: tuple[tuple[str, str], ...] = (), body: str = "",
) -> bytes:  # fmt: skip
    """A response to the request with these headers (RFC 3261, 8.2.6).

    Args:
        headers: of the request.
        status: a number of REASONS.
        detail: goes behind the reason, for people.
        tag: ours, added to To where there is none.
        extra: further headers.
        body: a session description.
    """
    reason = f"{REASONS[status]}: {_UNPRINTABLE.sub(' ', detail)}" if detail else REASONS[status]
    lines = [f"{VERSION} {status} {reason}"]
    for name in ECHOED:
        added = tag if name == "To" else ""
        lines += [f"{name}: {_with_tag(value, added)}" for value in headers.get(name.lower(), [])]
    lines += [f"{name}: {value}" for name, value in extra]
    return _joined(lines, body)


def request(method: str, uri: str, headers: tuple[tuple[str, str], ...]) -> bytes:
    """A request of ours, without a body."""
    lines = [f"{method} {uri} {VERSION}", *(f"{name}: {value}" for name, value in headers)]
    return _joined(lines, "")


def uri_of(value: str) -> str:
    """The URI of a Contact, From or To header; empty when there is none."""
    found = _URI.search(value)
    return (found.group(1) or found.group(2)) if found else ""


def tag_of(value: str) -> str:
    """The tag of a From or To header; empty when there is none."""
    found = _TAG.search(value)
    return found.group(1) if found else ""


def _joined(lines: list[str], body: str) -> bytes:
    content = body.encode()
    if body:
        lines = [*lines, "Content-Type: application/sdp"]
    return "\r\n".join([*lines, f"Content-Length: {len(content)}", "", ""]).encode() + content


def _with_tag(value: str, tag: str) -> str:
    return f"{value};tag={tag}" if tag and not tag_of(value) else value


def _headers(lines: list[str]) -> Headers:
    found: Headers = {}
    for number, line in enumerate(_unfolded(lines)):
        name, colon, value = line.partition(":")
        key = name.strip().lower()
        if not colon or not _NAME.fullmatch(key):
            raise SipFormatError(f"header {number + 1} has no name", found)
        if number >= MAX_HEADERS:
            raise SipFormatError(f"more than {MAX_HEADERS} headers", found)
        text = _UNPRINTABLE.sub(" ", value).strip()
        found.setdefault(COMPACT.get(key, key), []).append(text)
    return found


def _unfolded(lines: list[str]) -> Iterator[str]:
    """A line that begins with white space continues the one before (RFC 3261, 7.3.1)."""
    current = ""
    for line in lines:
        if line[:1] in {" ", "\t"} and current:
            current += " " + line.strip()
            continue
        if current:
            yield current
        current = line
    if current:
        yield current


def _request_line(first: str, headers: Headers) -> tuple[str, str]:
    parts = first.split(" ")
    if len(parts) != 3 or not _METHOD.fullmatch(parts[0]) or parts[2] != VERSION:  # noqa: PLR2004 (a line of three words)
        raise SipFormatError("the first line is not 'METHOD uri SIP/2.0'", headers)
    if not parts[1].lower().startswith(("sip:", "sips:", "tel:")):
        raise SipFormatError("the address is no sip: URI", headers)
    return parts[0], parts[1]


def _status(first: str, headers: Headers) -> int:
    found = first.split(" ")[1]
    if not re.fullmatch(r"[1-6][0-9]{2}", found):
        raise SipFormatError("the status is no number", headers)
    return int(found)


def _check(method: str, headers: Headers) -> None:
    for name in NEEDED:
        if not (headers.get(name) or [""])[0]:
            raise SipFormatError(f"no {name} header", headers)
    number, _, named = headers["cseq"][0].partition(" ")
    if not _NUMBER.fullmatch(number) or named.strip() != method:
        raise SipFormatError("CSeq is not a number and the method", headers)
    if not tag_of(headers["from"][0]):
        raise SipFormatError("From has no tag", headers)


def _body(headers: Headers, body: bytes) -> bytes:
    given = (headers.get("content-length") or [str(len(body))])[0]
    if not _NUMBER.fullmatch(given) or int(given) > len(body):
        raise SipFormatError("Content-Length does not fit the body", headers)
    return body[: int(given)]
