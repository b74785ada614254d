"""The desk's documents: all there, and nothing in them that the repository does not have."""

import json
import re
import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import botocore.session
import pytest
import typer

from switchboard.local.cli.main import app
from switchboard.testing import documents

DOCUMENTS = {
    "Architecture": "architecture.md",
    "OpenAPI specification": "openapi.md",
    "API Gateway design": "api-gateway.md",
    "Lambda design": "lambda.md",
    "DynamoDB schema": "dynamodb.md",
    "IAM policies": "iam.md",
    "AgentCore gateway configuration": "agentcore-gateway.md",
    "Connect flow design": "connect-flow.md",
    "Test strategy": "test-strategy.md",
    "Budget setup guide": "budget.md",
    "Cleanup procedure": "cleanup.md",
}
"""The eleven of seed 000 (F22)."""
PAGES = ["README.md", *DOCUMENTS.values()]
MOST_WORDS = 600
"""Of prose and tables, commands apart: what is read in two minutes."""
FOLDERS = r"(?:services|platform|agents|shared-events|docs)/[\w./-]+"


@pytest.fixture(scope="module")
def texts(root: Path) -> dict[str, str]:
    return {name: (root / "docs/desk" / name).read_text() for name in PAGES}


@pytest.mark.requirement("VOI-10", "D")
@pytest.mark.parametrize("title", DOCUMENTS)
def test_each_of_the_eleven_documents_is_there_and_stands_in_the_index(
    texts: dict[str, str], title: str
) -> None:
    name = DOCUMENTS[title]

    assert f"[{title}]({name})" in texts["README.md"]
    assert texts[name].startswith("# ")
    assert "not run on aws" in texts[name].lower()


@pytest.mark.parametrize("name", PAGES)
def test_a_document_is_read_in_two_minutes(texts: dict[str, str], name: str) -> None:
    prose = re.sub(r"```.*?```", "", texts[name], flags=re.DOTALL)

    assert len(documents.LINK.sub("link", prose).split()) <= MOST_WORDS


@pytest.mark.requirement("VOI-10", "D")
@pytest.mark.parametrize("name", PAGES)
def test_every_link_of_a_document_leads_somewhere(root: Path, name: str) -> None:
    assert documents.dead_links(root / "docs/desk" / name) == []


@pytest.mark.requirement("VOI-10", "D")
@pytest.mark.parametrize("name", PAGES)
def test_every_file_a_document_names_is_in_the_repository(
    texts: dict[str, str], root: Path, name: str
) -> None:
    named = re.findall(rf"(?<![\w./])(?<!value )({FOLDERS})", texts[name])

    assert [path for path in named if not (root / path.rstrip(".")).exists()] == []


@pytest.mark.requirement("VOI-10", "D")
@pytest.mark.parametrize("name", PAGES)
def test_every_hatch_command_of_a_document_can_be_run(
    texts: dict[str, str], root: Path, name: str
) -> None:
    environments = tomllib.loads((root / "hatch.toml").read_text())["envs"]
    command = typer.main.get_command(app)

    assert documents.impossible_hatch_commands(texts[name], environments, command) == []


@pytest.mark.requirement("VOI-10", "D")
def test_resources_and_parameters_that_are_named_are_in_the_templates(
    texts: dict[str, str], templates: dict[str, dict[str, Any]]
) -> None:
    deployed = json.dumps(templates)
    text = "\n".join(texts.values())
    names = set(re.findall(r"\bpoc-[a-z0-9]+(?:-[a-z0-9]+)*", text))
    values = set(re.findall(r"\bvalue ([a-z0-9-]+(?:/[a-z0-9-]+)+)", text))

    assert {name for name in names if name not in deployed} == set()
    assert {name for name in values if f'"/switchboard/dev/{name}"' not in deployed} == set()


@pytest.mark.requirement("VOI-10", "D")
def test_time_and_memory_of_functions_are_those_of_the_templates(
    texts: dict[str, str], templates: dict[str, dict[str, Any]]
) -> None:
    rows = re.findall(r"\| `(poc-[\w-]+)` \| (\d+) s \| (\d+) MB \|", texts["lambda.md"])
    deployed = {
        resource["Properties"].get("FunctionName"): resource["Properties"]
        for template in templates.values()
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::Lambda::Function"
    }

    assert len(rows) == 5
    for name, seconds, megabytes in rows:
        found = (deployed[name]["Timeout"], deployed[name]["MemorySize"])
        assert found == (int(seconds), int(megabytes)), name


@pytest.mark.requirement("VOI-11", "D")
@pytest.mark.parametrize("name", PAGES)
def test_every_aws_command_of_a_document_exists_with_its_options(
    texts: dict[str, str], name: str
) -> None:
    session = botocore.session.get_session()

    assert list(documents.impossible_aws_commands(texts[name], session)) == []


@pytest.mark.requirement("VOI-11", "D")
def test_the_cleanup_takes_down_every_stack_of_the_desk_and_the_kept_one_last(
    texts: dict[str, str],
) -> None:
    shell = documents.shell(texts["cleanup.md"])

    assert re.findall(r"^gone ([\w-]+)$", shell, re.MULTILINE) == [
        "voice",
        "itsm-mock",
        "desk",
        "connect",
    ]
    assert shell.index("tee desk.txt") < shell.index("gone voice")
    assert shell.index("release-phone-number") < shell.index("delete-instance")
    assert shell.index("--no-enable-termination-protection") < shell.index("gone connect")


@pytest.mark.requirement("VOI-11", "D")
@pytest.mark.parametrize("name", ["cleanup.md", "budget.md"])
def test_what_is_to_be_pasted_is_shell(texts: dict[str, str], name: str) -> None:
    read = subprocess.run(
        ["bash", "-n"],
        input=documents.shell(texts[name]),
        text=True,
        capture_output=True,
        check=False,
    )

    assert (read.returncode, read.stderr) == (0, "")


@pytest.fixture
def sources(files: list[Path]) -> Callable[[str], bool]:
    """Whether a word stands in quotes in some source."""
    text = "\n".join(p.read_text() for p in files if p.suffix == ".py" and "/src/" in str(p))
    return lambda word: f'"{word}"' in text


def test_every_error_code_that_is_explained_exists(
    root: Path, sources: Callable[[str], bool]
) -> None:
    table = (root / "docs/errors.md").read_text()
    codes = re.findall(
        r"`([A-Z]+(?:_[A-Z]+)+)`", "\n".join(re.findall(r"^\|([^|]+)\|", table, re.MULTILINE))
    )

    assert codes
    assert [code for code in codes if not sources(code)] == []
