"""Prototypes on S3: what is stored with a file, and what happens when S3 fails."""

from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.config import Config

from switchboard.tools.errors import FailedError, ToolError
from switchboard.tools.prototype.adapters.s3 import S3PrototypeStore
from switchboard.tools.prototype.store import StoredFile


class Faults:
    """Answers the next requests with a status instead of sending them."""

    def __init__(self) -> None:
        self.left: list[int] = []
        self.seen = 0

    def __call__(self, request: Any, **_: Any) -> AWSResponse | None:
        self.seen += 1
        if not self.left:
            return None

        class Raw:
            def stream(self, **_: Any) -> Any:
                return iter([b""])

        return AWSResponse(request.url, self.left.pop(0), {}, Raw())


@pytest.fixture
def faults() -> Faults:
    return Faults()


@pytest.fixture
def client(aws: boto3.Session, faults: Faults) -> Any:
    client = aws.client("s3", config=Config(retries={"max_attempts": 0}))
    client.create_bucket(Bucket="prototypes")
    client.meta.events.register_first("before-send.s3", faults)
    return client


@pytest.fixture
def store(client: Any, clock: Any) -> S3PrototypeStore:
    return S3PrototypeStore(client, "prototypes", clock.sleep)


@pytest.fixture
def page(clock: Any) -> StoredFile:
    return StoredFile("inv-1/index.html", b"<p>", "text/html", 7, clock.now)


def test_a_file_carries_its_expiry_for_the_lifecycle_and_for_the_gate(
    store: S3PrototypeStore, client: Any, page: StoredFile
) -> None:
    store.put(page)

    stored = client.get_object(Bucket="prototypes", Key=page.key)
    tags = client.get_object_tagging(Bucket="prototypes", Key=page.key)["TagSet"]
    assert tags == [{"Key": "expiry-days", "Value": "7"}]
    assert stored["Metadata"] == {"expires-at": "2026-11-21T10:00:00+00:00"}
    assert stored["ContentType"] == "text/html"


@pytest.mark.requirement("ERR-07", "F")
def test_a_failing_upload_is_tried_again_after_1_2_and_4_seconds(
    store: S3PrototypeStore, faults: Faults, page: StoredFile, clock: Any
) -> None:
    faults.left = [500, 503, 502]

    store.put(page)

    assert clock.slept == [1.0, 2.0, 4.0]
    assert store.read(page.key) == b"<p>"


@pytest.mark.requirement("ERR-07", "F")
def test_after_three_retries_the_agent_is_told(
    store: S3PrototypeStore, faults: Faults, page: StoredFile, clock: Any
) -> None:
    faults.left = [500] * 4

    with pytest.raises(FailedError):
        store.put(page)

    assert faults.seen == 4
    assert clock.slept == [1.0, 2.0, 4.0]


def test_a_missing_permission_is_not_retried_and_has_its_code(
    store: S3PrototypeStore, faults: Faults, page: StoredFile, clock: Any
) -> None:
    faults.left = [403]

    with pytest.raises(ToolError) as caught:
        store.put(page)

    assert caught.value.code == "TOOL_AUTH_FAILED"
    assert clock.slept == []
