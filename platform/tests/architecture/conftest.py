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
def templates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """The synthesized template of every app by its name."""
    out = tmp_path_factory.mktemp("cdk")
    names = [name for name, _ in synthesize_all(out, "dev")]
    assert names == list(APPS)
    return {
        name: json.loads(next((out / name).glob("*.template.json")).read_text()) for name in names
    }
