"""Rules of the house that no linter has: sizes, names, the common skeleton, no secrets."""

import configparser
import json
import re
import tomllib
from pathlib import Path

import pytest

SERVICES = ("ingress", "orchestrator", "completion", "itsm-mock", "voice")
JUNK_DRAWERS = {"utils", "util", "helpers", "helper", "common", "misc", "base", "core", "manager"}
README_HEADINGS = ("Does", "Receives", "Publishes", "Owns in AWS", "Run it")
MOST_LINES = 400
PLACEHOLDER_ACCOUNTS = {"111122223333", "123456789012"}
FORBIDDEN_TEXT = {
    "another account's ARN": re.compile(r"arn:aws[^:\s]*:[a-z0-9-]*:[a-z0-9-]*:(\d{12}):"),
    "an AWS access key": re.compile(r"\b(AKIA[0-9A-Z]{16})\b"),
    "an API host": re.compile(r"\b([a-z0-9]{10})\.execute-api\.[a-z0-9-]+\.amazonaws\.com"),
    "a phone number": re.compile(r"(\+1\d{10})\b"),
    "a private key": re.compile(r"(-----BEGIN [A-Z ]*PRIVATE KEY-----\n[A-Za-z0-9+/=\n]{200})"),
    "a GitHub token": re.compile(r"\b(gh[pousr]_[A-Za-z0-9]{36})\b"),
    "a path of somebody's machine": re.compile(r"(?<![\w.])(/(?:home|Users|work|root)/[\w.-]+)"),
}
ALLOWED = {"+15555550100", "111122223333", "123456789012"}


def python_files(files: list[Path]) -> list[Path]:
    return [path for path in files if path.suffix == ".py"]


def test_no_file_is_longer_than_the_hard_limit(files: list[Path]) -> None:
    long = {
        str(p): n
        for p in python_files(files)
        if (n := len(p.read_text().splitlines())) > MOST_LINES
    }

    assert not long


def test_every_module_is_named_after_what_it_does(files: list[Path]) -> None:
    assert not [p for p in files if JUNK_DRAWERS & {p.stem, *p.parent.parts[-3:]}]


def test_platform_never_shadows_the_standard_library(root: Path) -> None:
    assert not (root / "platform/__init__.py").exists()
    assert not list(root.glob("*/src/switchboard/__init__.py"))
    assert not list(root.glob("*/*/src/switchboard/__init__.py"))


@pytest.mark.requirement("CARD-04", "D")
def test_the_top_level_is_the_one_of_the_design_card(root: Path) -> None:
    for name in (*(f"services/{service}" for service in SERVICES), "agents", "shared-events"):
        assert (root / name).is_dir(), name
    assert (root / "platform").is_dir()
    assert (root / "hatch.toml").is_file()


@pytest.mark.requirement("CARD-05", "D")
@pytest.mark.parametrize("service", SERVICES)
def test_every_service_has_its_own_code_tests_and_cdk_app(root: Path, service: str) -> None:
    folder = root / "services" / service
    module = service.replace("-", "_")
    for name in (
        "README.md",
        "pyproject.toml",
        "cdk.json",
        "infra/app.py",
        f"infra/{module}_stack.py",
        f"src/switchboard/{module}/__init__.py",
        f"src/switchboard/{module}/py.typed",
        "tests/infra",
    ):
        assert (folder / name).exists(), f"{service} lacks {name}"


@pytest.mark.parametrize("service", SERVICES)
def test_a_services_readme_answers_the_five_questions(root: Path, service: str) -> None:
    text = (root / "services" / service / "README.md").read_text()

    missing = [heading for heading in README_HEADINGS if f"## {heading}" not in text]

    assert not missing


@pytest.mark.requirement("CARD-08", "D")
def test_a_services_environment_holds_no_other_service(root: Path) -> None:
    hatch = tomllib.loads((root / "hatch.toml").read_text())["envs"]
    listed = hatch["service"]["workspace"]["members"]
    members = [member["path"] if isinstance(member, dict) else member for member in listed]

    assert [m for m in members if m.startswith("services/")] == ["services/{env_name}"]
    assert "test" in hatch["service"]["scripts"]
    for service in SERVICES:
        assert hatch[service]["template"] == "service"


@pytest.mark.requirement("CARD-03", "D")
@pytest.mark.parametrize(
    ("package", "imported_as"),
    [
        ("boto3", "boto3"),
        ("aws-lambda-powertools", "aws_lambda_powertools"),
        ("pydantic", "pydantic"),
        ("aws-cdk-lib", "aws_cdk"),
        ("pytest", "pytest"),
        ("moto", "moto"),
    ],
)
def test_a_package_of_the_design_card_is_declared_and_used(
    files: list[Path], root: Path, package: str, imported_as: str
) -> None:
    declared = [p for p in files if p.name == "pyproject.toml" and f'"{package}' in p.read_text()]
    used = [
        p
        for p in python_files(files)
        if re.search(rf"^\s*(import|from) {imported_as}\b", p.read_text(), re.MULTILINE)
    ]

    assert declared
    assert used


@pytest.mark.requirement("SEC-11", "D")
def test_no_secret_account_number_or_machine_path_stands_in_the_repository(
    files: list[Path],
) -> None:
    found = []
    for path in files:
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        for what, pattern in FORBIDDEN_TEXT.items():
            found += [
                f"{path}: {what}: {match}"
                for match in pattern.findall(text)
                if match not in ALLOWED and path.name != Path(__file__).name
            ]

    assert not found


def test_the_secret_scan_would_notice_a_planted_one() -> None:
    planted = "arn:aws:iam::999988887777:role/x AKIAABCDEFGHIJKLMNOP +12025550123 /home/somebody"

    found = [what for what, pattern in FORBIDDEN_TEXT.items() if pattern.findall(planted)]

    assert len(found) == 4


def test_every_requirement_row_is_data_with_at_least_one_kind_of_proof(root: Path) -> None:
    rows = json.loads((root / "docs/requirements/requirements.json").read_text())

    assert len(rows) == 337
    assert len({row["id"] for row in rows}) == 337
    assert all(row["proofs"] and set(row["proofs"]) <= set("UCSEFDA") for row in rows)


def imports_of(files: list[Path], folder: str) -> set[str]:
    """The top-level packages that the sources of a folder import."""
    pattern = re.compile(r"^\s*(?:from|import) ([a-z_0-9]+)", re.MULTILINE)
    found = set()
    for path in python_files(files):
        if f"/{folder}/src/" in str(path):
            found |= set(pattern.findall(path.read_text()))
    return found


@pytest.mark.requirement("ARC-04", "D")
def test_agents_hold_no_client_of_notion_github_or_s3(files: list[Path]) -> None:
    assert not imports_of(files, "agents") & {"notion_client", "github", "githubkit"}
    agents = [path for path in python_files(files) if "/agents/src/" in str(path)]
    assert not [path for path in agents if 'client("s3")' in path.read_text()]


@pytest.mark.requirement("ARC-01", "D")
@pytest.mark.parametrize("service", ["ingress", "orchestrator", "completion"])
def test_no_service_makes_a_pull_request_or_a_prototype_for_an_agent(
    files: list[Path], service: str
) -> None:
    makers = {"github", "githubkit", "dulwich", "pygit2"}

    assert imports_of(files, f"services/{service}")
    assert not imports_of(files, f"services/{service}") & makers


def test_mypy_reads_every_module_of_the_cdk_that_the_sources_import(
    root: Path, files: list[Path]
) -> None:
    """The others are skipped, all 300 of them: what is imported from one would be unchecked."""
    imported = {
        f"aws_cdk.{name}"
        for path in python_files(files)
        if "/src/" in str(path)
        for name in re.findall(r"^from aws_cdk import (aws_\w+)", path.read_text(), re.MULTILINE)
    }
    mypy = configparser.ConfigParser()
    mypy.read(root / "mypy.ini")
    read = {
        module
        for section in mypy.sections()
        if mypy[section].get("follow_imports") == "normal"
        for module in section.removeprefix("mypy-").split(",")
    }

    assert imported
    assert imported | {"aws_cdk"} == read
