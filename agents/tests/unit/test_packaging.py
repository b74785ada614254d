"""One distribution, built as a zip or as an image from the same list of requirements."""

import tomllib
from pathlib import Path

import pytest

AGENTS = Path(__file__).parents[2]
FOLDERS = [path.parent for path in (AGENTS / "src/switchboard/agents").glob("*/agent.py")]


def _declared(folder: Path) -> set[str]:
    project = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
    return {
        item
        for item in project["dependencies"]
        if not item.startswith(("switchboard-", "boto3-stubs"))
    }


@pytest.mark.requirement("S001-FR-014", "D")
def test_the_image_installs_what_the_distribution_declares() -> None:
    lines = (AGENTS / "requirements.txt").read_text().splitlines()
    listed = {line for line in lines if line and not line.startswith("#")}

    assert listed == _declared(AGENTS) | _declared(AGENTS.parent / "shared-events")
    assert "requirements.txt" in (AGENTS / "Dockerfile").read_text()


@pytest.mark.requirement("AGT-02", "D")
def test_an_agents_folder_holds_only_what_differs() -> None:
    names = {folder.name: {path.name for path in folder.glob("*.*")} for folder in FOLDERS}

    agents = {"code", "mock", "demo_deck", "insight", "spec", "review", "a_b_test"}
    assert set(names) == agents
    for files in names.values():
        assert files == {"__init__.py", "agent.py", "output.py", "prompt.md"}
    assert len(list(AGENTS.rglob("Dockerfile"))) == 1
    assert len(list(AGENTS.rglob("requirements*.txt"))) == 1


def test_the_image_is_built_for_arm64() -> None:
    assert "FROM --platform=linux/arm64" in (AGENTS / "Dockerfile").read_text()


def test_no_agent_code_asks_where_it_runs() -> None:
    for path in (AGENTS / "src").rglob("*.py"):
        text = path.read_text()
        assert "localhost" not in text, path
        if path.name not in ("models.py", "settings.py"):
            assert "offline" not in text, path
