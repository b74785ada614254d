"""What bundles leave out is imported by nothing that runs in a Lambda."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from switchboard.constructs.bundle import LAMBDA_PYTHON, NEVER_IMPORTED

MEMBERS = ("services/*/src", "platform/runtime/src", "platform/tools/src", "shared-events/src")
BLOCKED = [name.removesuffix(".py").replace("/", ".") for name in NEVER_IMPORTED]
PROGRAM = """
import importlib, sys
blocked, modules = (line.split() for line in sys.stdin.read().splitlines())

class Block:
    def find_spec(self, name, path=None, target=None):
        if any(name == item or name.startswith(item + ".") for item in blocked):
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Block())
for module in modules:
    importlib.import_module(module)
import httpx, notion_client
try:
    notion_client.Client(auth="x", client=httpx.Client(), base_url="http://127.0.0.1:9").users.me()
except httpx.ConnectError:
    pass
"""


def modules(root: Path) -> list[str]:
    """Every module that ships in a Lambda; `viewer_gate` is pasted into a template instead."""
    return [
        re.sub(r"\.__init__$", "", ".".join(path.relative_to(folder).with_suffix("").parts))
        for pattern in MEMBERS
        for folder in root.glob(pattern)
        for path in sorted(folder.rglob("*.py"))
    ]


def run(blocked: list[str], imported: list[str]) -> "subprocess.CompletedProcess[str]":
    text = f"{' '.join(blocked)}\n{' '.join(imported)}"
    return subprocess.run(
        [sys.executable, "-c", PROGRAM], input=text, capture_output=True, text=True, check=False
    )


def test_nothing_that_ships_imports_what_a_bundle_leaves_out(root: Path) -> None:
    done = run(BLOCKED, modules(root))

    assert done.returncode == 0, done.stderr[-1500:]


def test_an_import_of_what_is_left_out_is_noticed() -> None:
    done = run(BLOCKED, ["aws_lambda_powertools.event_handler"])

    assert "ModuleNotFoundError: aws_lambda_powertools.event_handler" in done.stderr


@pytest.mark.parametrize("kind", ["AWS::Lambda::Function", "AWS::BedrockAgentCore::Runtime"])
def test_what_runs_a_bundle_has_the_python_its_pyc_are_made_for(
    templates: dict[str, dict[str, Any]], kind: str
) -> None:
    pythons = set()
    for template in templates.values():
        for resource in template["Resources"].values():
            if resource["Type"] == kind:
                properties = resource["Properties"]
                artifact = properties.get("AgentRuntimeArtifact", {}).get("CodeConfiguration", {})
                pythons.add(properties.get("Runtime", artifact.get("Runtime")))

    assert pythons in ({f"python{LAMBDA_PYTHON}"}, {f"PYTHON_{LAMBDA_PYTHON.replace('.', '_')}"})
