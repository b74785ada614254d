"""The acceptance on AWS cannot be run here; that it asks for nothing that is not there can."""

import subprocess
import tomllib
from pathlib import Path

import botocore.session
import pytest
import typer

from switchboard.local.acceptance.steps import ReadyStep, read_steps, ready
from switchboard.local.cli.main import app
from switchboard.testing import documents

VALUES = {"env": "workshop", "alias": "acme-desk", "projects": "source"}
STEPS = ready(read_steps(), VALUES)


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.step.name)
def test_every_command_of_a_step_exists_with_its_options(step: ReadyStep, root: Path) -> None:
    environments = tomllib.loads((root / "hatch.toml").read_text())["envs"]
    command = typer.main.get_command(app)
    session = botocore.session.get_session()
    text = f"{step.script}\n{step.by_hand}"

    assert documents.impossible_hatch_commands(text, environments, command) == []
    assert documents.missing_modules(text) == []
    assert list(documents.impossible_aws_commands(text, session)) == []


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.step.name)
def test_every_step_is_shell(step: ReadyStep) -> None:
    read = subprocess.run(
        ["bash", "-n"], input=step.script, text=True, capture_output=True, check=False
    )

    assert (read.returncode, read.stderr) == (0, "")
