"""Large story bodies in the content bucket (claim check, K-33)."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from switchboard.events.values import ContentRef
from switchboard.orchestrator.domain.model import StartFailedError, StartUnavailableError

if TYPE_CHECKING:  # the stubs never ship in a Lambda
    from mypy_boto3_s3 import S3Client

_AGAIN = "Set the story's status again: its text is then read anew"
_SERVER_ERROR = 500


class S3Stories:
    """Reads a body back and believes it only if its hash is the one that was sent."""

    def __init__(self, client: S3Client, bucket: str) -> None:
        """Read from `bucket`."""
        self._client = client
        self._bucket = bucket

    def body(self, ref: ContentRef) -> str:
        """The Markdown."""
        try:
            raw = self._client.get_object(Bucket=self._bucket, Key=ref.key)["Body"].read()
        except ClientError as error:
            status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
            if status >= _SERVER_ERROR:
                raise StartUnavailableError(f"the story cannot be read now: {error}") from error
            raise StartFailedError(f"The story's text cannot be read: {error}", _AGAIN) from error
        except BotoCoreError as error:
            raise StartUnavailableError(f"the story cannot be read now: {error}") from error
        if hashlib.sha256(raw).hexdigest() != ref.sha256:
            raise StartFailedError("The story's text is not the one that was sent", _AGAIN)
        return raw.decode()
