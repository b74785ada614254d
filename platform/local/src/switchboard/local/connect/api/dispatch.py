"""REST-JSON operations by method and path; what is not served is named in the error.

Sources: botocore 1.44.5 service models `connect` (2017-08-08), `qconnect` (2020-10-19, signed as
`wisdom`) and `bedrock-agentcore-control` (2023-06-05).
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

import botocore.loaders
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from switchboard.local.agentcore.aws_answers import (
    AwsError,
    NotFoundError,
    demand_signature,
    json_body,
)
from switchboard.local.connect.desk import NotDeployedError

SIGNED_AS = {
    "connect": "connect",
    "wisdom": "qconnect",
    "bedrock-agentcore": "bedrock-agentcore-control",
}
"""Service of a request, by the name in its signature's scope."""
SCOPE = re.compile(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/")


class UnknownOperationError(AwsError):
    """Nobody serves this operation here."""

    status, error_type = 404, "UnknownOperationException"


class InvalidParameterError(AwsError):
    """A parameter of a Connect operation is wrong."""

    status, error_type = 400, "InvalidParameterException"


@dataclass(frozen=True)
class Call:
    """A request to an operation: path and query parameters, and the body."""

    path: Mapping[str, str]
    query: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Operation:
    """One served operation; `template` is the model's `requestUri`."""

    method: str
    template: str
    answer: Callable[[Call], dict[str, Any]]
    status: int = 200


class Dispatcher:
    """Finds the operation on the raw path: an ARN in it holds escaped slashes."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        """Serve `operations`."""
        self._operations = [(pattern(item.template), item) for item in operations]

    async def __call__(self, request: Request) -> Response:
        """Answer as AWS does, also when something is not deployed or not served."""
        demand_signature(request)
        raw = request.scope["raw_path"].decode().split("?")[0]
        for matcher, operation in self._operations:
            found = matcher.fullmatch(raw)
            if found and request.method == operation.method:
                path = {name: unquote(value) for name, value in found.groupdict().items()}
                call = Call(path, dict(request.query_params), await json_body(request))
                try:
                    answer = operation.answer(call)
                except NotDeployedError as error:
                    raise NotFoundError(f"{error}; {error.remedy}") from error
                if operation.status == HTTPStatus.NO_CONTENT:
                    return Response(status_code=operation.status)
                return JSONResponse(answer, operation.status)
        raise UnknownOperationError(
            f"{named(request.method, raw, request.headers.get('authorization', ''))} "
            "is not served by the local Amazon Connect"
        )


def pattern(template: str) -> "re.Pattern[str]":
    """A `requestUri` as a regular expression over the raw path; a slash at its end is optional."""
    uri = template.split("?", maxsplit=1)[0].rstrip("/")
    parts = re.split(r"\{(\w+)\+?\}", uri)
    text = "".join(
        f"(?P<{part}>[^/]+)" if number % 2 else re.escape(part) for number, part in enumerate(parts)
    )
    return re.compile(f"{text}/?")


def named(method: str, raw_path: str, authorization: str) -> str:
    """`service:Operation` of a request, or its method and path."""
    found = SCOPE.search(authorization)
    service = SIGNED_AS.get(found[1]) if found else None
    if service is not None:
        for name, wanted, matcher in _modelled(service):
            if method == wanted and matcher.fullmatch(raw_path):
                return f"{service}:{name}"
    return f"{method} {raw_path}"


@cache
def _modelled(service: str) -> list[tuple[str, str, "re.Pattern[str]"]]:
    model = botocore.loaders.Loader().load_service_model(service, "service-2")
    return [
        (name, operation["http"]["method"], pattern(operation["http"]["requestUri"]))
        for name, operation in model["operations"].items()
    ]
