"""What outlives the stacks is named in the clean-up procedure, with the words to remove it."""

from pathlib import Path
from typing import Any

import pytest

README = Path(__file__).parents[2] / "README.md"


def _section(name: str) -> str:
    _before, _found, after = README.read_text().partition(f"\n## {name}\n")
    return after.partition("\n## ")[0]


@pytest.mark.requirement("VOI-11", "D")
@pytest.mark.parametrize("name", ["dev", "workshop"])
@pytest.mark.parametrize("stack", ["platform", "connect", "desk"])
def test_every_kind_of_resource_that_is_retained_stands_in_the_cleanup(
    name: str, stack: str, synthesize: Any
) -> None:
    retained = {
        item["Type"]
        for item in synthesize(name, stack).to_json()["Resources"].values()
        if item.get("DeletionPolicy") == "Retain" and item["Type"] != "AWS::Lambda::Version"
    }

    missing = {kind for kind in retained if f"`{kind}`" not in _section("Clean up")}

    assert not missing


@pytest.mark.requirement("VOI-11", "D")
def test_the_cleanup_destroys_every_service_and_every_stack_of_the_platform() -> None:
    text = _section("Clean up")

    for service in ("voice", "itsm-mock", "ingress", "orchestrator", "completion", "agents"):
        assert service in text
    for stack in ("platform", "desk", "connect"):
        assert f"switchboard-<env>-{stack}" in text
    for command in ("release-phone-number", "delete-instance", "delete-stack"):
        assert command in text


def test_the_budget_says_how_a_person_stops_the_desk_and_when_it_sees_nothing() -> None:
    text = _section("Budget")

    assert "**Stop** by hand" in text
    assert "**Until then this budget sees nothing**" in text
    assert "stops nothing" in text
