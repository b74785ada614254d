"""The catalogue tells the truth: against the code that publishes, and the rules that subscribe."""

import ast
from pathlib import Path
from typing import Any

import pytest

from switchboard.events.catalogue import CATALOGUE, consumed_by, published_by
from switchboard.local.templates import APPS

PUBLISHERS = {
    "ingress": "services/ingress/src",
    "orchestrator": "services/orchestrator/src",
    "completion": "services/completion/src",
    "itsm-mock": "services/itsm-mock/src",
    "voice": "services/voice/src",
    "agents": "agents/src",
}
CLASSES = {entry.model.__name__: entry.detail_type for entry in CATALOGUE.values()}


def built_events(folder: Path) -> set[str]:
    """The event versions made in this folder; adapters only store and read what others made."""
    return {
        CLASSES[name]
        for path in folder.rglob("*.py")
        if "adapters" not in path.parts
        for node in ast.walk(ast.parse(path.read_text()))
        for name in _made(node)
        if name in CLASSES
    }


def _made(node: ast.AST) -> list[str]:
    """Names of classes that are called, validated into, or handed on to be called."""
    if isinstance(node, ast.Dict):
        return [value.id for value in node.values if isinstance(value, ast.Name)]
    if not isinstance(node, ast.Call):
        return []
    made = [node.func, *node.args, *(keyword.value for keyword in node.keywords)]
    if isinstance(node.func, ast.Attribute) and node.func.attr == "model_validate":
        made.append(node.func.value)
    return [part.id for part in made if isinstance(part, ast.Name)]


@pytest.mark.parametrize("service", PUBLISHERS)
def test_a_service_publishes_exactly_what_the_catalogue_says(root: Path, service: str) -> None:
    assert built_events(root / PUBLISHERS[service]) == set(published_by(service))


def rule_types(template: dict[str, Any]) -> set[str]:
    """The detail-types of our bus that the rules of a template match."""
    patterns = [
        resource["Properties"].get("EventPattern", {})
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::Events::Rule"
    ]
    return {
        detail_type
        for pattern in patterns
        if pattern.get("source") == [{"prefix": "switchboard."}]
        for detail_type in pattern.get("detail-type", [])
    }


@pytest.mark.parametrize("service", APPS)
def test_a_service_subscribes_to_exactly_what_the_catalogue_says(
    templates: dict[str, dict[str, Any]], service: str
) -> None:
    assert rule_types(templates[service]) == set(consumed_by(service))


def test_every_event_has_a_publisher_and_a_consumer() -> None:
    assert [e.detail_type for e in CATALOGUE.values() if not (e.publishers and e.consumers)] == []
