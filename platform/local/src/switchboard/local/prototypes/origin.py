"""Where published files lie: the platform's prototype bucket."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError

EXPIRY_FILE = ".expires.json"
EXPIRES_AT = "expires-at"
MISSING = ("NoSuchKey", "404", "403", "AccessDenied")


class OriginUnavailableError(RuntimeError):
    """The bucket cannot be read now: nothing is deployed, or the engine is down."""


@dataclass(frozen=True)
class StoredFile:
    """A file and when it stops being shown."""

    data: bytes
    content_type: str
    expires_at: datetime | None = None


class Origin(Protocol):
    """What the edge needs of its origin."""

    def read(self, key: str) -> StoredFile | None:
        """A file; None when there is none.

        Raises:
            OriginUnavailableError: nobody can say.
        """
        ...

    def expiry(self, prototype: str) -> datetime | None:
        """When a whole prototype ends; None when it says nothing of it.

        Raises:
            ValueError: it says something that is no instant.
            OriginUnavailableError: nobody can say.
        """
        ...


@dataclass
class S3Origin:
    """The bucket named by an SSM parameter, looked up once and again when it is gone."""

    s3: Any
    ssm: Any
    parameter: str
    _bucket: str = field(default="")

    def read(self, key: str) -> StoredFile | None:
        """See the port."""
        try:
            found = self.s3.get_object(Bucket=self._bucket_name(), Key=key)
            data = found["Body"].read()
        except ClientError as error:
            if error.response["Error"]["Code"] in MISSING:
                return None
            self._bucket = ""
            raise OriginUnavailableError(str(error)) from error
        except BotoCoreError as error:
            raise OriginUnavailableError(str(error)) from error
        stamp = found.get("Metadata", {}).get(EXPIRES_AT)
        expires_at = datetime.fromisoformat(stamp) if stamp else None
        return StoredFile(data, found.get("ContentType", ""), expires_at)

    def expiry(self, prototype: str) -> datetime | None:
        """See the port."""
        file = self.read(f"{prototype}/{EXPIRY_FILE}")
        if file is None:
            return None
        try:
            return _instant(json.loads(file.data)["expires_at"])
        except (KeyError, TypeError) as error:
            raise ValueError(f"{EXPIRY_FILE} of {prototype} names no expires_at") from error

    def _bucket_name(self) -> str:
        if not self._bucket:
            answer = self.ssm.get_parameter(Name=self.parameter)
            self._bucket = str(answer["Parameter"]["Value"])
        return self._bucket


def _instant(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
