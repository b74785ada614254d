"""Running a service's CDK app: `python infra/app.py`, `cdk deploy`, or all apps in one process."""

import os
from collections.abc import Callable
from pathlib import Path

import aws_cdk as cdk

from switchboard.constructs.environments import Environment, environment

Build = Callable[[cdk.App, Environment], cdk.Stack]


def synthesize(build: Build, outdir: Path, *, name: str = "dev", bundle: str | None = None) -> Path:
    """Synthesize one app into `outdir` and return it.

    `bundle`: `lambda` or `host` build the Lambda zips, None skips them (template only).
    """
    context: dict[str, object] = {"switchboard:bundle": bundle or "lambda"}
    if bundle is None:
        context["aws:cdk:bundling-stacks"] = []
    app = cdk.App(outdir=str(outdir), context=context)
    build(app, environment(name))
    app.synth()
    return outdir


def run_app(build: Build, folder: Path) -> None:
    """Entry point of a service's `infra/app.py`: synthesize into `<folder>/cdk.out`."""
    app = cdk.App(outdir=os.environ.get("CDK_OUTDIR", str(folder / "cdk.out")))  # noqa: TID251 - the CDK CLI's contract
    build(app, environment(app.node.try_get_context("env") or "dev"))
    app.synth()
