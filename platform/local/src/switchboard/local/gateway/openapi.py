"""OpenAPI 3 documents as tools: one operation, one tool, as AgentCore Gateway reads them.

The operationId is the tool's name; path, query and header parameters and the properties of a JSON
body are its arguments, side by side. Refused as AgentCore refuses: an operation without an
operationId, oneOf/anyOf/allOf, another body than JSON, a server without an address.
Source: the page "OpenAPI schema targets" of the AgentCore developer guide.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml  # type: ignore[import-untyped]

METHODS = ("get", "put", "post", "delete", "options", "head", "patch")
JSON = "application/json"
WHOLE_BODY = "body"
"""The argument that stands for a body which is no object."""
PLACES = ("path", "query", "header")
COMBINED = ("oneOf", "anyOf", "allOf")
NOT_JSON_SCHEMA = ("example", "xml", "externalDocs", "discriminator", "nullable")
"""Words of OpenAPI 3.0 that JSON Schema does not know."""

Document = Mapping[str, Any]


class OpenApiError(ValueError):
    """The document cannot be offered as tools; the message says where and why."""


@dataclass(frozen=True)
class Parameter:
    """One parameter of an operation."""

    name: str
    where: str
    """`path`, `query` or `header`."""


@dataclass(frozen=True)
class Operation:
    """One operation, with everything its resolved form says."""

    operation_id: str
    description: str
    method: str
    server: str
    """The URL its paths are below, as the document gives it."""
    path: str
    parameters: tuple[Parameter, ...]
    has_body: bool
    body_fields: tuple[str, ...] | None
    """The properties of its JSON body; None when the body is no object."""
    input_schema: Mapping[str, Any]


def operations(text: str) -> tuple[Operation, ...]:
    """Every operation of a document (JSON or YAML), in its order.

    Raises:
        OpenApiError: the document or one of its operations is not usable.
    """
    document = _parsed(text)
    try:
        found = tuple(_operations(document))
    except (AttributeError, KeyError, TypeError) as error:
        raise OpenApiError(f"malformed: {type(error).__name__} {error}") from error
    names = [operation.operation_id for operation in found]
    if twice := {name for name in names if names.count(name) > 1}:
        raise OpenApiError(f"operationId used twice: {', '.join(sorted(twice))}")
    return found


def _parsed(text: str) -> Document:
    try:
        # JSON first: it is what templates hold, and a hundred times faster to read.
        document = json.loads(text) if text.lstrip().startswith("{") else yaml.safe_load(text)
    except (ValueError, yaml.YAMLError) as error:
        raise OpenApiError(f"neither JSON nor YAML: {error}") from error
    version = str(document.get("openapi", "")) if isinstance(document, dict) else ""
    if not version.startswith(("3.0", "3.1")):
        raise OpenApiError(f"OpenAPI 3.0 or 3.1 is needed, not '{version or 'none'}'")
    return dict(document)


def _operations(document: Document) -> Iterator[Operation]:
    for path, item in (document.get("paths") or {}).items():
        for method in filter(METHODS.__contains__, item.keys()):
            yield _operation(document, path, item, method)


def _operation(document: Document, path: str, item: Document, method: str) -> Operation:
    operation = item[method]
    where = f"{method.upper()} {path}"
    name = operation.get("operationId")
    if not name:
        raise OpenApiError(f"{where} has no operationId")
    given = [*(item.get("parameters") or []), *(operation.get("parameters") or [])]
    entries = _resolved(document, given)
    # An operation's parameter replaces the path's of the same name and place.
    parameters = {(entry["name"], entry["in"]): entry for entry in entries}
    request = _resolved(document, operation.get("requestBody") or {})
    body = _json_body(request, where)
    required = bool(request.get("required"))
    schema = _input_schema(parameters, body, required=required, where=where)
    return Operation(
        operation_id=str(name),
        description=str(operation.get("description") or operation.get("summary") or ""),
        method=method.upper(),
        server=_server(operation, item, document),
        path=path,
        parameters=tuple(Parameter(name, place) for name, place in parameters),
        has_body=body is not None,
        body_fields=tuple(_fields(body)) if body is None or _is_object(body) else None,
        input_schema=schema,
    )


def _input_schema(
    parameters: Mapping[tuple[str, str], Document],
    body: Mapping[str, Any] | None,
    *,
    required: bool,
    where: str,
) -> dict[str, Any]:
    properties: dict[str, Any] = {}
    needed: list[str] = []
    for (name, place), entry in parameters.items():
        if place not in PLACES:
            raise OpenApiError(f"{where}: '{name}' is in {place}, which is not supported")
        about = {"description": entry["description"]} if entry.get("description") else {}
        _add(properties, name, {**json_schema(entry.get("schema") or {}), **about}, where)
        if place == "path" or entry.get("required"):
            needed.append(name)
    for name, schema in _fields(body).items():
        _add(properties, name, json_schema(schema), where)
    if body is not None and required:
        needed += body.get("required") or [] if _is_object(body) else [WHOLE_BODY]
    schema = {"type": "object", "properties": properties}
    return {**schema, "required": needed} if needed else schema


def _add(properties: dict[str, Any], name: str, schema: Any, where: str) -> None:
    if name in properties:
        raise OpenApiError(f"{where}: two arguments are called '{name}'")
    properties[name] = schema


def _fields(body: Mapping[str, Any] | None) -> Mapping[str, Any]:
    if body is None:
        return {}
    fields: Mapping[str, Any] = (body.get("properties") or {}) if _is_object(body) else {}
    return fields if _is_object(body) else {WHOLE_BODY: body}


def _is_object(schema: Mapping[str, Any]) -> bool:
    return schema.get("type") == "object" or "properties" in schema


def _json_body(request: Document, where: str) -> Mapping[str, Any] | None:
    if not request:
        return None
    content = request.get("content") or {}
    if JSON not in content:
        raise OpenApiError(f"{where}: the body is not {JSON} but {', '.join(content) or 'nothing'}")
    schema: Mapping[str, Any] = content[JSON].get("schema") or {"type": "object"}
    return schema


def _server(operation: Document, item: Document, document: Document) -> str:
    servers = operation.get("servers") or item.get("servers") or document.get("servers") or []
    if not servers:
        raise OpenApiError("no server: the document names no address")
    url = str(servers[0].get("url", ""))
    for name, variable in (servers[0].get("variables") or {}).items():
        url = url.replace("{" + name + "}", str(variable.get("default", "")))
    if not re.match(r"https?://[^/{}]+", url):
        raise OpenApiError(f"the server '{url}' is no fixed http(s) address")
    return url.rstrip("/")


def _resolved(document: Document, node: Any, trail: tuple[str, ...] = ()) -> Any:
    """The node with every `$ref` replaced by what it points to."""
    if isinstance(node, list):
        return [_resolved(document, item, trail) for item in node]
    if not isinstance(node, Mapping):
        return node
    pointer = node.get("$ref")
    if not isinstance(pointer, str):
        return {key: _resolved(document, value, trail) for key, value in node.items()}
    if pointer in trail:
        raise OpenApiError(f"{pointer} contains itself")
    target = _resolved(document, _at(document, pointer), (*trail, pointer))
    beside = {key: value for key, value in node.items() if key != "$ref"}
    return {**target, **_resolved(document, beside, trail)} if beside else target


def _at(document: Document, pointer: str) -> Any:
    node: Any = document
    if not pointer.startswith("#/"):
        raise OpenApiError(f"{pointer} is not in this document")
    for part in pointer[2:].split("/"):
        key = part.replace("~1", "/").replace("~0", "~")
        if not isinstance(node, Mapping) or key not in node:
            raise OpenApiError(f"{pointer} points to nothing")
        node = node[key]
    return node


def json_schema(schema: Any) -> Any:
    """A schema object of OpenAPI as JSON Schema.

    Raises:
        OpenApiError: it combines schemas, which AgentCore does not read.
    """
    if isinstance(schema, list):
        return [json_schema(item) for item in schema]
    if not isinstance(schema, Mapping):
        return schema
    if combined := [word for word in COMBINED if word in schema]:
        raise OpenApiError(f"{combined[0]} is not supported")
    found = {key: json_schema(value) for key, value in schema.items() if key not in NOT_JSON_SCHEMA}
    if schema.get("nullable") is True and isinstance(found.get("type"), str):
        found["type"] = [found["type"], "null"]
    return found
