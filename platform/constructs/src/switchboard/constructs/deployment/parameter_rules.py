"""What a template says of a parameter's value, asked before CloudFormation asks it.

CloudFormation looks at a stack's parameters when it comes to it; by then the stacks before it
have changed.
"""

import re
from collections.abc import Mapping
from typing import Any

NUMBER = re.compile(r"-?\d+(\.\d+)?")


def broken_rule(definition: Mapping[str, Any], value: str) -> str | None:
    """Why a value is refused; None when it is allowed."""
    allowed = [str(item) for item in definition.get("AllowedValues", [value])]
    if value not in allowed:
        return f"it must be one of {', '.join(allowed)}"
    if definition["Type"] == "Number" and not NUMBER.fullmatch(value):
        return "it must be a number"
    for rule, breaks in (("MaxLength", len(value).__gt__), ("MinLength", len(value).__lt__)):
        if rule in definition and breaks(int(definition[rule])):
            return f"it has {len(value)} characters, its {rule} is {definition[rule]}"
    pattern = definition.get("AllowedPattern")
    if pattern and not re.search(pattern, value):
        return str(definition.get("ConstraintDescription") or f"it does not fit {pattern}")
    return None
