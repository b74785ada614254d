"""What X-Ray's OTLP endpoint gets: a body in OTLP's JSON, signed so that the signature fits it.

The signature is computed again here, from AWS's description of Signature Version 4.
"""

import hashlib
import hmac
import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from switchboard.events import trace
from switchboard.events.trace_export import ENDPOINT, PostedSpans, QueuedSpans, configured
from switchboard.events.xray import NotTakenError, SignedPost

SECRET = "local"
REGION = "us-east-1"


class XRay(ThreadingHTTPServer):
    """Takes what is signed for service `xray` by `SECRET`; refuses the rest with 403."""

    daemon_threads = True

    def __init__(self) -> None:
        self.bodies: list[dict[str, Any]] = []
        self.status = 200
        super().__init__(("127.0.0.1", 0), Door)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Door(BaseHTTPRequestHandler):
    """POST /v1/traces."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        server: Any = self.server
        body = self.rfile.read(int(self.headers["Content-Length"]))
        taken = self.path == "/v1/traces" and self._signed(body)
        if taken:
            server.bodies.append(json.loads(body))
        self.send_response(server.status if taken else 403)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _signed(self, body: bytes) -> bool:
        given = dict(re.findall(r"(\w+)=([^, ]+)", self.headers["Authorization"]))
        _, day, region, service, _ = given["Credential"].split("/")
        names = given["SignedHeaders"].split(";")
        canonical = "\n".join(
            [
                "POST",
                self.path,
                "",
                *(f"{name}:{self.headers[name].strip()}" for name in names),
                "",
                ";".join(names),
                hashlib.sha256(body).hexdigest(),
            ]
        )
        scope = f"{day}/{region}/{service}/aws4_request"
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        text = f"AWS4-HMAC-SHA256\n{self.headers['X-Amz-Date']}\n{scope}\n{digest}"
        key = f"AWS4{SECRET}".encode()
        for part in (day, region, service, "aws4_request"):
            key = hmac.digest(key, part.encode(), "sha256")
        wanted = hmac.digest(key, text.encode(), "sha256").hex()
        return (region, service, wanted) == (REGION, "xray", given["Signature"])

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        """Tests print nothing."""


@pytest.fixture
def x_ray(monkeypatch: pytest.MonkeyPatch) -> Iterator[XRay]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "local")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_SESSION_TOKEN", "of-the-role")
    with XRay() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def span(name: str) -> trace.Span:
    return trace.Span(name, "agents", trace.trace_id("flow"), trace.run("inv"), trace.root("flow"))


def test_spans_reach_x_ray_signed_by_the_role_in_the_trace_of_the_flow(x_ray: XRay) -> None:
    spans = QueuedSpans(PostedSpans(x_ray.url, SignedPost(REGION, 5)))

    with trace.recorded(spans, span("run code")):
        spans.write(span("chat"))
    spans.close()

    resources = [item for body in x_ray.bodies for item in body["resourceSpans"]]
    sent = [item["scopeSpans"][0]["spans"][0] for item in resources]
    assert [item["name"] for item in sent] == ["chat", "run code"]
    assert {item["traceId"] for item in sent} == {trace.trace_id("flow")}
    assert sent[1]["parentSpanId"] == trace.root("flow")
    assert resources[0]["resource"]["attributes"][0]["value"] == {"stringValue": "agents"}


def test_a_signature_for_another_region_is_no_use_and_the_work_goes_on(x_ray: XRay) -> None:
    posted = SignedPost("eu-west-1", 5)

    with pytest.raises(NotTakenError, match="403"):
        posted(f"{x_ray.url}/v1/traces", b"{}")
    with trace.recorded(PostedSpans(x_ray.url, posted), span("run code")):
        pass

    assert x_ray.bodies == []


def test_a_refusal_is_no_error_of_the_work(x_ray: XRay, caplog: pytest.LogCaptureFixture) -> None:
    x_ray.status = 400  # what X-Ray says while Transaction Search is off is not known

    PostedSpans(x_ray.url, SignedPost(REGION, 5)).write(span("run code"))

    assert [record.getMessage() for record in caplog.records] == [
        "spans were not taken: NotTakenError"
    ]


def test_x_rays_address_is_signed_for_and_a_collectors_is_not(x_ray: XRay) -> None:
    signed: Any = configured({ENDPOINT: f"https://xray.{REGION}.amazonaws.com"})
    plain: Any = configured({ENDPOINT: x_ray.url})

    plain.write(span("run code"))

    assert isinstance(signed._post, SignedPost)
    assert x_ray.bodies == []  # the stand-in refuses what is not signed
