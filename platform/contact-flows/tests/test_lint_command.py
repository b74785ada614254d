"""The linter as a command."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from switchboard.contact_flows.cli import app
from switchboard.contact_flows.linter.finding import RULES


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    path = tmp_path / "broken.json"
    path.write_text(
        json.dumps({"Version": "2019-10-30", "StartAction": "a", "Actions": [{"Identifier": "a"}]})
    )
    return path


def test_flows_without_errors_end_with_zero(exported: Path) -> None:
    result = CliRunner().invoke(app, [str(exported)])

    assert result.exit_code == 0
    assert "no findings" in result.stdout


def test_errors_end_with_one_and_each_has_its_remedy(exported: Path, broken: Path) -> None:
    result = CliRunner().invoke(app, [str(exported), str(broken)])

    assert result.exit_code == 1
    assert "A002 a: there is no action type ''" in result.stdout
    assert RULES["A002"].remedy in result.stdout
    assert f"{exported}: " in result.stdout


def test_findings_can_be_had_as_json(broken: Path) -> None:
    result = CliRunner().invoke(app, ["--json", str(broken)])

    (report,) = json.loads(result.stdout)
    assert report["file"] == str(broken)
    assert report["findings"][0]["code"] == "A002"


def test_a_missing_a_malformed_and_an_unreadable_file_are_named_with_what_to_do(
    tmp_path: Path,
) -> None:
    malformed = tmp_path / "malformed.json"
    malformed.write_text("{")

    result = CliRunner().invoke(app, [str(tmp_path / "none.json"), str(malformed), str(tmp_path)])

    assert result.exit_code == 1
    assert "no such file" in result.stderr
    assert "Export the flow again" in result.stderr
    assert "cannot be read" in result.stderr


def test_the_flow_type_can_be_given_and_an_unknown_one_is_refused(exported: Path) -> None:
    runner = CliRunner()

    assert runner.invoke(app, ["--flow-type", "CUSTOMER_QUEUE", str(exported)]).exit_code == 0
    refused = runner.invoke(app, ["--flow-type", "QUEUE", str(exported)])
    assert refused.exit_code == 2
    assert "CUSTOMER_QUEUE" in refused.output


def test_the_rules_can_be_listed() -> None:
    result = CliRunner().invoke(app, ["--rules"])

    assert result.exit_code == 0
    assert [line.split()[0] for line in result.stdout.splitlines()] == list(RULES)
