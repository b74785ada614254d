from dataclasses import dataclass, field

import pytest

from switchboard.local.deployment.deployer import Deployed
from switchboard.local.deployment.stage import Stage
from switchboard.local.home import Home

PARAMETERS = {"ModelId": "offline.playbook"}


@dataclass
class Recorder:
    """Synthesizer and deployer that note what they were asked."""

    done: list[str] = field(default_factory=list)
    there: bool = True

    def __call__(self, report):
        self.done.append("synthesize")
        return ["platform", "ingress"]

    def bootstrap(self):
        self.done.append("bootstrap")

    def deploy(self, assembly, parameters, report):
        self.done.append(f"deploy {assembly.name}")
        return [Deployed(f"switchboard-dev-{assembly.name}", "created", 0.0)]

    def complete(self, names):
        return self.there


@pytest.fixture
def recorder():
    return Recorder()


@pytest.fixture
def up(tmp_path, recorder):
    (tmp_path / "home").mkdir()
    (tmp_path / "services").mkdir()
    stage = Stage(tmp_path, Home(tmp_path / "home"), recorder, recorder)

    def run(**parameters):
        recorder.done.clear()
        preparation = stage.prepare(print)
        return stage.deploy(preparation, {**PARAMETERS, **parameters}, print)

    return run


def test_the_platform_comes_before_the_services(up, recorder):
    up()

    assert recorder.done == ["synthesize", "bootstrap", "deploy platform", "deploy ingress"]


def test_an_unchanged_checkout_is_neither_synthesized_nor_deployed(up, recorder):
    up()

    assert {item.outcome for item in up()} == {"unchanged"}
    assert recorder.done == []


def test_a_changed_source_is_synthesized_again(up, recorder, tmp_path):
    up()

    (tmp_path / "services" / "new.py").write_text("x = 1")

    up()
    assert recorder.done[0] == "synthesize"


def test_another_parameter_is_deployed_without_synthesis(up, recorder):
    up()

    up(ModelId="another")

    assert recorder.done == ["bootstrap", "deploy platform", "deploy ingress"]


def test_an_engine_that_lost_its_stacks_gets_them_again(up, recorder):
    up()
    recorder.there = False

    up()

    assert recorder.done == ["bootstrap", "deploy platform", "deploy ingress"]
