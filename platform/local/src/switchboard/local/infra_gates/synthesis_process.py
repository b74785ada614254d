"""A child that synthesizes apps with CloudFormation's schema check and cdk-nag switched on.

It reads one JSON list `[environment, app, folder]` per line and answers each with a line, so that
several children share the work and each starts jsii once.
"""

import importlib
import json
import sys
import time
from pathlib import Path

import aws_cdk as cdk
from cdk_nag import AwsSolutionsChecks, ServerlessChecks

from switchboard.constructs.environments import environment
from switchboard.local.infra_gates.assembly import REPORT, TEMPLATES_ONLY
from switchboard.local.templates import APPS


def synthesize(name: str, app_name: str, folder: Path, *, rules: bool = True) -> None:
    """Write the cloud assembly; what the rule packs found stands in its validation report."""
    app = cdk.App(outdir=str(folder), context={"aws:cdk:bundling-stacks": []})
    importlib.import_module(APPS[app_name]).build(app, environment(name))
    if rules:
        cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(app), ServerlessChecks(app))
    (folder / REPORT).unlink(missing_ok=True)
    try:
        app.synth()
    except RuntimeError:
        # cdk-nag refuses to synthesize when it has findings; the templates are there all the same
        if not (folder / REPORT).exists():
            raise


def main() -> None:
    """Answer each line of the input with a line of the output."""
    for line in sys.stdin:
        name, app_name, folder = json.loads(line)
        start = time.monotonic()
        problem = ""
        try:
            synthesize(name, app_name, Path(folder), rules=TEMPLATES_ONLY not in sys.argv)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is about this app
            problem = f"{type(error).__name__}: {error}"
        seconds = time.monotonic() - start
        sys.stdout.write(json.dumps({"seconds": seconds, "problem": problem}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
