"""The CDK app of itsm-mock: `hatch run itsm-mock:synth`."""

from pathlib import Path

from itsm_mock_stack import build

from switchboard.constructs.app import run_app

if __name__ == "__main__":
    run_app(build, Path(__file__).parents[1])
