"""Where spans go: lines of a file, or OTLP by HTTP to a collector or to X-Ray itself.

Spans leave in OTLP's JSON encoding (opentelemetry-proto, `TracesData`). X-Ray takes it at
`https://xray.<region>.amazonaws.com/v1/traces`: signed, at most 5 MB and 10,000 spans at a time,
once Transaction Search is on (CloudWatch's user guide, "OTLP endpoints"). A place that takes no
spans loses them, and never the work. Not run on AWS.
"""

import atexit
import contextlib
import json
import logging
import os
import queue
import re
import threading
import time
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from switchboard.events.trace import NoSpans, Span, Spans

FOLDER = "SWITCHBOARD_TRACES_FOLDER"
"""Variable: write spans below this folder (locally)."""
ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
"""Variable of OpenTelemetry: post spans there; X-Ray's address is signed for."""
X_RAY = re.compile(r"https?://xray\.(?P<region>[a-z0-9-]+)\.")
POST_SECONDS = 1
QUIET_SECONDS = 30.0
"""How long a place is left alone that did not take spans: an outage costs one wait, not each."""
MOST_WAITING = 2_000
MOST_AT_ONCE = 500
LINGER_SECONDS = 0.5
"""What comes within this time goes in one request."""

Post = Callable[[str, bytes], None]
"""Posts a body to an address; raises what it likes when the body was not taken."""
_logger = logging.getLogger(__name__)


class FolderSpans:
    """A line per span in a file of this process: one short append, so writers never mix."""

    def __init__(self, folder: Path) -> None:
        """Write below `folder`, which is made when the first span comes."""
        self._file = folder / f"{os.getpid()}.jsonl"

    def write(self, span: Span) -> None:
        """Append; a folder that cannot be written loses the span, not the work."""
        with contextlib.suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with self._file.open("a") as lines:
                lines.write(json.dumps(span.as_otlp(), separators=(",", ":")) + "\n")


def plainly(url: str, body: bytes) -> None:
    """Post without a signature, as a collector wants it.

    Raises:
        OSError: nobody is there, or it refuses.
    """
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(url, body, headers)  # noqa: S310 - checked by who calls
    urllib.request.urlopen(request, timeout=POST_SECONDS).close()  # noqa: S310 - as above


class PostedSpans:
    """By OTLP over HTTP, at once: for a process that stands still after its work, as Lambda's."""

    def __init__(
        self, endpoint: str, post: Post = plainly, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Post to `<endpoint>/v1/traces`."""
        if not endpoint.startswith(("http://", "https://")):
            raise ValueError(f"{ENDPOINT} is no HTTP address")
        self._url = f"{endpoint.rstrip('/')}/v1/traces"
        self._post = post
        self._clock = clock
        self._quiet_until = float("-inf")

    def write(self, span: Span) -> None:
        """Post one."""
        self.send([span])

    def send(self, spans: Sequence[Span]) -> None:
        """Post all of them in one request, unless the place did not take any a moment ago."""
        if self._clock() < self._quiet_until:
            return
        resources = [item for span in spans for item in span.as_otlp()["resourceSpans"]]
        try:
            self._post(self._url, json.dumps({"resourceSpans": resources}).encode())
        except Exception as error:  # noqa: BLE001 - whatever it is, the work that was traced goes on
            self._quiet_until = self._clock() + QUIET_SECONDS
            _logger.warning("spans were not taken: %s", type(error).__name__)


class QueuedSpans:
    """Posts from a thread of its own, so that a run never waits: for a process that lives on."""

    def __init__(self, to: PostedSpans) -> None:
        """Hand spans to `to`, several at a time; what still waits at the end goes out then."""
        self._to = to
        self._waiting: queue.Queue[Span | None] = queue.Queue(MOST_WAITING)
        self._thread = threading.Thread(target=self._work, name="spans", daemon=True)
        self._thread.start()
        atexit.register(self.close)

    def write(self, span: Span) -> None:
        """Take a span; one too many is lost."""
        with contextlib.suppress(queue.Full):
            self._waiting.put_nowait(span)

    def close(self) -> None:
        """Send what waits, and wait no longer than a request or two may take."""
        atexit.unregister(self.close)
        with contextlib.suppress(queue.Full):
            self._waiting.put_nowait(None)
        self._thread.join(2 * POST_SECONDS)

    def _work(self) -> None:
        more = True
        while more:
            spans, more = self._together()
            if spans:
                self._to.send(spans)

    def _together(self) -> tuple[list[Span], bool]:
        """The spans of one request, and whether more may come."""
        spans: list[Span] = []
        patience: float | None = None
        while len(spans) < MOST_AT_ONCE:
            try:
                span = self._waiting.get(timeout=patience)
            except queue.Empty:
                break
            if span is None:
                return spans, False
            spans.append(span)
            patience = LINGER_SECONDS
        return spans, True


def configured(environment: Mapping[str, str | None], *, queued: bool = False) -> Spans:
    """Where the variables say; nowhere when they say nothing, which costs nothing.

    `queued`: post from a thread (`QueuedSpans`).
    """
    if folder := environment.get(FOLDER):
        return FolderSpans(Path(folder))
    if endpoint := environment.get(ENDPOINT):
        posted = PostedSpans(endpoint, _post(endpoint))
        return QueuedSpans(posted) if queued else posted
    return NoSpans()


def _post(endpoint: str) -> Post:
    found = X_RAY.match(endpoint)
    if found is None:
        return plainly
    # Imported here: who writes files or posts to a collector need not have botocore.
    from switchboard.events.xray import SignedPost  # noqa: PLC0415

    return SignedPost(found["region"], POST_SECONDS)
