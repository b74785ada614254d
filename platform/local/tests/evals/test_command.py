"""`switchboard evals`: what is said before anything is started."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from switchboard.local.cli.console import CommandError
from switchboard.local.cli.main import app


def _refusal(*arguments: str) -> CommandError:
    result = CliRunner().invoke(app, ["evals", *arguments])
    assert isinstance(result.exception, CommandError), result.output
    return result.exception


def test_a_mistake_in_a_dataset_stops_everything_and_says_where(tmp_path: Path) -> None:
    (tmp_path / "code.yaml").write_text("agent: code\nabout: x\ncases: []\n")

    error = _refusal("--datasets", str(tmp_path))

    assert str(error).startswith("code.yaml, line 3, cases: ")
    assert "docs/evals.md" in error.remedy


def test_an_unknown_case_names_those_there_are() -> None:
    assert "there are: repair, vague, injected-page" in str(
        _refusal("--agent", "spec", "--case", "nope")
    )


def test_a_baseline_that_was_named_has_to_be_one(tmp_path: Path) -> None:
    (tmp_path / "report.json").write_text("{}")

    error = _refusal("--baseline", str(tmp_path / "report.json"))

    assert "no report of this version" in str(error)


@pytest.mark.parametrize("value", ["1.5", "-1", "much"])
def test_a_threshold_is_a_share(value: str) -> None:
    result = CliRunner().invoke(app, ["evals", "--threshold", value])

    assert result.exit_code == 2
