"""The platform's CDK app: `cdk deploy`, or `python app.py` to synthesize into `cdk.out`."""

from pathlib import Path

from platform_stack import build

from switchboard.constructs.app import run_app

if __name__ == "__main__":
    run_app(build, Path(__file__).parent)
