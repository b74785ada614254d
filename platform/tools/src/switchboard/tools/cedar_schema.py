"""The Cedar schema in AgentCore's form, made from the manifest: policies are tested before deploy.

Names (AgentCore developer guide, policy): principal `AgentCore::OAuthUser` with every claim as a
string tag, action `AgentCore::Action::"<target>___<tool>"` in `CallTool` in `Mcp`, resource
`AgentCore::Gateway`, context `{input: <the tool's arguments>}`.
"""

from collections.abc import Sequence
from typing import Any

from switchboard.tools.schema import Schema
from switchboard.tools.tool import Target

_PLAIN = {"integer": "Long", "boolean": "Boolean"}


def cedar_schema(targets: Sequence[Target]) -> dict[str, Any]:
    """A Cedar JSON schema with one action per tool."""
    actions: dict[str, Any] = {"Mcp": {}, "CallTool": {"memberOf": [{"id": "Mcp"}]}}
    for target in targets:
        for tool in target.tools:
            actions[target.full_name(tool)] = _action(tool.input_schema)
    with_id = {"type": "Record", "attributes": {"id": {"type": "String"}}}
    return {
        "AgentCore": {
            "entityTypes": {
                "OAuthUser": {"shape": with_id, "tags": {"type": "String"}},
                "IamEntity": {"shape": with_id},
                "Gateway": {},
            },
            "actions": actions,
        }
    }


def _action(input_schema: Schema) -> dict[str, Any]:
    arguments = {**_type(input_schema), "required": True}
    return {
        "memberOf": [{"id": "CallTool"}],
        "appliesTo": {
            "principalTypes": ["OAuthUser", "IamEntity"],
            "resourceTypes": ["Gateway"],
            "context": {"type": "Record", "attributes": {"input": arguments}},
        },
    }


def _type(schema: Schema) -> dict[str, Any]:
    kind = schema["type"]
    if kind == "object":
        required = schema.get("required", [])
        attributes = {
            name: {**_type(item), "required": name in required}
            for name, item in schema.get("properties", {}).items()
        }
        return {"type": "Record", "attributes": attributes}
    if kind == "array":
        return {"type": "Set", "element": _type(schema["items"])}
    if kind == "number":
        return {"type": "Extension", "name": "decimal"}
    return {"type": _PLAIN.get(kind, "String")}
