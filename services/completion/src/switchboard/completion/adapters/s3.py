"""Claim checks in the content bucket."""

import hashlib
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from switchboard.completion.domain.ports import ContentsUnavailableError
from switchboard.events.values import ContentRef

if TYPE_CHECKING:  # the stubs never ship in a Lambda
    from mypy_boto3_s3 import S3Client


class S3Contents:
    """Bodies under `snapshots/`; botocore retries by itself."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        """Put into `bucket`."""
        self._client = client
        self._bucket = bucket

    def put(self, key: str, text: str) -> ContentRef:
        """PutObject; the same key and text again change nothing."""
        body = text.encode()
        try:
            self._client.put_object(
                Bucket=self._bucket, Key=key, Body=body, ContentType="text/markdown; charset=utf-8"
            )
        except (ClientError, BotoCoreError) as error:
            raise ContentsUnavailableError(f"{key} was not stored: {error}") from error
        digest = hashlib.sha256(body).hexdigest()
        return ContentRef(key=key, sha256=digest, size_bytes=len(body))
