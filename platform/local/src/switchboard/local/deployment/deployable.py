"""Whether the local engine can deploy a template: looked at before the first stack is touched."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_ENGINE = Path(__file__).parents[1] / "engine"
NATIVE = frozenset(json.loads((_ENGINE / "native_types.json").read_text()))
"""What ministack 1.5.33 deploys by itself: the keys of its `_RESOURCE_HANDLERS`."""
ADDED = frozenset(json.loads((_ENGINE / "attributes.json").read_text()))
"""What we add to it (`engine.resource_types`)."""
CUSTOM = ("Custom::", "AWS::CloudFormation::CustomResource")
MENDED = frozenset({"AWS::Events::Archive"})
"""What `engine.fixes` adds."""


def undeployable(template: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Logical id and type of resources the engine does not know."""
    for logical_id, resource in template.get("Resources", {}).items():
        kind = resource["Type"]
        if not (kind in NATIVE | ADDED | MENDED or kind.startswith(CUSTOM)):
            yield logical_id, kind


def refusal(stack: str, template: str) -> str | None:
    """Why a stack cannot be deployed locally, with what to do; None when it can."""
    unknown = [f"{name} ({kind})" for name, kind in undeployable(json.loads(template))]
    if not unknown:
        return None
    return (
        f"stack {stack} holds what the local engine cannot deploy: {', '.join(unknown)}. "
        "Add the type to platform/local/src/switchboard/local/engine/attributes.json with the "
        "attributes templates ask for, or take the resource out; nothing was changed"
    )
