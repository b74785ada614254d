"""A child that runs cfn-lint over the templates it is given, and says which types take tags.

cfn-lint brings the CloudFormation schemas; nothing is asked of AWS.
"""

import json
import sys
from pathlib import Path
from typing import Any

from cfnlint.api import ManualArgs, lint_by_config  # type: ignore[import-untyped]
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER  # type: ignore[import-untyped]

from switchboard.constructs.environments import REGION

IGNORED = ["W3005"]
"""CDK's DependsOn that a Ref implies anyway."""


def matches(templates: list[str]) -> list[dict[str, Any]]:
    """What cfn-lint says."""
    arguments = ManualArgs(templates=templates, regions=[REGION], ignore_checks=IGNORED)
    return [
        {
            "file": match.filename,
            "rule": match.rule.id,
            "message": match.message,
            "where": [str(part) for part in match.path or []],
        }
        for match in lint_by_config(arguments)
    ]


def tag_properties(templates: list[str]) -> dict[str, str]:
    """The property that holds the tags, by the resource types that have one."""
    kinds = {
        resource["Type"]
        for path in templates
        for resource in json.loads(Path(path).read_text())["Resources"].values()
    }
    known = set(PROVIDER_SCHEMA_MANAGER.get_resource_types(REGION))
    found = {kind: _tag_property(kind) for kind in sorted(kinds & known)}
    return {kind: name for kind, name in found.items() if name}


def _tag_property(kind: str) -> str:
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema(REGION, kind).schema
    tagging = schema.get("tagging") or {}
    return str(tagging.get("tagProperty", "")).rpartition("/")[2] if tagging.get("taggable") else ""


if __name__ == "__main__":
    given = sys.argv[1:]
    json.dump({"matches": matches(given), "tags": tag_properties(given)}, sys.stdout)
