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
    "agents": "agents/src",
}
CLASSES = {entry.model.__name__: entry.detail_type for entry in CATALOGUE.values()}


def built_events(folder: Path) -> set[str]:
    """The event versions whose class is called, or passed on to be called, in this folder."""
    found = set()
    for path in folder.rglob("*.py"):
        tree = ast.parse(path.read_text())
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                names = [node.func, *node.args, *(keyword.value for keyword in node.keywords)]
                found |= {
                    CLASSES[n.id] for n in names if isinstance(n, ast.Name) and n.id in CLASSES
                }
            if isinstance(node, ast.Dict):
                found |= {
                    CLASSES[v.id]
                    for v in node.values
                    if isinstance(v, ast.Name) and v.id in CLASSES
                }
    return found


@pytest.mark.parametrize("service", PUBLISHERS)
def test_a_service_publishes_exactly_what_the_catalogue_says(root: Path, service: str) -> None:
    assert built_events(root / PUBLISHERS[service]) == set(published_by(service))


def rule_types(template: dict[str, Any]) -> set[str]:
    """The detail-types the rules of a template match."""
    return {
        detail_type
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::Events::Rule"
        for detail_type in resource["Properties"].get("EventPattern", {}).get("detail-type", [])
    }


@pytest.mark.parametrize("service", APPS)
def test_a_service_subscribes_to_exactly_what_the_catalogue_says(
    templates: dict[str, dict[str, Any]], service: str
) -> None:
    assert rule_types(templates[service]) == set(consumed_by(service))


def test_every_event_has_a_publisher_and_a_consumer() -> None:
    assert [e.detail_type for e in CATALOGUE.values() if not (e.publishers and e.consumers)] == []
