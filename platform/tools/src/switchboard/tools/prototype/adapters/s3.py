"""Prototypes in S3.

Object tag `expiry-days` serves the lifecycle rules, metadata `expires-at` the viewer's gate.
5xx and broken connections are retried three times, after 1, 2 and 4 s (ERR-07).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

from switchboard.tools.backoff import Backoff, Sleep
from switchboard.tools.errors import AuthFailedError, FailedError, RateLimitedError, ToolError
from switchboard.tools.prototype.store import StoredFile

if TYPE_CHECKING:  # the stubs never ship in a Lambda
    from mypy_boto3_s3 import S3Client

WAITS = (1.0, 2.0, 4.0)
"""Seconds (F16)."""
EXPIRES_AT = "expires-at"
"""Travels as header `x-amz-meta-expires-at`."""
_SERVER_ERROR, _NOT_FOUND, _FORBIDDEN = 500, 404, 403


class S3PrototypeStore:
    """The prototype bucket."""

    def __init__(self, client: S3Client, bucket: str, sleep: Sleep) -> None:
        """Store in `bucket`; `client` should not retry by itself."""
        self._client = client
        self._bucket = bucket
        self._backoff = Backoff(WAITS, sleep)

    def put(self, file: StoredFile) -> None:
        """See the port."""
        self._call(
            lambda: self._client.put_object(
                Bucket=self._bucket,
                Key=file.key,
                Body=file.body,
                ContentType=file.content_type,
                Tagging=f"expiry-days={file.expiry_days}",
                Metadata={EXPIRES_AT: file.expires_at.isoformat()},
            )
        )

    def read(self, key: str) -> bytes | None:
        """See the port."""
        answer = self._call(lambda: self._client.get_object(Bucket=self._bucket, Key=key))
        return None if answer is None else bytes(answer["Body"].read())

    def exists(self, key: str) -> bool:
        """See the port."""
        found = self._call(lambda: self._client.head_object(Bucket=self._bucket, Key=key))
        return found is not None

    def _call(self, call: Callable[[], Any]) -> Any:
        """The answer, or None for 404."""
        try:
            return self._backoff(call, _worth_it)
        except ClientError as error:
            if _status(error) == _NOT_FOUND:
                return None
            raise _translated(error) from error
        except BotoCoreError as error:
            raise FailedError("S3 cannot be reached", "Try again in a minute") from error


def _status(error: Exception) -> int:
    response: Any = getattr(error, "response", {})
    return int(response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def _worth_it(error: Exception) -> bool:
    return isinstance(error, HTTPClientError) or _status(error) >= _SERVER_ERROR


def _translated(error: ClientError) -> ToolError:
    if error.response["Error"]["Code"] == "SlowDown":
        return RateLimitedError("S3 asks for a pause", "Wait a minute, then call again")
    if _status(error) == _FORBIDDEN:
        return AuthFailedError(
            "S3 refused the tool's role", "Ask the platform team to check its permissions"
        )
    return FailedError("The file could not be stored", "Try again in a minute")
