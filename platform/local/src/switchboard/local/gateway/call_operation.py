"""One call of an HTTP API: the request an operation and its arguments make, and its answer."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from switchboard.local.gateway.answers import Answer, failure
from switchboard.local.gateway.api_keys import ApiKeys, KeyMissingError
from switchboard.local.gateway.http_targets import HttpFailedError, HttpRequest, HttpTargets
from switchboard.local.gateway.openapi import WHOLE_BODY, Operation
from switchboard.local.gateway.tools import ApiCall

FIRST_ERROR = 400


class ArgumentError(ValueError):
    """The arguments make no request; the message says which and why."""


@dataclass(frozen=True)
class CallOperation:
    """Calls the API behind a tool; its body is the answer, an error's body too."""

    targets: HttpTargets
    keys: ApiKeys

    def __call__(
        self, call: ApiCall, arguments: Mapping[str, Any], headers: Mapping[str, str]
    ) -> Answer:
        """Answer the call; `headers` are those that the target lets through."""
        try:
            request = request_of(call.operation, call.server, arguments, headers)
            answer = self.targets.send(self._with_key(call, request))
        except ArgumentError as error:
            return failure("INVALID_ARGUMENT", str(error), "Call again with this argument.")
        except KeyMissingError as error:
            return failure("TOOL_AUTH_FAILED", str(error), "Deploy the stack of the API again.")
        except HttpFailedError as error:
            remediation = "Try again; if it persists, see that the API is deployed and answers."
            return failure("TOOL_FAILED", str(error), remediation)
        text = answer.text or f"HTTP {answer.status}"
        return Answer(text, is_error=answer.status >= FIRST_ERROR)

    def _with_key(self, call: ApiCall, request: HttpRequest) -> HttpRequest:
        credential = call.credential
        if credential is None:
            return request
        key = " ".join(filter(None, (credential.prefix, self.keys.key(credential.source))))
        headers, query = dict(request.headers), request.query
        if credential.in_header:
            headers = {name: v for name, v in headers.items() if name != credential.name.lower()}
            headers[credential.name.lower()] = key
        else:
            others = [(name, text) for name, text in query if name != credential.name]
            query = (*others, (credential.name, key))
        return HttpRequest(request.method, request.url, query, headers, request.body)


def request_of(
    operation: Operation,
    server: str,
    arguments: Mapping[str, Any],
    headers: Mapping[str, str],
) -> HttpRequest:
    """The request for these arguments; what the operation does not know is dropped.

    Raises:
        ArgumentError: a part of the path is missing.
    """
    path, query = operation.path, []
    sent = {**headers, "accept": "application/json"}
    for parameter in operation.parameters:
        value = arguments.get(parameter.name)
        if parameter.where == "path":
            path = path.replace("{" + parameter.name + "}", _segment(parameter.name, value))
        elif parameter.where == "query":
            query += [(parameter.name, text) for text in _texts(value)]
        elif value is not None:
            sent[parameter.name.lower()] = ",".join(_texts(value))
    body = _body(operation, arguments)
    if body is not None:
        sent["content-type"] = "application/json"
    return HttpRequest(operation.method, server.rstrip("/") + path, tuple(query), sent, body)


def _segment(name: str, value: Any) -> str:
    text = "".join(_texts(value))
    if not text.strip("."):
        # A dot or two would be read as a step in the path, nothing as another operation.
        raise ArgumentError(f"'{name}' is needed: it is a part of the address")
    return quote(text, safe="")


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, bool | Mapping):
        yield json.dumps(value)
    elif value is not None:
        yield str(value)


def _body(operation: Operation, arguments: Mapping[str, Any]) -> bytes | None:
    if not operation.has_body:
        return None
    content: Any
    if operation.body_fields is None:
        content = arguments.get(WHOLE_BODY)
    else:
        content = {name: arguments[name] for name in operation.body_fields if name in arguments}
    return json.dumps(content, ensure_ascii=False).encode()
