"""Documents in S3."""

from botocore.exceptions import BotoCoreError, ClientError
from mypy_boto3_s3 import S3Client

from switchboard.local.gateway.documents import DocumentMissingError


class S3Documents:
    """Reads objects."""

    def __init__(self, client: S3Client) -> None:
        """Read with `client`."""
        self._client = client

    def text(self, uri: str) -> str:
        """GetObject."""
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        try:
            return self._client.get_object(Bucket=bucket, Key=key)["Body"].read().decode()
        except (ClientError, BotoCoreError, UnicodeDecodeError) as error:
            raise DocumentMissingError(f"{uri}: {error}") from error
