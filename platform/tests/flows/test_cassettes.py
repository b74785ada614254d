"""A run whose model calls were recorded is played again on a real platform, without a model."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from switchboard.local.journey import Journey
from switchboard.local.model.cassettes import CassetteSwitch
from switchboard.local.settings import LocalSettings

Travel = Callable[..., Journey]


def _calls(settings: LocalSettings) -> int:
    """How many model calls the model door has answered."""
    return len((settings.home / "journal" / "model.jsonl").read_text().splitlines())


def _made(journey: Journey) -> Any:
    """The pull request, but for its number and branch."""
    [artifact] = journey.ended["output_artifacts"]
    return artifact["type"], artifact["title"], artifact["metadata"]["files_changed"]


def test_a_replayed_story_makes_the_same_pull_request_and_asks_no_model(
    travel: Travel, settings: LocalSettings, tmp_path: Path
) -> None:
    switch = CassetteSwitch.in_home(settings.home)
    with switch.on("record", tmp_path / "calls"):
        recorded = travel("Discounts on record")
    before = _calls(settings)

    with switch.on("replay", tmp_path / "calls"):
        played = travel("Discounts on record")

    assert recorded.terminal_status == played.terminal_status == "completed"
    assert _made(played) == _made(recorded)
    assert played.ended["token_usage"] == recorded.ended["token_usage"]
    assert played.invocation_id != recorded.invocation_id
    assert _calls(settings) == before


def test_a_story_without_a_recording_fails_with_the_nearest_one_and_calls_nobody(
    travel: Travel, settings: LocalSettings, tmp_path: Path
) -> None:
    switch = CassetteSwitch.in_home(settings.home)
    with switch.on("record", tmp_path / "calls"):
        travel("Discounts on record")
    before = _calls(settings)

    with switch.on("replay", tmp_path / "calls"):
        missed = travel("Discounts of another kind")

    assert missed.terminal_status == "failed"
    assert "nearest is code-01-" in missed.ended["error"]["message"]
    assert "--record" in missed.ended["error"]["remediation"]
    assert _calls(settings) == before
