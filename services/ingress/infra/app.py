"""The CDK app of ingress: `hatch run ingress:synth`, or `cdk deploy` in this service's folder."""

from pathlib import Path

from ingress_stack import build

from switchboard.constructs.app import run_app

if __name__ == "__main__":
    run_app(build, Path(__file__).parents[1])
