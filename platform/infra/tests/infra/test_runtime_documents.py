"""The documents of docs/runtime say what is so."""

import json
import re
from pathlib import Path

import pytest

from switchboard.constructs.environments import ENVIRONMENTS
from switchboard.constructs.stack_order import ORDER

LINK = re.compile(r"\]\(([^)#:]+)\)")
ENTITIES = (
    "AgentRuntime",
    "Container",
    "ExecutionRole",
    "EcrRepository",
    "AuthorizerConfiguration",
    "RuntimeEndpoint",
    "EnvironmentVariables",
    "NetworkConfiguration",
    "VPCEndpoint",
)


@pytest.fixture
def runtime(root: Path) -> Path:
    return root / "docs" / "runtime"


@pytest.mark.requirement("P003-05", "D")
def test_the_documents_exist_and_lead_to_files_that_exist(runtime: Path) -> None:
    for name in ("data-model.md", "quickstart.md"):
        page = runtime / name
        for link in LINK.findall(page.read_text()):
            assert (runtime / link).exists(), (name, link)
    for name in ("execution-role-trust", "execution-role-permissions", "vpc-endpoint-policy"):
        assert json.loads((runtime / "contracts" / f"{name}.json").read_text())["Statement"]
    assert (runtime / "contracts/agentcore-stack.yaml").exists()


@pytest.mark.requirement("P003-05", "D")
def test_the_data_model_names_every_entity_stack_and_environment_as_it_is(runtime: Path) -> None:
    text = (runtime / "data-model.md").read_text()

    for entity in ENTITIES:
        assert f"| **{entity}** |" in text
    for service in ORDER:
        assert f"`switchboard-<env>-{service}`" in text
    allocations = " | ".join(
        f"{item.allocation.cpu_units} / {item.allocation.memory_mib}"
        for item in ENVIRONMENTS.values()
    )
    assert f"| CPU units / MiB (K-14) | {allocations} |" in text
    modes = " | ".join(item.network_mode for item in ENVIRONMENTS.values())
    assert f"| network mode (K-16) | {modes} |" in text
    for item in ENVIRONMENTS.values():
        assert item.network_mode == "PUBLIC" or item.network.cidr in text
