"""Runs an app as the CDK CLI would, and turns what it says against it into a refusal."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from switchboard.constructs.bundle import LAMBDA_PYTHON, lambda_python
from switchboard.constructs.deployment.refusal import Refusal

REFUSED = re.compile(r"^(?:[\w.]*\.)?\w+(?:Error|Refusal): (.+)", re.MULTILINE)


def synthesize(folder: Path, context: Mapping[str, str], *, bundle: bool) -> Path:
    """Run the app as the CDK CLI would.

    Raises:
        Refusal: with what the app said.
    """
    if bundle and lambda_python() is None:
        raise Refusal(
            f"there is no Python {LAMBDA_PYTHON} to compile the bundles with",
            f"uv python install {LAMBDA_PYTHON}",
        )
    out = (folder / "cdk.out").absolute()
    given: dict[str, Any] = dict(context)
    if not bundle:
        given["aws:cdk:bundling-stacks"] = []
    variables = {"CDK_OUTDIR": str(out), "CDK_CONTEXT_JSON": json.dumps(given)}
    program = json.loads((folder / "cdk.json").read_text())["app"].split()
    ended = subprocess.run(  # noqa: S603 - the app of this repository
        [sys.executable if program[0] == "python" else program[0], *program[1:]],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **variables},  # noqa: TID251 - handed on, as the CDK CLI does
    )
    if ended.returncode == 0:
        return out
    said = REFUSED.findall(ended.stderr)
    if said:
        raise Refusal(f"the app refuses: {said[-1]}", "change what it names, then run this again")
    raise Refusal(f"the app fails:\n{ended.stderr[-2000:]}", "see where it says so above")
