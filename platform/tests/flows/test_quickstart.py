"""docs/runtime/quickstart.md, command by command, as far as no account is needed (T049)."""

import importlib.util
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from switchboard.constructs import deploy
from switchboard.local.settings import LocalSettings

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs/runtime/quickstart.md"
BLOCK = re.compile(r"^```sh( account)?\n(.*?)^```", re.MULTILINE | re.DOTALL)
CLI = f"npx -y {deploy.CDK_CLI} "
UP = "hatch run up"
"""What the fixture `settings` has done: the same code on ports of its own."""


def commands(*, account: bool) -> Iterator[str]:
    for needs_account, text in BLOCK.findall(PAGE.read_text()):
        if bool(needs_account) == account:
            yield from text.strip().splitlines()


def as_hatch_runs(command: str) -> list[str]:
    """The words hatch would run, with the interpreter of this environment."""
    program, run, name, *arguments = shlex.split(command)
    assert (program, run) == ("hatch", "run"), command
    environment, colon, script = name.rpartition(":")
    scripts = tomllib.loads((ROOT / "hatch.toml").read_text())["envs"][environment or "default"][
        "scripts"
    ]
    if not colon and name not in scripts:
        words = [name, *arguments]
    else:
        words = shlex.split(scripts[script].replace("{args}", shlex.join(arguments)))
    return [sys.executable if words[0] == "python" else words[0], *words[1:]]


def variables(line: str, settings: LocalSettings) -> dict[str, str]:
    """The variables of an `export`, for this platform's ports instead of the usual ones."""
    usual = LocalSettings(home=settings.home)
    for there, here in (
        (usual.engine_url, settings.engine_url),
        (usual.connect_url, settings.connect_url),
        (usual.agentcore_url, settings.agentcore_url),
    ):
        line = line.replace(there, here)
    return dict(word.split("=", 1) for word in shlex.split(line)[1:])


@pytest.mark.requirement("T049", "E")
def test_every_command_that_needs_no_account_works(settings: LocalSettings) -> None:
    environment: dict[str, str] = {}
    said = {}
    for command in commands(account=False):
        if command.startswith("export "):
            environment |= variables(command, settings)
        elif command != UP:
            ended = subprocess.run(
                ["env", *(f"{k}={v}" for k, v in environment.items()), *as_hatch_runs(command)],
                cwd=ROOT,
                capture_output=True,
                text=True,
                check=False,
                timeout=300,
            )
            assert ended.returncode == 0, (command, ended.stderr[-2000:])
            said[command] = ended.stdout

    (status,) = (text for command, text in said.items() if "runtime_check" in command)
    assert status.count("READY") == 7
    (answers,) = (text for command, text in said.items() if "runtime_probe" in command)
    assert answers.count("a stranger is refused: ") == 7
    assert len(said) == 6


@pytest.mark.requirement("T049", "E")
def test_every_other_command_is_one_this_checkout_has(capsys: pytest.CaptureFixture[str]) -> None:
    for command in commands(account=True):
        for part in re.split(r" && | \| ", command):
            if part.startswith("hatch run"):
                words = as_hatch_runs(part)[2:]
                if words[0] == deploy.__name__:
                    assert deploy._parser().parse_args(words[1:])
                else:
                    assert importlib.util.find_spec(words[0]), words
            elif part.startswith("docker buildx build"):
                assert "-f agents/Dockerfile" in part
                assert "ARG AGENT" in (ROOT / "agents/Dockerfile").read_text()
            else:
                assert part.startswith((CLI, "cd agents", "aws ecr ", "docker login ")), part
