"""Large page bodies in the content bucket."""

import hashlib
from typing import TYPE_CHECKING

from switchboard.events.values import ContentRef

if TYPE_CHECKING:  # the stubs never ship in a Lambda
    from mypy_boto3_s3 import S3Client


def snapshot_ref(invocation_id: str, markdown: str) -> ContentRef:
    """The claim check of a body.

    The hash is part of the key: a redelivery that reads a newer body never overwrites the one an
    event already points to.
    """
    raw = markdown.encode()
    sha256 = hashlib.sha256(raw).hexdigest()
    name = f"snapshots/{invocation_id}-{sha256[:16]}.md"
    return ContentRef(key=name, sha256=sha256, size_bytes=len(raw))


class S3Bodies:
    """Bodies as objects under `snapshots/`."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        """Write to `bucket`."""
        self._client = client
        self._bucket = bucket

    def put(self, invocation_id: str, markdown: str) -> ContentRef:
        """One PutObject; repeating it changes nothing."""
        ref = snapshot_ref(invocation_id, markdown)
        self._client.put_object(
            Bucket=self._bucket,
            Key=ref.key,
            Body=markdown.encode(),
            ContentType="text/markdown; charset=utf-8",
        )
        return ref
