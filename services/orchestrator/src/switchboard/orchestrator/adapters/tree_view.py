"""A chain's tree as the API shows it (`InvocationTree` of openapi.json)."""

import json
from typing import Any

from switchboard.orchestrator.domain.model import ZERO, Invocation
from switchboard.orchestrator.domain.read_tree import Node, Tree

SHOWN = {
    "invocation_id",
    "parent_invocation_id",
    "agent_type",
    "status",
    "origin",
    "trigger_value",
    "title",
    "output_summary",
    "output_artifacts",
    "cost_usd",
    "duration_seconds",
    "created_at",
    "started_at",
    "completed_at",
    "error",
    "delivered_at",
    "delivery_error",
}


def shown_tree(tree: Tree, asked: str) -> dict[str, Any]:
    """The tree, what it cost in all, and which of its invocations was asked about."""
    records = [node.record for node in tree.root.walk()]
    return {
        "invocation_id": asked,
        "correlation_id": tree.root.record.correlation_id,
        "complete": tree.complete,
        "invocations": len(records),
        "cost_usd": format(sum((record.cost_usd for record in records), ZERO), "f"),
        "duration_seconds": round(sum(record.duration_seconds for record in records), 3),
        "root": _shown(tree.root),
    }


def _shown(node: Node) -> dict[str, Any]:
    return {**_fields(node.record), "children": [_shown(child) for child in node.children]}


def _fields(record: Invocation) -> dict[str, Any]:
    fields: dict[str, Any] = json.loads(record.model_dump_json(include=SHOWN))
    return fields
