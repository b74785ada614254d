"""The judge of schema changes, case by case (`True`: that direction stays compatible)."""

from typing import Any

import pytest

from switchboard.events.compatibility import breaks

CLOSED = {"a": {"type": "string"}, "kind": {"enum": ["x", "y"]}, "n": {"type": "number"}}
BASE = {"type": "object", "properties": CLOSED, "required": ["a"]}
UNION = {"anyOf": [{"type": "string"}, {"type": "null"}]}


def with_field(name: str, schema: Any, **rest: Any) -> dict[str, Any]:
    return {**BASE, "properties": {**CLOSED, name: schema}, **rest}


CASES = [
    ("nothing changes", BASE, BASE, True, True),
    ("an optional field is added", BASE, with_field("b", {"type": "string"}), True, True),
    ("an optional field is removed", with_field("b", {"type": "string"}), BASE, True, True),
    ("a field becomes required", BASE, {**BASE, "required": ["a", "n"]}, False, True),
    ("a required field is added", BASE, with_field("b", {}, required=["a", "b"]), False, True),
    ("a required field is removed", BASE, {**BASE, "required": []}, True, False),
    ("an enum value is added", BASE, with_field("kind", {"enum": ["x", "y", "z"]}), True, False),
    ("an enum value is removed", BASE, with_field("kind", {"enum": ["x"]}), False, True),
    ("a number narrows to an integer", BASE, with_field("n", {"type": "integer"}), False, True),
    ("a type changes", BASE, with_field("n", {"type": "string"}), False, False),
    ("a minimum appears", BASE, with_field("n", {"type": "number", "minimum": 1}), False, True),
    ("a union arm goes", with_field("u", UNION), with_field("u", UNION["anyOf"][0]), False, True),
    ("a pattern changes", with_field("p", {"type": "string", "pattern": "a"}),
     with_field("p", {"type": "string", "pattern": "b"}), False, False),
    ("unknown fields are forbidden", BASE, {**BASE, "additionalProperties": False}, True, True),
    ("a keyword the judge does not know appears", BASE, {**BASE, "not": {}}, False, False),
]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "backward", "forward"), [case[1:] for case in CASES], ids=[c[0] for c in CASES]
)
def test_a_change_is_judged_in_both_directions(
    old: dict[str, Any], new: dict[str, Any], backward: bool, forward: bool
) -> None:
    directions = {found.direction for found in breaks(old, new)}

    assert ("BACKWARD" not in directions, "FORWARD" not in directions) == (backward, forward)


def test_a_change_deep_inside_a_definition_is_found_by_its_path() -> None:
    old = {"$defs": {"D": BASE}, "properties": {"data": {"$ref": "#/$defs/D"}}}
    new = {
        "$defs": {"D": with_field("a", {"type": "integer"})},
        "properties": {"data": {"$ref": "#/$defs/D"}},
    }

    assert {found.path for found in breaks(old, new)} == {"data.a"}
