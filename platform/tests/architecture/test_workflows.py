"""GitHub's pipelines: well-formed, pinned, with no more rights than they use (not run there)."""

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from switchboard.constructs.environments import ENVIRONMENTS
from switchboard.local.checks import STEPS
from switchboard.local.cli.main import app

WORKFLOWS = (
    "check.yml",
    "diff.yml",
    "deploy.yml",
    "deploy-environment.yml",
    "rollback.yml",
    "release.yml",
)
PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}")
HATCH = re.compile(r"hatch run (?:([\w-]+):)?([\w-]+)")
MAY_WRITE = {
    "diff.yml": {"id-token", "pull-requests"},
    "deploy.yml": {"id-token"},
    "deploy-environment.yml": {"id-token"},
    "rollback.yml": {"id-token"},
    "release.yml": {"contents"},
}
"""What a pipeline may write; to write an id token is to be somebody in an account, by OIDC."""
Workflow = dict[Any, Any]


@pytest.fixture(scope="module")
def workflows(root: Path) -> dict[str, Workflow]:
    folder = root / ".github/workflows"
    return {path.name: yaml.safe_load(path.read_text()) for path in sorted(folder.glob("*.yml"))}


def triggers(workflow: Workflow) -> Any:
    """YAML 1.1 reads the key `on` as True."""
    return workflow.get("on", workflow.get(True))


def steps(workflow: Workflow) -> Iterator[dict[str, Any]]:
    for job in workflow.get("jobs", {}).values():
        yield from job.get("steps", [])


def unpinned(workflow: Workflow) -> list[str]:
    used = [step["uses"] for step in steps(workflow) if "uses" in step]
    used += [job["uses"] for job in workflow.get("jobs", {}).values() if "uses" in job]
    return [name for name in used if not (name.startswith("./") or PINNED.fullmatch(name))]


def written(workflow: Workflow) -> set[str]:
    """What the workflow or a job of it may write; without a word it would be everything."""
    parts = [workflow.get("permissions", "write-all")]
    parts += [job["permissions"] for job in workflow["jobs"].values() if "permissions" in job]
    return {
        name
        for part in parts
        for name, right in (part.items() if isinstance(part, dict) else [(part, part)])
        if right.startswith("write")
    }


def injectable(workflow: Workflow) -> list[str]:
    """Shell lines into which GitHub pastes an expression before the shell reads them."""
    return [step["run"] for step in steps(workflow) if "${{" in step.get("run", "")]


def unknown_commands(workflow: Workflow, environments: dict[str, Any]) -> list[str]:
    """Lines that are no hatch command, or one that does not exist."""
    lines = [
        line
        for step in steps(workflow)
        for line in step.get("run", "").splitlines()
        if line.strip()
    ]
    return [line for line in lines if not _exists(line, environments)]


def _exists(line: str, environments: dict[str, Any]) -> bool:
    found = HATCH.match(line)
    if not found:
        return False
    environment, name = found[1] or "default", found[2]
    if environment not in environments:
        return False
    template = environments[environment].get("template", environment)
    scripts = environments[template]["scripts"] | environments[environment].get("scripts", {})
    script = str(scripts.get(name, ""))
    if script.startswith("switchboard "):
        command: Any = typer.main.get_command(app)
        return script.split()[1] in command.commands
    return bool(script)


@pytest.mark.requirement("ENV-02", "D")
@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_workflow_has_the_form_github_reads(root: Path, name: str) -> None:
    checked = subprocess.run(
        [
            *(sys.executable, "-m", "check_jsonschema"),
            *(
                "--builtin-schema",
                "vendor.github-workflows",
                str(root / ".github/workflows" / name),
            ),
        ],
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.returncode == 0, checked.stdout


def test_the_form_check_notices_a_workflow_without_jobs(tmp_path: Path) -> None:
    (tmp_path / "bad.yml").write_text("on: push\njobs: []\n")

    checked = subprocess.run(
        [
            *(sys.executable, "-m", "check_jsonschema"),
            *("--builtin-schema", "vendor.github-workflows", str(tmp_path / "bad.yml")),
        ],
        capture_output=True,
        check=False,
    )

    assert checked.returncode == 1


def test_every_workflow_is_looked_at(workflows: dict[str, Workflow]) -> None:
    assert sorted(workflows) == sorted(WORKFLOWS)


@pytest.mark.parametrize("name", WORKFLOWS)
def test_every_action_is_pinned_to_a_commit(workflows: dict[str, Workflow], name: str) -> None:
    assert unpinned(workflows[name]) == []


def test_the_set_up_action_is_pinned_too(root: Path) -> None:
    action = yaml.safe_load((root / ".github/actions/setup/action.yml").read_text())

    assert unpinned({"jobs": {"setup": action["runs"]}}) == []


def test_a_tag_in_the_place_of_a_commit_is_noticed() -> None:
    bad = {"jobs": {"x": {"steps": [{"uses": "actions/checkout@v4"}]}}}

    assert unpinned(bad) == ["actions/checkout@v4"]


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_workflow_may_write_what_it_has_to_and_nothing_else(
    workflows: dict[str, Workflow], name: str
) -> None:
    assert written(workflows[name]) <= MAY_WRITE.get(name, set())
    assert workflows[name]["permissions"] == {"contents": "read"}


def test_a_workflow_without_a_word_on_permissions_is_noticed() -> None:
    assert written({"jobs": {}}) == {"write-all"}


@pytest.mark.parametrize("name", WORKFLOWS)
def test_nothing_from_outside_is_pasted_into_a_shell(
    workflows: dict[str, Workflow], name: str
) -> None:
    assert injectable(workflows[name]) == []


def test_a_pasted_title_is_noticed() -> None:
    line = "echo ${{ github.event.pull_request.title }}"

    assert injectable({"jobs": {"x": {"steps": [{"run": line}]}}}) == [line]


@pytest.mark.requirement("ENV-02", "D")
@pytest.mark.parametrize("name", WORKFLOWS)
def test_every_step_calls_a_command_of_this_repository(
    root: Path, workflows: dict[str, Workflow], name: str
) -> None:
    environments = tomllib.loads((root / "hatch.toml").read_text())["envs"]

    assert unknown_commands(workflows[name], environments) == []


def test_a_command_that_does_not_exist_is_noticed(root: Path) -> None:
    environments = tomllib.loads((root / "hatch.toml").read_text())["envs"]
    lines = ["hatch run ingress:fly", "hatch run moon:deploy", "make deploy"]
    bad = {"jobs": {"x": {"steps": [{"run": line} for line in lines]}}}

    assert unknown_commands(bad, environments) == lines


@pytest.mark.parametrize("name", WORKFLOWS)
def test_runs_that_would_disturb_each_other_wait(workflows: dict[str, Workflow], name: str) -> None:
    concurrency = workflows[name]["concurrency"]

    assert concurrency["group"]
    if name not in {"check.yml", "diff.yml"}:
        assert concurrency["cancel-in-progress"] is False


def test_no_pipeline_holds_a_key_of_an_account(root: Path) -> None:
    for path in (root / ".github").rglob("*.yml"):
        text = path.read_text()
        assert "secrets." not in text, path
        assert "aws-access-key-id" not in text, path


@pytest.mark.requirement("ENV-02", "D")
def test_a_pull_request_gets_the_diff_in_one_comment_and_a_merge_is_deployed(
    workflows: dict[str, Workflow],
) -> None:
    commands = [step.get("run", "") for step in steps(workflows["diff.yml"])]
    script = next(
        s["with"]["script"] for s in steps(workflows["diff.yml"]) if "script" in s.get("with", {})
    )

    assert "pull_request" in triggers(workflows["diff.yml"])
    assert "hatch run infra-diff --env dev --out comment.md" in commands
    assert "updateComment" in script
    assert triggers(workflows["deploy.yml"]) == {"push": {"branches": ["main"]}}
    assert "push" in triggers(workflows["check.yml"])


@pytest.mark.requirement("ENV-04", "D")
def test_every_environment_has_its_own_pipeline_behind_its_own_approval(
    workflows: dict[str, Workflow],
) -> None:
    jobs = workflows["deploy.yml"]["jobs"]
    deployed = {name: job["with"]["environment"] for name, job in jobs.items() if "with" in job}
    inner = workflows["deploy-environment.yml"]["jobs"]

    assert set(deployed.values()) == set(ENVIRONMENTS)
    assert jobs["dev"]["needs"] == "check"
    assert (jobs["workshop"]["needs"], jobs["prod"]["needs"]) == ("dev", "workshop")
    assert all(job["environment"] == "${{ inputs.environment }}" for job in inner.values())


@pytest.mark.requirement("ENV-04", "D")
def test_a_rollback_is_one_click_with_the_version_to_go_back_to(
    workflows: dict[str, Workflow],
) -> None:
    asked = triggers(workflows["rollback.yml"])["workflow_dispatch"]["inputs"]
    commands = [step.get("run", "") for step in steps(workflows["rollback.yml"])]

    assert set(asked) == {"environment", "agent", "endpoint", "version"}
    assert any("agents:move" in line and '--version "$VERSION"' in line for line in commands)


@pytest.mark.requirement("ENV-04", "S")
def test_a_deployment_leaves_every_endpoint_on_the_version_it_serves(
    templates: dict[str, dict[str, Any]],
) -> None:
    endpoints = [
        resource["Properties"]
        for resource in templates["agents"]["Resources"].values()
        if resource["Type"] == "AWS::BedrockAgentCore::RuntimeEndpoint"
    ]

    assert endpoints
    assert all(str(item["AgentRuntimeVersion"]).isdigit() for item in endpoints)


@pytest.mark.requirement("ENV-03", "D")
def test_a_push_makes_images_then_a_version_and_then_moves_the_endpoint(
    workflows: dict[str, Workflow], root: Path
) -> None:
    jobs = workflows["deploy-environment.yml"]["jobs"]
    commands = [step.get("run", "") for step in jobs["agents"]["steps"]]
    deployed = next(n for n, line in enumerate(commands) if "agents:deploy" in line)
    moved = next(n for n, line in enumerate(commands) if "agents:move" in line)

    assert "agents:image" in jobs["images"]["steps"][-1]["run"]
    assert set(jobs["agents"]["needs"]) == {"platform", "images"}
    assert '-c "tag=$TAG"' in commands[deployed]
    assert deployed < moved


@pytest.mark.requirement("ENV-03", "D")
def test_the_pipelines_know_every_agent(workflows: dict[str, Workflow], root: Path) -> None:
    source = (root / "agents/infra/agents_stack.py").read_text()
    found = re.search(r"^AGENTS = \(([^)]*)\)", source, re.MULTILINE)
    assert found
    agents = re.findall(r'"(\w+)"', found[1])
    jobs = workflows["deploy-environment.yml"]["jobs"]
    moved = jobs["agents"]["steps"][-1]["run"]
    asked = triggers(workflows["rollback.yml"])["workflow_dispatch"]["inputs"]

    assert jobs["images"]["strategy"]["matrix"]["agent"] == agents
    assert re.findall(r"--agent (\w+)", moved) == agents
    assert asked["agent"]["options"] == agents


@pytest.mark.requirement("P003-13", "D")
def test_the_hand_off_list_names_each_point_with_what_shows_it(root: Path) -> None:
    text = (root / "docs/delivery.md").read_text().partition("## Hand-off")[2]
    rows = [line for line in text.splitlines() if line.startswith("| ") and "shown by" not in line]

    for point in ("GitHub Actions", "reviewed", "tags, encryption and zones", "test environment"):
        assert any(point in row for row in rows), point
    assert [row for row in rows if "not run" in row] == rows[-2:]


@pytest.mark.requirement("P003-09", "D")
@pytest.mark.parametrize("service", ["ingress", "orchestrator", "completion", "itsm-mock", "voice"])
def test_the_tests_of_a_service_can_be_run_apart(root: Path, service: str) -> None:
    for kind in ("unit", "integration", "infra"):
        folder = root / "services" / service / "tests" / kind
        assert list(folder.glob("test_*.py")), folder


@pytest.mark.requirement("P003-09", "D")
def test_one_command_runs_tests_synthesis_formatter_and_linter() -> None:
    programs = {step.name: step.commands[0] for step in STEPS}

    assert programs["format"][:2] == ("ruff", "format")
    assert programs["lint"][:2] == ("ruff", "check")
    assert programs["tests"][0] == "pytest"
    assert "infra-check" in programs["infrastructure"]
