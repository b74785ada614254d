import os
import subprocess
import sys

import pytest

from switchboard.local.deployment.synthesis import SynthesisError, Synthesizer


@pytest.fixture
def synthesizer(tmp_path):
    def make(code):
        (tmp_path / "child.py").write_text(code)
        environment = {"PYTHONPATH": str(tmp_path), "PATH": os.defpath}
        return Synthesizer(tmp_path / "out", "dev", environment, child="child")

    return make


def test_each_app_is_announced_when_it_is_done(synthesizer):
    reported = []
    code = "import sys; print('Bundling...'); print('synthesized ingress 1.5'); print(sys.argv[2])"

    done = list(synthesizer(code)(reported.append))

    assert done == ["ingress"]
    assert reported == ["ingress synthesized in 1.5 s"]


def test_a_failing_app_shows_what_it_printed(synthesizer):
    code = "print('synthesized platform 1.0'); raise SystemExit('no such construct')"
    apps = synthesizer(code)(print)

    assert next(apps) == "platform"
    with pytest.raises(SynthesisError, match="no such construct"):
        next(apps)


def test_commands_of_the_platform_do_not_load_the_cdk():
    code = "import switchboard.local.embedded, sys; sys.exit('aws_cdk' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
