"""Published prototypes are shown until they expire, and nothing else is."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from typing import Any

import boto3
import httpx
import pytest

from switchboard.local.prototypes.app import create_app
from switchboard.local.prototypes.origin import S3Origin
from switchboard.local.settings import LocalSettings
from switchboard.local.standin.threaded import served

BUCKET = "switchboard-prototypes"
PARAMETER = "/switchboard/dev/platform/prototypes/bucket"
START = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
ONE = "01KAJ1N0V4TESTPR0T0TYPE001"
OTHER = "01KAJ1N0V4TESTPR0T0TYPE002"


@dataclass
class Site:
    """The served prototypes, the bucket behind them and the hour."""

    http: httpx.Client
    s3: Any
    port: int
    hour: list[datetime] = field(default_factory=lambda: [START])

    def put(self, key: str, text: str, **more: Any) -> None:
        self.s3.put_object(Bucket=BUCKET, Key=key, Body=text.encode(), **more)

    def publish(self, prototype: str, days: int = 7) -> None:
        ends = (START + timedelta(days=days)).isoformat()
        self.put(f"{prototype}/.expires.json", json.dumps({"expires_at": ends}))
        self.put(f"{prototype}/index.html", "<h1>Stock</h1>", ContentType="text/html")
        self.put(f"{prototype}/style.css", "h1{color:red}")

    def status(self, raw_path: str) -> int:
        """The answer to a path that no client library may tidy up."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", raw_path)
            return connection.getresponse().status
        finally:
            connection.close()


@pytest.fixture
def site(aws: boto3.Session, tmp_path: Any) -> Iterator[Site]:
    s3: Any = aws.client("s3")
    ssm: Any = aws.client("ssm")
    s3.create_bucket(Bucket=BUCKET)
    ssm.put_parameter(Name=PARAMETER, Value=BUCKET, Type="String")
    made: list[Site] = []

    def build(port: int) -> Any:
        client = httpx.Client(base_url=f"http://127.0.0.1:{port}")
        made.append(Site(client, s3, port))
        settings = LocalSettings(home=tmp_path, port_prototypes=port)
        return create_app(settings, S3Origin(s3, ssm, PARAMETER), lambda: made[0].hour[0])

    with served(build):
        yield made[0]
        made[0].http.close()


def test_a_prototype_is_served_with_its_types_and_cannot_call_out(site: Site) -> None:
    site.publish(ONE)

    page = site.http.get(f"/{ONE}/")
    style = site.http.get(f"/{ONE}/style.css")

    assert page.text == "<h1>Stock</h1>"
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert style.headers["content-type"] == "text/css; charset=utf-8"
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "connect-src 'none'" in policy
    assert page.headers["x-content-type-options"] == "nosniff"
    assert site.http.head(f"/{ONE}/index.html").content == b""


def test_after_its_time_a_prototype_is_gone_at_once_and_the_others_are_not(site: Site) -> None:
    site.publish(ONE, days=1)
    site.publish(OTHER, days=7)
    site.hour[0] = START + timedelta(days=1)

    gone = site.http.get(f"/{ONE}/index.html")

    assert gone.status_code == 410
    assert "expired" in gone.text
    assert site.http.get(f"/{ONE}/style.css").status_code == 410
    assert site.http.get(f"/{OTHER}/index.html").status_code == 200


def test_the_expiry_of_a_single_file_counts_too(site: Site) -> None:
    site.publish(ONE)
    ends = (START - timedelta(seconds=1)).isoformat()
    site.put(f"{ONE}/old.html", "old", Metadata={"expires-at": ends})

    assert site.http.get(f"/{ONE}/old.html").status_code == 410
    assert site.http.get(f"/{ONE}/index.html").status_code == 200


def test_an_expiry_nobody_can_read_closes_the_prototype(site: Site) -> None:
    site.publish(ONE)
    site.put(f"{ONE}/.expires.json", "soon")

    assert site.http.get(f"/{ONE}/index.html").status_code == 403


def test_what_is_not_a_file_of_a_prototype_is_refused(site: Site) -> None:
    site.publish(ONE)
    site.put("top-level.html", "not part of a prototype")

    assert site.http.get(f"/{ONE}/missing.html").status_code == 403
    assert site.http.get(f"/{OTHER}/index.html").status_code == 403
    assert site.http.post(f"/{ONE}/index.html").status_code == 403
    for path in ("/", f"/{ONE}", "/top-level.html", f"/{ONE}/.expires.json"):
        assert site.http.get(path).status_code in (403, 404)


def test_no_path_leads_out_of_a_prototype(site: Site) -> None:
    site.publish(ONE)

    for path in (
        f"/{OTHER}/../{ONE}/index.html",
        f"/{OTHER}/%2e%2e/{ONE}/index.html",
        f"/{OTHER}/%2E%2E%2f{ONE}/index.html",
        f"/{OTHER}/x%2f..%2f..%2f{ONE}/index.html",
        f"/{OTHER}/..%5c{ONE}/index.html",
        f"/{ONE}//index.html",
        f"/{ONE}/x/%2eexpires.json",
        f"/{ONE}%2f.expires.json",
    ):
        assert site.status(path) in (403, 404), path


def test_before_the_platform_is_deployed_the_answer_says_so(
    site: Site, aws: boto3.Session, tmp_path: Any
) -> None:
    origin = S3Origin(site.s3, aws.client("ssm"), "/switchboard/dev/nothing")

    with served(lambda _port: create_app(LocalSettings(home=tmp_path), origin)) as port:
        answer = httpx.get(f"http://127.0.0.1:{port}/{ONE}/index.html")

    assert answer.status_code == 502
    assert "deployed" in answer.text
