"""What the architecture tests look at: the tracked files, the services, the templates."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from switchboard.local.templates import APPS, synthesize_all

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def files() -> list[Path]:
    """Every file of the repository that is not ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [ROOT / line for line in listed.stdout.splitlines() if (ROOT / line).is_file()]


@pytest.fixture(scope="session")
def assemblies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cloud assembly of every app in dev, a folder each."""
    return synthesized(tmp_path_factory.mktemp("cdk"), "dev")


@pytest.fixture(scope="session")
def prod_assemblies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same of prod, where nothing is spared."""
    return synthesized(tmp_path_factory.mktemp("cdk-prod"), "prod")


@pytest.fixture(scope="session")
def templates(assemblies: Path) -> dict[str, dict[str, Any]]:
    """What every app synthesizes, by its name; the stacks of one app are taken together."""
    return read(assemblies)


@pytest.fixture(scope="session")
def prod_templates(prod_assemblies: Path) -> dict[str, dict[str, Any]]:
    """The same of prod."""
    return read(prod_assemblies)


def synthesized(out: Path, environment: str) -> Path:
    """Synthesize everything into `out`."""
    assert [name for name, _ in synthesize_all(out, environment)] == list(APPS)
    return out


def read(out: Path) -> dict[str, dict[str, Any]]:
    """The templates of every app."""
    return {name: together(sorted((out / name).glob("*.template.json"))) for name in APPS}


def together(paths: list[Path]) -> dict[str, dict[str, Any]]:
    """One template of several; logical ids are made unique by the stack's name."""
    whole: dict[str, dict[str, Any]] = {"Resources": {}, "Parameters": {}}
    for path in paths:
        template = json.loads(path.read_text())
        for part, found in whole.items():
            found |= {
                f"{path.name.split('.')[0]}/{name}": value
                for name, value in template.get(part, {}).items()
            }
    return whole
