"""Whether the local engine can deploy a template: looked at before the first stack is touched."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from switchboard.local.engine import deployed_alarms

_ENGINE = Path(__file__).parents[1] / "engine"
NATIVE = frozenset(json.loads((_ENGINE / "native_types.json").read_text()))
"""What ministack 1.5.33 deploys by itself: the keys of its `_RESOURCE_HANDLERS`."""
ADDED = frozenset(json.loads((_ENGINE / "attributes.json").read_text()))
"""What we add to it (`engine.resource_types`)."""
CUSTOM = ("Custom::", "AWS::CloudFormation::CustomResource")
MENDED = frozenset({"AWS::Events::Archive"})
"""What `engine.fixes` adds."""
ALARM = "AWS::CloudWatch::Alarm"


def undeployable(template: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Logical id and type of resources the engine does not know."""
    for logical_id, resource in template.get("Resources", {}).items():
        kind = resource["Type"]
        if not (kind in NATIVE | ADDED | MENDED or kind.startswith(CUSTOM)):
            yield logical_id, kind


def refusal(stack: str, template: str) -> str | None:
    """Why a stack cannot be deployed locally, with what to do; None when it can."""
    parsed = json.loads(template)
    unknown = [f"{name} ({kind})" for name, kind in undeployable(parsed)]
    if unknown:
        return (
            f"stack {stack} holds what the local engine cannot deploy: {', '.join(unknown)}. "
            "Add the type to platform/local/src/switchboard/local/engine/attributes.json with the "
            "attributes templates ask for, or take the resource out; nothing was changed"
        )
    for name, why in silent_alarms(parsed):
        return f"stack {stack}, alarm {name}: {why}; nothing was changed"
    return None


def silent_alarms(template: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Logical id of alarms that could never ring here, and why: better none than such a one."""
    for logical_id, resource in template.get("Resources", {}).items():
        if resource["Type"] == ALARM and (why := deployed_alarms.refusal(resource["Properties"])):
            yield logical_id, why
