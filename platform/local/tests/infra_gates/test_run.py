"""The whole run over one real app, and the command's bad input."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from switchboard.local.checkout import ROOT
from switchboard.local.cli.console import CommandError
from switchboard.local.cli.main import app
from switchboard.local.infra_gates.check import InfraCheck, Options
from switchboard.local.settings import user_environment


def test_a_real_app_passes_every_gate_but_its_explained_findings(tmp_path: Path) -> None:
    check = InfraCheck(ROOT, tmp_path, user_environment(), lambda _line: None)

    outcome = check(Options(["prod"], ["completion"], everything=False, bundles=False))

    assert [finding.as_dict() for finding in outcome.findings] == []
    assert (outcome.stacks, outcome.explained > 5) == (1, True)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["infra-check", "--env", "moon"], "no environment moon"),
        (["infra-check", "--app", "moon"], "no app moon"),
        (["infra-check", "--update", "--env", "dev"], "--update writes all snapshots"),
        (["destroy"], "nothing is destroyed from here"),
        (["destroy", "--plan", "--env", "moon"], "no environment moon"),
        (["infra-diff", "--env", "moon"], "no environment moon"),
        (["release-notes", "v99.0.0"], "nothing under '99.0.0'"),
    ],
)
def test_bad_input_is_refused_with_a_remedy(words: list[str], message: str) -> None:
    result = CliRunner().invoke(app, words)

    assert isinstance(result.exception, CommandError)
    assert message in str(result.exception)
    assert result.exception.remedy
