"""The OpenAPI file, the one truth about the API, and the copies that are made from it.

What AgentCore takes as an OpenAPI target (developer guide, gateway-schema-openapi): 3.0 or 3.1, an
operationId for each operation (the tool's name), application/json only, no oneOf/anyOf/allOf, a
fixed server URL.
"""

import hashlib
import json
from copy import deepcopy
from importlib import resources
from typing import Any

FILE = "openapi.json"
INTERNAL = "/internal/"
"""Operations for people; the desk's agent never sees them (GTW-10)."""
MODEL_MUST_NOT = frozenset({"Idempotency-Key"})
"""Parameters that a model would make up: the server tells repetitions by call and words."""
Json = dict[str, Any]


def text() -> str:
    """The file as it is committed."""
    return resources.files("switchboard.itsm_mock").joinpath(FILE).read_text()


def spec() -> Json:
    """The file's content."""
    document: Json = json.loads(text())
    return document


def sha256(content: str) -> str:
    """What two equal copies have in common."""
    return hashlib.sha256(content.encode()).hexdigest()


def gateway_copy(document: Json, server_url: str) -> Json:
    """What the desk gateway may offer: four operations, at the address of the deployed stage."""
    paths = {
        path: {method: _for_models(operation) for method, operation in methods.items()}
        for path, methods in document["paths"].items()
        if not path.startswith(INTERNAL)
    }
    components = document["components"]
    return {
        "openapi": document["openapi"],
        "info": document["info"],
        "servers": [{"url": server_url}],
        "security": document["security"],
        "paths": paths,
        "components": {
            "securitySchemes": {
                name: components["securitySchemes"][name]
                for need in document["security"]
                for name in need
            },
            "schemas": _needed(paths, components["schemas"]),
        },
    }


def tool_definitions(document: Json) -> Json:
    """The desk's tools as a model sees them (`agentcore-tools.json`, GTW-13)."""
    copy = gateway_copy(document, "")
    tools = [
        _tool(path, method, operation, copy["components"]["schemas"])
        for path, methods in copy["paths"].items()
        for method, operation in methods.items()
    ]
    return {"target": "itsm", "tools": tools}


def _for_models(operation: Json) -> Json:
    kept = deepcopy(operation)
    parameters = [item for item in kept.pop("parameters", []) if item["name"] not in MODEL_MUST_NOT]
    return {**kept, "parameters": parameters} if parameters else kept


def _needed(part: Any, schemas: Json) -> Json:
    """The schemas that a part of the document refers to, and those that these refer to."""
    found: Json = {}
    left = _references(part)
    while left:
        name = left.pop()
        if name not in found:
            found[name] = schemas[name]
            left |= _references(schemas[name])
    return {name: found[name] for name in schemas if name in found}


def _references(part: Any) -> set[str]:
    if isinstance(part, dict):
        own = {str(part["$ref"]).rsplit("/", 1)[-1]} if "$ref" in part else set()
        return own.union(*(_references(item) for item in part.values()))
    if isinstance(part, list):
        return set().union(*(_references(item) for item in part))
    return set()


def _tool(path: str, method: str, operation: Json, schemas: Json) -> Json:
    properties: Json = {}
    required: list[str] = []
    for parameter in operation.get("parameters", []):
        described = {"description": parameter["description"]}
        properties[parameter["name"]] = parameter["schema"] | described
        required += [parameter["name"]] if parameter.get("required") else []
    if "requestBody" in operation:
        reference = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
        body = schemas[reference.rsplit("/", 1)[-1]]
        properties |= body["properties"]
        required += body["required"]
    return {
        "name": operation["operationId"],
        "description": operation["description"],
        "method": method.upper(),
        "path": path,
        "inputSchema": {"type": "object", "properties": properties, "required": required},
    }
