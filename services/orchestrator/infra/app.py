"""The CDK app of the orchestrator: `hatch run orchestrator:synth`, or `cdk deploy` in here."""

from pathlib import Path

from orchestrator_stack import build

from switchboard.constructs.app import run_app

if __name__ == "__main__":
    run_app(build, Path(__file__).parents[1])
