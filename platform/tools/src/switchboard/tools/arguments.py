"""Checking a call's arguments against the tool's schema, before anything is done."""

from typing import Any

from switchboard.tools.errors import InvalidArgumentsError
from switchboard.tools.schema import Schema

Arguments = dict[str, Any]

_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}


def check(schema: Schema, arguments: Any) -> None:
    """Pass, or name every fault at once.

    Raises:
        InvalidArgumentsError: an argument is missing, unknown or of the wrong type.
    """
    faults = _faults(schema, arguments, "")
    if faults:
        raise InvalidArgumentsError("; ".join(faults))


def _faults(schema: Schema, value: Any, where: str) -> list[str]:
    wanted = schema["type"]
    if not _is(value, wanted):
        return [f"{where or 'arguments'} must be of type {wanted}"]
    if wanted == "array" and "items" in schema:
        return [
            fault
            for index, item in enumerate(value)
            for fault in _faults(schema["items"], item, f"{where}[{index}]")
        ]
    if wanted == "object" and "properties" in schema:
        return _object_faults(schema, value, where)
    return []


def _is(value: object, wanted: str) -> bool:
    # bool is an int in Python, and never a number in JSON
    return isinstance(value, _TYPES[wanted]) and isinstance(value, bool) == (wanted == "boolean")


def _object_faults(schema: Schema, value: dict[str, Any], where: str) -> list[str]:
    properties = schema["properties"]
    prefix = f"{where}." if where else ""
    faults = [f"{prefix}{name} is missing" for name in schema["required"] if name not in value]
    for name, item in value.items():
        if name in properties:
            faults += _faults(properties[name], item, f"{prefix}{name}")
        else:
            faults.append(f"{prefix}{name} is unknown (known: {', '.join(properties)})")
    return faults
