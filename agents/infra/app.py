"""Entry point of the agents' CDK app."""

from pathlib import Path

from agents_stack import build

from switchboard.constructs.app import run_app

if __name__ == "__main__":
    run_app(build, Path(__file__).parents[1])
