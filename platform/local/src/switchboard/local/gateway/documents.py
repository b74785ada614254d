"""The port through which the gateway reads OpenAPI documents that lie in S3."""

from typing import Protocol


class DocumentMissingError(LookupError):
    """The document cannot be read now; the message names it and says why."""


class Documents(Protocol):
    """Where targets keep their documents."""

    def text(self, uri: str) -> str:
        """The document at `s3://bucket/key`.

        Raises:
            DocumentMissingError: it is not there, or the store does not answer.
        """
        ...
