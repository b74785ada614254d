"""The shadow's life: alone, from templates that are there, gone at the end."""

from collections.abc import Callable
from pathlib import Path

import pytest

from switchboard.local import embedded
from switchboard.local.deployment.stamp import Stamp
from switchboard.local.processes.lock import exclusive
from switchboard.local.replay import shadow as module
from switchboard.local.replay.refusal import ReplayRefusedError
from switchboard.local.replay.shadow import settings_of, shadow, tear_down
from switchboard.local.settings import LocalSettings

Start = Callable[..., None]


def ignored(_what: object) -> None:
    """Nobody watches."""


@pytest.fixture
def live(tmp_path: Path) -> LocalSettings:
    """A platform that was deployed once."""
    settings = LocalSettings(home=tmp_path / "home")
    (settings.folder.assemblies / "platform").mkdir(parents=True)
    for folder in ("engine-abc", "engine/bundles/0a1b", "engine/state", "runtimes/2c3d"):
        (settings.home / folder).mkdir(parents=True)
    Stamp("f", ["platform"], ["stack"], {}).write(settings.folder.stamp)
    return settings


@pytest.fixture
def starts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Starting takes no time and starts nothing."""
    monkeypatch.setattr(embedded, "up", lambda *_: None)


def test_a_shadow_lies_below_the_home_with_ports_of_its_own(live: LocalSettings) -> None:
    chosen = settings_of(live)

    ports = {getattr(chosen, f"port_{name}") for name in module.PORTS}
    used = {getattr(live, f"port_{name}") for name in module.PORTS}
    assert chosen.home.is_relative_to(live.home)
    assert len(ports) == len(module.PORTS)
    assert not ports & used


@pytest.mark.usefixtures("starts")
def test_it_reads_the_templates_and_the_engine_of_the_first_platform(live: LocalSettings) -> None:
    with shadow(live, ignored, ignored) as chosen:
        assert (chosen.folder.assemblies / "platform").is_dir()
        assert (chosen.home / "engine/bundles/0a1b").is_dir()
        assert not (chosen.home / "engine/state").exists()

    assert not live.folder.shadow.exists()
    assert (live.folder.assemblies / "platform").is_dir()
    assert (live.home / "engine/bundles/0a1b").is_dir()


@pytest.mark.usefixtures("starts")
def test_it_is_gone_after_a_failure(live: LocalSettings) -> None:
    def interrupted(_settings: LocalSettings) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), shadow(live, interrupted, ignored, keep=True):
        pass

    assert not live.folder.shadow.exists()


@pytest.mark.usefixtures("starts")
def test_it_stays_when_it_is_kept_and_the_next_one_begins_afresh(live: LocalSettings) -> None:
    with shadow(live, ignored, ignored, keep=True) as first:
        (first.home / "left").touch()
    assert (first.home / "left").exists()

    with shadow(live, ignored, ignored) as second:
        assert not (second.home / "left").exists()


@pytest.mark.usefixtures("starts")
def test_a_second_replay_at_the_same_time_is_refused_and_disturbs_nothing(
    live: LocalSettings,
) -> None:
    with shadow(live, ignored, ignored) as first:
        with (
            pytest.raises(ReplayRefusedError, match="another replay"),
            shadow(live, ignored, ignored),
        ):
            pass

        assert first.home.exists()


def test_a_shadow_that_cannot_start_says_why_and_is_gone(
    live: LocalSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_args: object) -> None:
        raise RuntimeError("port 4566 is taken")

    monkeypatch.setattr(embedded, "up", fails)

    with (
        pytest.raises(ReplayRefusedError, match="port 4566 is taken") as refused,
        shadow(live, ignored, ignored),
    ):
        pass

    assert "hatch run up" in refused.value.remedy
    assert not live.folder.shadow.exists()


def test_a_platform_without_templates_is_refused(tmp_path: Path) -> None:
    with (
        pytest.raises(ReplayRefusedError, match="templates"),
        shadow(LocalSettings(home=tmp_path), ignored, ignored),
    ):
        pass


def test_nothing_to_tear_down_is_no_error(live: LocalSettings) -> None:
    with exclusive(live.folder):
        tear_down(live)

    assert live.home.exists()
