"""The documents of operations: nothing in them that repository, CLI or AWS do not have."""

import json
import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import botocore.session
import pytest
import typer

from switchboard.constructs.environments import ENVIRONMENTS
from switchboard.local.cli.main import app
from switchboard.local.templates import synthesize_all
from switchboard.testing import documents

OPERATIONS = [
    "AGENTS.md",
    "docs/runbook.md",
    "docs/deploy.md",
    "docs/cleanup.md",
    "docs/costs.md",
    "docs/risks.md",
    "docs/well-architected.md",
    "docs/examples/invoke.md",
    "docs/deployments/README.md",
    "docs/deployments/deployment_reports/template.md",
    "docs/deployments/deployment_reports/2026-11-28-none.md",
]
PASTED = ["docs/runbook.md", "docs/deploy.md", "docs/cleanup.md"]
MOST_WORDS = 1700
"""Of prose and tables: what is read in six minutes; a runbook is read one entry at a time."""
PILLARS = [
    "Operational excellence",
    "Security, point by point",
    "Reliability",
    "Performance efficiency",
    "Cost optimization",
    "Sustainability",
]
RISKS = ["not in the region", "endpoint is missing", "above the limits", "permissions", "subnets"]
QUESTIONS = [
    "CPU and memory",
    "endpoint policy",
    "test image",
    "runtime name",
    "dashboards",
    "ports of the groups",
    "session ids in tests",
    "log groups",
    "private DNS",
]
FREE = {"AWS::IAM::Role"}
"""Retained and free of charge."""


@pytest.fixture(scope="module")
def texts(root: Path) -> dict[str, str]:
    return {name: (root / name).read_text() for name in OPERATIONS}


@pytest.fixture(scope="module")
def prod(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Every stack of prod, by its name without project and environment."""
    out = tmp_path_factory.mktemp("prod")
    for _ in synthesize_all(out, "prod"):
        pass
    return {
        path.name.split(".")[0].removeprefix("switchboard-prod-"): json.loads(path.read_text())
        for path in out.glob("*/*.template.json")
    }


def rows(text: str, heading: str) -> list[list[str]]:
    """The cells of the table below a heading, its own headings apart."""
    _, _, rest = text.partition(f"{heading}\n")
    section = re.split(r"^#+ ", rest, maxsplit=1, flags=re.MULTILINE)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_every_link_of_every_document_leads_somewhere(files: list[Path], root: Path) -> None:
    pages = [path for path in files if path.suffix == ".md" and "schemas" not in path.parts]

    dead = {str(page.relative_to(root)): documents.dead_links(page) for page in pages}

    assert {page: found for page, found in dead.items() if found} == {}


@pytest.mark.requirement("P003-12", "D")
@pytest.mark.parametrize("name", OPERATIONS)
def test_every_command_of_a_document_exists(texts: dict[str, str], root: Path, name: str) -> None:
    environments = tomllib.loads((root / "hatch.toml").read_text())["envs"]
    command = typer.main.get_command(app)

    assert documents.impossible_hatch_commands(texts[name], environments, command) == []
    assert documents.missing_modules(texts[name]) == []


@pytest.mark.requirement("VOI-11", "D")
@pytest.mark.parametrize("name", OPERATIONS)
def test_every_aws_command_of_a_document_exists_with_its_options(
    texts: dict[str, str], name: str
) -> None:
    session = botocore.session.get_session()

    assert list(documents.impossible_aws_commands(texts[name], session)) == []


@pytest.mark.parametrize("name", PASTED)
def test_what_is_to_be_pasted_is_shell(texts: dict[str, str], name: str) -> None:
    inline = re.findall(r"^- \*\*First\*\*: `([^`]+)`", texts[name], re.MULTILINE)
    script = documents.shell(texts[name]) + "\n".join(re.sub(r"<[^>]*>", "ID", i) for i in inline)

    read = subprocess.run(["bash", "-n"], input=script, text=True, capture_output=True, check=False)

    assert (read.returncode, read.stderr) == (0, "")


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_document_is_short(texts: dict[str, str], name: str) -> None:
    prose = re.sub(r"```.*?```", "", texts[name], flags=re.DOTALL)

    assert len(documents.LINK.sub("link", prose).split()) <= MOST_WORDS


def test_resources_values_and_alarms_that_are_named_are_in_the_templates(
    texts: dict[str, str], templates: dict[str, dict[str, Any]]
) -> None:
    deployed = json.dumps(templates)
    text = "\n".join(texts.values())
    names = set(re.findall(r"\bpoc-[a-z0-9]+(?:-[a-z0-9]+)*", text))
    values = set(re.findall(r"\bvalue ([a-z0-9-]+(?:/[a-z0-9-]+)+)", text))

    assert {name for name in names if name not in deployed} == set()
    assert {name for name in values if f'"/switchboard/dev/{name}"' not in deployed} == set()


def test_what_a_symptom_looks_at_is_one_resource_of_the_stack_it_names(
    texts: dict[str, str], templates: dict[str, dict[str, Any]]
) -> None:
    text = texts["docs/runbook.md"]
    asked = [
        *re.findall(r"resource ([a-z-]+) (AWS::\w+::\w+) (\w+)", text),
        *(
            (app, "AWS::Logs::LogGroup", name)
            for app, name in re.findall(r"recent ([a-z-]+) (\w+)", text)
        ),
    ]

    found = {
        (app_name, name): [
            key
            for key, resource in templates[app_name]["Resources"].items()
            if resource["Type"] == kind and key.split("/")[1].startswith(name)
        ]
        for app_name, kind, name in asked
    }

    assert found
    assert {asked: keys for asked, keys in found.items() if len(keys) != 1} == {}


def test_each_symptom_says_what_is_seen_done_first_caused_mended_and_over(
    texts: dict[str, str],
) -> None:
    entries = re.split(r"^## ", texts["docs/runbook.md"], flags=re.MULTILINE)[1:-1]

    assert len(entries) >= 12
    for entry in entries:
        labels = re.findall(r"^- \*\*(\w+)\*\*:", entry, re.MULTILINE)
        assert labels == ["See", "First", "Cause", "Do", "Over"], entry.splitlines()[0]


@pytest.mark.requirement("P003-04", "D")
@pytest.mark.parametrize("pillar", PILLARS)
def test_each_pillar_is_answered_with_what_shows_it(texts: dict[str, str], pillar: str) -> None:
    answers = rows(texts["docs/well-architected.md"], f"## {pillar}")

    assert len(answers) >= 3
    assert [row for row in answers if "](" not in row[2] and "hatch run" not in row[2]] == []


@pytest.mark.requirement("P003-04", "D")
def test_right_sizing_names_the_sizes_that_the_environments_have(texts: dict[str, str]) -> None:
    sizes = [row[1] for row in rows(texts["docs/well-architected.md"], "### Right-sizing")]

    for environment in ENVIRONMENTS.values():
        given = environment.allocation
        assert f"{given.cpu_units:,} CPU units, {given.memory_mib:,} MiB" in sizes


@pytest.mark.requirement("S001-FR-035", "D")
def test_the_security_pillar_is_answered_point_by_point(texts: dict[str, str]) -> None:
    answers = rows(texts["docs/well-architected.md"], "## Security, point by point")

    assert [row[0].split()[:2] for row in answers] == [["SEC", str(n)] for n in range(1, 12)]
    assert all(row[1] and "](" in row[2] for row in answers)


@pytest.mark.requirement("P003-14", "D")
def test_each_risk_has_an_answer_and_what_shows_it(texts: dict[str, str]) -> None:
    answers = rows(texts["docs/risks.md"], "## Risks")

    assert [risk for risk, row in zip(RISKS, answers, strict=True) if risk not in row[0]] == []
    assert all(row[1] and "](" in row[2] for row in answers)


@pytest.mark.requirement("P003-15", "D")
def test_each_question_has_an_answer(texts: dict[str, str]) -> None:
    answers = rows(texts["docs/risks.md"], "## Questions")

    assert [row[0] for row in answers] == QUESTIONS
    assert all(len(row[1]) > 20 for row in answers)


@pytest.mark.requirement("VOI-11", "D")
def test_the_cleanup_takes_down_every_stack_but_the_one_that_is_kept(
    texts: dict[str, str], prod: dict[str, dict[str, Any]]
) -> None:
    shell = documents.shell(texts["docs/cleanup.md"])
    gone = re.findall(r"^gone ([\w-]+)", shell, re.MULTILINE)

    assert set(gone) == {*prod, "agent-images"} - {"connect"}
    assert gone.index("itsm-mock") < gone.index("desk") < gone.index("platform")
    assert gone.index("agents") < gone.index("platform") < gone.index("network")
    assert shell.index("aws s3 rm") < shell.index("gone platform")


@pytest.mark.requirement("VOI-11", "D")
def test_every_kind_of_resource_that_a_deleted_stack_leaves_is_listed_with_its_costs(
    texts: dict[str, str], prod: dict[str, dict[str, Any]]
) -> None:
    listed = {
        kind: row
        for row in rows(texts["docs/cleanup.md"], "## 3. Billable leftovers")
        for kind in re.findall(r"AWS::\w+::\w+", row[0])
    }

    left = {
        (stack, resource["Type"])
        for stack, template in prod.items()
        for resource in template["Resources"].values()
        if resource.get("DeletionPolicy", "").startswith("Retain")
    }

    assert {kind for _, kind in left} - listed.keys() - FREE == set()
    for stack, kind in sorted(left):
        if kind not in FREE:
            where = listed[kind][1]
            assert stack in where or where.startswith("all"), (stack, kind)
            assert listed[kind][2], kind


@pytest.mark.requirement("P003-12", "D")
def test_what_a_deployment_needs_in_words_is_there(root: Path, texts: dict[str, str]) -> None:
    readme = (root / "README.md").read_text()
    invoke = texts["docs/examples/invoke.md"]

    assert "docs/deploy.md" in readme
    assert (root / "agents/Dockerfile").is_file()
    assert "agents/Dockerfile" in invoke
    assert "## Synchronously" in invoke
    assert "## Streaming" in invoke
    for name in OPERATIONS:
        if name.startswith("docs/deployments/deployment_reports/2"):
            assert "not run on aws" in texts[name].lower()


@pytest.mark.requirement("T045", "D")
def test_for_every_stack_it_is_said_what_is_refused_and_where_it_logs(
    texts: dict[str, str], root: Path, prod: dict[str, dict[str, Any]]
) -> None:
    answers = {row[0].strip("`"): row for row in rows(texts["docs/deploy.md"], "### By stack")}

    assert set(answers) == {*prod, "agent-images"}
    assert all(len(row) == 4 and row[1] and row[2] and "](" in row[3] for row in answers.values())
