"""How an AWS data plane answers: errors named by a header, results as event-stream frames.

Sources: botocore 1.44.5 service models `bedrock-agentcore` and `bedrock-runtime` (rest-json),
and the event stream encoding of the AWS SDKs.
"""

import binascii
import json
import struct
from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

EVENT_STREAM = "application/vnd.amazon.eventstream"


class AwsError(Exception):
    """An error in the form AWS clients understand.

    Subclasses fix status and error type:
    ValidationError, AccessDeniedError, UnauthorizedError, NotFoundError, RuntimeClientError.
    """

    status = 500
    error_type = "InternalServerException"
    members: ClassVar[Mapping[str, Any]] = {}

    def body(self) -> dict[str, Any]:
        """The modelled members of the error."""
        return {"message": str(self), **self.members}


class ValidationError(AwsError):
    """The request is not well-formed."""

    status, error_type = 400, "ValidationException"
    members: ClassVar[Mapping[str, Any]] = {"reason": "FieldValidationFailed"}


class AccessDeniedError(AwsError):
    """The request carries no AWS signature."""

    status, error_type = 403, "AccessDeniedException"


class UnauthorizedError(AwsError):
    """The workload token is unknown or expired."""

    status, error_type = 401, "UnauthorizedException"


class NotFoundError(AwsError):
    """The named resource does not exist."""

    status, error_type = 404, "ResourceNotFoundException"


class RuntimeClientError(AwsError):
    """The agent did not start, or answered with an error (424)."""

    status, error_type = 424, "RuntimeClientError"


class ModelError(AwsError):
    """The model failed while it answered (424)."""

    status, error_type = 424, "ModelErrorException"


async def answer_error(_request: Request, error: Exception) -> Response:
    """Starlette exception handler for `AwsError`."""
    if not isinstance(error, AwsError):
        raise error
    return JSONResponse(
        error.body(),
        error.status,
        headers={"x-amzn-ErrorType": error.error_type, "x-amzn-RequestId": str(uuid4())},
    )


def demand_signature(request: Request) -> None:
    """Refuse a request without SigV4 or bearer authorization; the signature is not checked here.

    Raises:
        AccessDeniedError: there is no Authorization header of a known kind.
    """
    if not request.headers.get("authorization", "").startswith(("AWS4-HMAC-SHA256 ", "Bearer ")):
        raise AccessDeniedError("the request is not signed")


async def json_body(request: Request) -> dict[str, Any]:
    """The JSON object in the body (empty body = empty object).

    Raises:
        ValidationError: the body is no JSON object.
    """
    raw = await request.body()
    try:
        body = json.loads(raw or b"{}")
    except ValueError as error:
        raise ValidationError("the body is not JSON") from error
    if not isinstance(body, dict):
        raise ValidationError("the body is not a JSON object")
    return body


def event_frame(event_type: str, payload: Mapping[str, Any]) -> bytes:
    """One event: prelude, CRC, string headers, JSON payload, CRC."""
    headers = b"".join(
        struct.pack(">B", len(name))
        + name.encode()
        + b"\x07"
        + struct.pack(">H", len(value))
        + value.encode()
        for name, value in (
            (":event-type", event_type),
            (":content-type", "application/json"),
            (":message-type", "event"),
        )
    )
    body = json.dumps(payload).encode()
    prelude = struct.pack(">II", 12 + len(headers) + len(body) + 4, len(headers))
    prelude += struct.pack(">I", binascii.crc32(prelude))
    message = prelude + headers + body
    return message + struct.pack(">I", binascii.crc32(message))
