"""Running a service's CDK app: `python infra/app.py`, `cdk deploy`, or all apps in one process."""

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

import aws_cdk as cdk

from switchboard.constructs.environments import ENVIRONMENTS, Environment, environment
from switchboard.constructs.required_tags import demand_tags

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
    """Entry point of a service's `infra/app.py`: synthesize, and say where the template is.

    The CDK CLI names the folder (`CDK_OUTDIR`) and the context; a person may say `--env prod`.
    """
    parser = argparse.ArgumentParser(description="Synthesize one app; no account is asked.")
    parser.add_argument("--env", help=f"one of {', '.join(ENVIRONMENTS)}; default: dev")
    parser.add_argument("--context", "-c", action="append", default=[], metavar="KEY=VALUE")
    options = parser.parse_args()
    outdir = os.environ.get("CDK_OUTDIR")  # noqa: TID251 - the CDK CLI's contract
    try:
        app = cdk.App(
            outdir=outdir or str(folder / "cdk.out"),
            context=dict(_pair(text) for text in options.context),
        )
        name = options.env or app.node.try_get_context("env") or "dev"
        build(app, environment(name))
        assembly = app.synth()
        demand_tags(app)
    except ValueError as refused:
        if outdir is not None:
            raise  # who runs it for a deployment reads the exception
        sys.exit(f"error: {refused}\nNothing was written that could be deployed.")
    if outdir is None:
        for stack in assembly.stacks:
            sys.stdout.write(f"{stack.template_full_path}\n")


def _pair(text: str) -> tuple[str, str]:
    key, given, value = text.partition("=")
    if not given:
        raise ValueError(f"{text!r} is no context; write it as -c {key}=<value>")
    return key, value
