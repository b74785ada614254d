"""Thousands of schedules of the real use cases; a seed is the same every time (NEW-02)."""

import json
import os
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from switchboard.local.cli.main import app
from switchboard.local.simulation.campaign import campaign, traced
from switchboard.local.simulation.faults import KINDS

SCHEDULES = 2000


def simulate(*words: str, hash_seed: str = "0") -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, without the tests' coverage, which costs two thirds."""
    return subprocess.run(
        [sys.executable, "-m", "switchboard.local.cli", "simulate", *words],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},  # noqa: TID251 - the child's, not ours
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.requirement("NEW-02", "F")
@pytest.mark.requirement("NEW-03", "F")
@pytest.mark.requirement("NEW-10", "F")
@pytest.mark.requirement("ING-16", "F")
@pytest.mark.requirement("ING-21", "F")
@pytest.mark.requirement("ERR-05", "F")
def test_no_invariant_is_broken_in_two_thousand_schedules_with_faults_of_every_kind() -> None:
    ended = simulate("--schedules", str(SCHEDULES), "--json")

    said = json.loads(ended.stdout)
    assert said["broken"] == []
    assert ended.returncode == 0
    assert said["schedules"] == SCHEDULES
    assert {kind: said["faults"].get(kind, 0) > 5 for kind in KINDS} == dict.fromkeys(KINDS, True)


@pytest.mark.requirement("NEW-02", "F")
@pytest.mark.parametrize("seed", ["3", "14"])
def test_the_same_seed_is_the_same_schedule_to_the_byte_in_any_process(seed: str) -> None:
    traces = {
        simulate("--seed", seed, "--trace", hash_seed=hash_seed).stdout for hash_seed in ("1", "2")
    }

    assert len(traces) == 1
    assert traces.pop().count("\n") > 50


def test_a_schedule_goes_the_same_way_whether_it_is_written_down_or_not() -> None:
    silent = campaign(range(5))
    written = [traced(seed)[0] for seed in range(5)]

    assert sum(played.steps for played in written) == silent.steps


def test_another_seed_is_another_schedule() -> None:
    assert traced(1)[1] != traced(2)[1]


def test_the_command_shows_faults_invariants_and_how_many_schedules() -> None:
    shown = CliRunner().invoke(app, ["simulate", "--schedules", "3", "--first", "7"])

    assert shown.exit_code == 0, shown.output
    assert "3 schedules" in shown.output
    for words in ("crash before a call", "a terminal status is final", "holds"):
        assert words in shown.output
    assert "BROKEN" not in shown.output


def test_a_trace_is_refused_without_a_seed() -> None:
    ended = simulate("--trace")

    assert ended.returncode == 1
    assert "add --seed N" in ended.stderr
