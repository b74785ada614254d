"""Building blocks of tool input schemas.

AgentCore takes only `type`, `properties`, `required`, `items` and `description` in a Lambda
target's schema (AgentCore developer guide, Lambda targets): no enum, no format, so choices stand
in the descriptions and are checked by the target.
"""

from typing import Any

Schema = dict[str, Any]


def text(description: str) -> Schema:
    """A string."""
    return {"type": "string", "description": description}


def whole(description: str) -> Schema:
    """An integer."""
    return {"type": "integer", "description": description}


def flag(description: str) -> Schema:
    """A boolean."""
    return {"type": "boolean", "description": description}


def many(items: Schema, description: str) -> Schema:
    """An array."""
    return {"type": "array", "items": items, "description": description}


def record(description: str, required: list[str] | None = None, **properties: Schema) -> Schema:
    """An object; without `properties` it takes anything."""
    schema: Schema = {"type": "object", "description": description}
    if properties:
        schema |= {"properties": properties, "required": required or []}
    return schema
