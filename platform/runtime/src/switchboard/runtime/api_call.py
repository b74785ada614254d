"""Custom resource that makes one AWS API call, given as data, where CloudFormation has no resource.

Wire (CloudFormation user guide, custom resource request and response objects): in `RequestType`
(Create, Update, Delete), `ResponseURL`, `StackId`, `RequestId`, `LogicalResourceId`,
`PhysicalResourceId`, `ResourceProperties`; out a PUT of `Status`, `Reason`, `PhysicalResourceId`,
`Data` (4096 bytes in all) to the address given. Our properties:

    {"Service": "bedrock-agentcore-control",
     "Create": {"Operation": "update_gateway", "Parameters": {...}},
     "Update": ..., "Delete": ...,          optional; an update without its own call repeats Create
     "PhysicalId": "...",                   optional; a change of it runs the old one's Delete
     "Outputs": ["roleArn"],                optional; answered as `Fn::GetAtt` (dots go deeper)
     "IgnoreErrors": ["ConflictException", "InvalidInput: has been taken"],
     "AgainWhen": "..."}                    not read; a change of it is an update

An ignored error is a code, or a code and a part of its message. CloudFormation may deliver a
request twice: the calls given must be ones that may be repeated (set, associate, ignore "exists").
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from threading import Event
from typing import Any
from urllib.request import Request, urlopen

import boto3
from aws_lambda_powertools import Logger
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

from switchboard.runtime.api_parameters import typed, without_secrets

NEVER_MADE = "switchboard-never-made"
"""Physical id of a resource whose creation failed: there is nothing to delete."""
REASON_LENGTH = 1000
"""The whole answer may have 4096 bytes."""
PERMISSION_WAITS = (2.0, 5.0, 10.0, 20.0)
"""Seconds between tries of a refused call: a new policy takes a while to be known everywhere."""
REFUSED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"}

logger = Logger(service="api-call", use_rfc3339=True, utc=True)


class ApiCallError(RuntimeError):
    """What was asked for is no call of an API."""


@dataclass(frozen=True)
class ApiCall:
    """One request of CloudFormation to its answer."""

    client: Callable[[str], Any]
    """A boto3 client by its service name."""
    answer: Callable[[str, bytes], None]
    """Puts the answer to CloudFormation's address."""
    pause: Callable[[float], object]

    def __call__(self, request: Mapping[str, Any]) -> None:
        """Make the call the request asks for, and answer whatever comes of it."""
        fields = {key: request[key] for key in ("RequestType", "LogicalResourceId")}
        try:
            data = self._outcome(request)
        except Exception as error:  # noqa: BLE001 - the edge: unanswered, the stack would hang
            reason = _reason(error, request)
            logger.error("api call failed", reason=reason, **fields)  # noqa: TRY400 - a trace may hold parameters
            result = {"Status": "FAILED", "Reason": reason, "Data": {}}
            made = request.get("PhysicalResourceId", NEVER_MADE)
        else:
            logger.info("api call done", **fields)
            result = {"Status": "SUCCESS", "Data": data}
            made = _physical_id(request)
        same = {key: request[key] for key in ("StackId", "RequestId", "LogicalResourceId")}
        body = {**result, **same, "PhysicalResourceId": made}
        self.answer(request["ResponseURL"], json.dumps(body).encode())

    def _outcome(self, request: Mapping[str, Any]) -> dict[str, str]:
        properties = request["ResourceProperties"]
        kind = request["RequestType"]
        if kind == "Delete" and request.get("PhysicalResourceId") == NEVER_MADE:
            return {}
        call = properties.get(kind) or (properties.get("Create") if kind == "Update" else None)
        if not call:
            return {}
        ignored = properties.get("IgnoreErrors", [])
        try:
            response = self._patiently(properties["Service"], call)
        except ClientError as error:
            if _is_fine(error, ignored) or (kind == "Delete" and _is_gone(error)):
                return {}
            raise
        return {path: _found(response, path) for path in properties.get("Outputs", [])}

    def _patiently(self, service: str, call: Mapping[str, Any]) -> dict[str, Any]:
        for seconds in PERMISSION_WAITS:
            try:
                return self._made(service, call)
            except ClientError as error:
                if error.response["Error"]["Code"] not in REFUSED:
                    raise
            self.pause(seconds)
        return self._made(service, call)

    def _made(self, service: str, call: Mapping[str, Any]) -> dict[str, Any]:
        client = self.client(service)
        operation = call["Operation"]
        try:
            name = client.meta.method_to_api_mapping[operation]
        except KeyError:
            raise ApiCallError(
                f"boto3's client {service!r} has no method {operation!r} (as in update_gateway)"
            ) from None
        shape = client.meta.service_model.operation_model(name).input_shape
        parameters = call.get("Parameters", {})
        response: dict[str, Any] = getattr(client, operation)(
            **(typed(parameters, shape) if shape else {})
        )
        return response


def _is_fine(error: ClientError, ignored: list[str]) -> bool:
    code, message = error.response["Error"]["Code"], error.response["Error"]["Message"]
    for item in ignored:
        wanted, _, part = item.partition(":")
        if wanted.strip() == code and part.strip() in message:
            return True
    return False


def _is_gone(error: ClientError) -> bool:
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    code = error.response["Error"]["Code"].removesuffix("Exception")
    return status == HTTPStatus.NOT_FOUND or code.endswith(("NotFound", "NoSuchEntity"))


def _found(response: Any, path: str) -> str:
    for name in path.split("."):
        response = response.get(name) if isinstance(response, Mapping) else None
    return "" if response is None else str(response)


def _physical_id(request: Mapping[str, Any]) -> str:
    """The one of the properties; a deletion keeps its own, or it would look like a change."""
    given: str | None = request["ResourceProperties"].get("PhysicalId")
    before: str | None = request.get("PhysicalResourceId")
    if request["RequestType"] == "Delete" and before:
        return before
    return given or before or f"{request['LogicalResourceId']}-{request['RequestId']}"


def _reason(error: Exception, request: Mapping[str, Any]) -> str:
    """What failed, why, and what to do; never a secret's value."""
    properties = request.get("ResourceProperties", {})
    call = properties.get(request["RequestType"]) or properties.get("Create") or {}
    named = f"{properties.get('Service', '?')}.{call.get('Operation', '?')}"
    said, remedy = _said(error)
    safe = without_secrets(said, call.get("Parameters", {}))
    return f"{named}: {safe[:REASON_LENGTH].rstrip('.')}. {remedy}"


def _said(error: Exception) -> tuple[str, str]:
    """The error in words, and its remedy."""
    match error:
        case ParamValidationError():
            # Its lines end with the value that does not fit.
            lines = [line.split(", value:")[0] for line in str(error).splitlines()[1:]]
            return "; ".join(lines), "Correct the parameters in the stack and deploy again"
        case ClientError() if error.response["Error"]["Code"] in REFUSED:
            return str(error), "Give the call's `allow` this action and resource, and deploy again"
        case ClientError() | BotoCoreError():
            return str(error), "Mend the cause named here and deploy again; repeating is safe"
        case ApiCallError():
            return str(error), "Correct it in the stack and deploy again"
        case KeyError():
            return f"the property {error} is missing", "Build the resource with `ApiCall`"
        case _:
            return type(error).__name__, "Read the function's log and report it"


def put(url: str, body: bytes) -> None:
    """PUT to the presigned address, which is signed for an empty content type."""
    request = Request(url, body, {"Content-Type": ""}, method="PUT")  # noqa: S310 - CloudFormation's own address
    with urlopen(request, timeout=20):  # noqa: S310 - as above
        pass


def _client(service: str) -> Any:
    limits = Config(
        connect_timeout=5, read_timeout=20, retries={"mode": "standard", "total_max_attempts": 4}
    )
    return boto3.client(service, config=limits)  # type: ignore[call-overload] # noqa: TID251 - by name, its own wiring


@cache
def _warm() -> ApiCall:
    return ApiCall(cache(_client), put, Event().wait)


def handler(event: dict[str, Any], context: object) -> None:  # noqa: ARG001 - AWS calls it so
    """Serve one request of CloudFormation."""
    _warm()(event)
