"""`events replay` on the terminal: exit statuses and messages."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from switchboard.local.access import Access
from switchboard.local.cli.main import app
from switchboard.local.replay import replay as module
from switchboard.local.replay.archive import archived
from switchboard.local.replay.difference import compare
from switchboard.local.replay.effects import Looked, effects
from switchboard.local.replay.refusal import ReplayRefusedError
from switchboard.local.replay.replay import Replayed

Event = dict[str, Any]
run = CliRunner().invoke


class NoDoors:
    """A running platform that nobody asks anything."""

    def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> None:
    """The platform runs."""
    monkeypatch.setattr(Access, "of_running_platform", NoDoors)


@pytest.fixture
def outcome(story: list[Event], monkeypatch: pytest.MonkeyPatch, platform: None) -> Any:
    """Let the replay have these files of a pull request in the shadow."""

    def give(*shadow_files: str) -> None:
        sides = [
            effects(story, Looked(Counter(files), Counter()))
            for files in (["a.py 1"], shadow_files)
        ]
        flow = archived(story[0]["detail"]["metadata"]["correlation_id"], story)
        costs = [side.cost for side in sides]
        found = Replayed(flow, compare(*sides), *costs, story, ["a note"], 12.0)
        monkeypatch.setattr(module.Replay, "__call__", lambda *_args, **_options: found)

    return give


def test_the_same_effects_end_with_status_0(outcome: Any) -> None:
    outcome("a.py 1")

    result = run(app, ["events", "replay", "some-flow"])

    assert result.exit_code == 0
    assert "the same effects in the shadow" in result.stdout
    assert "content    the same (1)" in result.stdout
    assert "note: a note" in result.stdout
    assert "not compared, because it must differ: addresses" in result.stdout


def test_other_effects_end_with_status_1_and_say_what_is_where(outcome: Any) -> None:
    outcome("a.py 2")

    result = run(app, ["events", "replay", "some-flow"])

    assert result.exit_code == 1
    assert "only in the archive: a.py 1" in result.stdout
    assert "only in the shadow: a.py 2" in result.stdout


def test_programs_get_json(outcome: Any) -> None:
    outcome("a.py 2")

    report = json.loads(run(app, ["events", "replay", "some-flow", "--json"]).stdout)

    assert report["same"] is False
    (content,) = [aspect for aspect in report["aspects"] if aspect["name"] == "content"]
    assert content["only_shadow"] == ["a.py 2"]
    assert report["kept"] is None


def test_a_flow_that_cannot_be_replayed_ends_with_status_2_and_a_remedy(
    platform: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object, **_options: object) -> None:
        raise ReplayRefusedError("the flow is still running", "wait for its end")

    monkeypatch.setattr(module.Replay, "__call__", refuse)

    result = run(app, ["events", "replay", "some-flow"])

    assert result.exit_code == 2
    assert "error: the flow is still running" in result.stderr
    assert "remedy: wait for its end" in result.stderr


def test_without_a_platform_it_says_how_to_start_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SWITCHBOARD_HOME", str(tmp_path))
    monkeypatch.setenv("SWITCHBOARD_PORT_ENGINE", "9")

    result = run(app, ["events", "replay", "some-flow"])

    assert result.exit_code == 2
    assert "hatch run up" in result.stderr
