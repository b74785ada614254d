"""OpenAPI documents as tools."""

import copy
import json
from typing import Any

import pytest
import yaml

from switchboard.local.gateway.openapi import OpenApiError, operations

DOCUMENT: dict[str, Any] = {
    "openapi": "3.0.3",
    "servers": [{"url": "https://{host}/v1/", "variables": {"host": {"default": "desk.test"}}}],
    "paths": {
        "/notes/{note}": {
            "parameters": [{"name": "note", "in": "path", "schema": {"type": "string"}}],
            "put": {
                "operationId": "write",
                "summary": "Write a note",
                "parameters": [
                    {
                        "name": "draft",
                        "in": "query",
                        "required": True,
                        "description": "Whether it is one",
                        "schema": {"type": "boolean", "example": True},
                    },
                    {"name": "X-Trace", "in": "header", "schema": {"type": "string"}},
                ],
                "requestBody": {"$ref": "#/components/requestBodies/Note"},
            },
        }
    },
    "components": {
        "requestBodies": {
            "Note": {
                "required": True,
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Note"}}},
            }
        },
        "schemas": {
            "Note": {
                "type": "object",
                "required": ["text"],
                "properties": {
                    "text": {"type": "string", "nullable": True},
                    "tags": {"type": "array", "items": {"$ref": "#/components/schemas/Tag"}},
                },
            },
            "Tag": {"type": "string", "maxLength": 9},
        },
    },
}


def changed(path: str, value: Any) -> str:
    """The document with something else at a path like `paths|/notes/{note}|put`."""
    document = copy.deepcopy(DOCUMENT)
    node: Any = document
    *steps, last = path.split("|")
    for step in steps:
        node = node[int(step) if isinstance(node, list) else step]
    node[int(last) if isinstance(node, list) else last] = value
    return json.dumps(document)


def test_parameters_and_body_become_arguments_side_by_side() -> None:
    [operation] = operations(json.dumps(DOCUMENT))

    assert operation.input_schema == {
        "type": "object",
        "properties": {
            "note": {"type": "string"},
            "draft": {"type": "boolean", "description": "Whether it is one"},
            "X-Trace": {"type": "string"},
            "text": {"type": ["string", "null"]},
            "tags": {"type": "array", "items": {"type": "string", "maxLength": 9}},
        },
        "required": ["note", "draft", "text"],
    }


def test_an_operation_says_how_it_is_called() -> None:
    [operation] = operations(json.dumps(DOCUMENT))

    assert (operation.operation_id, operation.description) == ("write", "Write a note")
    assert (operation.method, operation.path) == ("PUT", "/notes/{note}")
    assert operation.server == "https://desk.test/v1"
    assert operation.body_fields == ("text", "tags")


def test_yaml_says_the_same_as_json() -> None:
    assert operations(yaml.safe_dump(DOCUMENT, sort_keys=False)) == operations(json.dumps(DOCUMENT))


def test_a_body_that_is_no_object_is_one_argument() -> None:
    body = {"required": True, "content": {"application/json": {"schema": {"type": "array"}}}}

    [operation] = operations(changed("components|requestBodies|Note", body))

    assert operation.input_schema["properties"]["body"] == {"type": "array"}
    assert operation.input_schema["required"] == ["note", "draft", "body"]
    assert operation.body_fields is None


WRITE = "paths|/notes/{note}|put"


@pytest.mark.parametrize(
    ("path", "value", "reason"),
    [
        ("openapi", "2.0", "OpenAPI 3.0 or 3.1 is needed, not '2.0'"),
        (f"{WRITE}|operationId", "", "PUT /notes/{note} has no operationId"),
        (f"{WRITE}|parameters|0|in", "cookie", "'draft' is in cookie, which is not supported"),
        (f"{WRITE}|parameters|0|name", "text", "two arguments are called 'text'"),
        ("servers", [], "no server"),
        ("servers|0|url", "/v1", "no fixed http(s) address"),
        ("servers|0|url", "https://{tenant}.desk.test", "no fixed http(s) address"),
        ("components|schemas|Tag", {"oneOf": []}, "oneOf is not supported"),
        ("components|schemas|Tag", {"$ref": "#/components/schemas/Tag"}, "contains itself"),
        ("components|schemas|Tag", {"$ref": "#/nowhere"}, "#/nowhere points to nothing"),
        ("components|schemas|Tag", {"$ref": "tags.json"}, "tags.json is not in this document"),
        ("components|requestBodies|Note|content", {"text/xml": {}}, "not application/json but"),
        ("paths|/notes/{note}", "nonsense", "malformed"),
        (f"{WRITE}|parameters|0", {}, "malformed"),
    ],
)
def test_a_document_that_agentcore_would_refuse_is_refused_with_the_place(
    path: str, value: Any, reason: str
) -> None:
    with pytest.raises(OpenApiError) as refused:
        operations(changed(path, value))

    assert reason in str(refused.value)


@pytest.mark.parametrize("text", ["{", "a: [", "just words", ""])
def test_what_is_no_document_is_refused(text: str) -> None:
    with pytest.raises(OpenApiError):
        operations(text)


def test_an_operation_id_that_is_used_twice_is_refused() -> None:
    paths = {"/one": {"get": {"operationId": "same"}}, "/two": {"get": {"operationId": "same"}}}

    with pytest.raises(OpenApiError, match="operationId used twice: same"):
        operations(changed("paths", paths))
