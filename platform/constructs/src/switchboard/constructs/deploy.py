"""Deploy one service to AWS: `hatch run ingress:deploy --env dev [--dry-run]` (not run on AWS).

Everything that can be wrong is looked at first, on this machine and then in the account; only then
is what was looked at handed to the pinned CDK CLI.
"""

import argparse
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from switchboard.constructs.bundle import LAMBDA_PYTHON, lambda_python
from switchboard.constructs.deployment.account import Account, demand_values_in, signed_in
from switchboard.constructs.deployment.plan import (
    StackPlan,
    demand_values,
    read_plan,
    wanted_values,
)
from switchboard.constructs.deployment.refusal import Refusal
from switchboard.constructs.deployment.show import lines_of
from switchboard.constructs.environments import ENVIRONMENTS, REGION

CDK_CLI = "aws-cdk@2.1148.1"
REFUSED = re.compile(r"^(?:[\w.]*\.)?\w+(?:Error|Refusal): (.+)", re.MULTILINE)


def main(arguments: list[str] | None = None, session: Any | None = None) -> int:
    """Deploy, or with --dry-run show what would be deployed; `session` is boto3's."""
    options = _parser().parse_args(arguments)
    try:
        given = _pairs(options.parameter, "parameter")
        context = _context(options)
        _demand_folder(options.folder)
        assembly = _synthesize(options.folder, context, bundle=not options.dry_run)
        plans = read_plan(assembly, given)
        demand_values(plans)
        account = _account(options, session)
        values = _look(account, plans)
    except Refusal as refusal:
        sys.stderr.write(f"error: {refusal}\nremedy: {refusal.remedy}\nNothing was changed.\n")
        return 2
    show = "\n".join(lines_of(plans, account, values))
    sys.stdout.write(f"environment: {options.env}\n{show}\n")
    if options.dry_run:
        sys.stdout.write("\nA dry run: nothing was changed.\n")
        return 0
    return _hand_over(options.folder, assembly, options.parameter, options.approve)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="deploy", description=__doc__)
    parser.add_argument("folder", type=Path, help="folder of the service, with its cdk.json")
    parser.add_argument("--env", default="dev", help=f"one of {', '.join(ENVIRONMENTS)}")
    parser.add_argument("--dry-run", action="store_true", help="show it, change nothing")
    parser.add_argument("--account", help="refuse to deploy to another account than this one")
    parser.add_argument("--region", help=f"another region than {REGION}; refused unless allowed")
    parser.add_argument(
        "--context",
        "-c",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="CDK context, e.g. code:prod=3 or artifact=image; may be repeated",
    )
    parser.add_argument(
        "--parameter",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a CloudFormation parameter of a stack, e.g. ConnectAlias=acme-desk; may be repeated",
    )
    parser.add_argument(
        "--approve",
        choices=["broadening", "never"],
        default="broadening",
        help="whether the CLI asks before permissions grow; a pipeline has its own approval",
    )
    return parser


def _pairs(texts: list[str], what: str) -> dict[str, str]:
    if wrong := [text for text in texts if "=" not in text]:
        raise Refusal(f"{wrong[0]!r} is no {what}", f"write it as --{what} Name=value")
    return dict(text.split("=", 1) for text in texts)


def _context(options: argparse.Namespace) -> dict[str, str]:
    if options.env not in ENVIRONMENTS:
        raise Refusal(
            f"no environment {options.env!r} is configured",
            f"choose one of {', '.join(ENVIRONMENTS)}, or add it to "
            "platform/constructs/src/switchboard/constructs/environments.py",
        )
    context = {**_pairs(options.context, "context"), "env": str(options.env)}
    if options.region:
        context["region"] = options.region
    return context


def _demand_folder(folder: Path) -> None:
    if not (folder / "cdk.json").exists():
        raise Refusal(f"{folder} has no cdk.json", "name the folder of a service")


def _synthesize(folder: Path, context: dict[str, str], *, bundle: bool) -> Path:
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


def _account(options: argparse.Namespace, session: Any | None) -> Account | str:
    """The account; a dry run does without one.

    Raises:
        Refusal: no access, or another account than the one that was named.
    """
    account = signed_in(options.region or REGION, session)
    if isinstance(account, str):
        if options.dry_run and not options.account:
            return account
        raise Refusal(
            f"no access to AWS: {account}",
            "sign in to the account of the environment, or use --dry-run",
        )
    if options.account and options.account != account.number:
        raise Refusal(
            f"signed in to account {account.number}, {options.account} was named",
            f"sign in to account {options.account}",
        )
    return account


def _look(account: Account | str, plans: list[StackPlan]) -> dict[str, str]:
    """What the account has to hold already."""
    if isinstance(account, str):
        return {}
    account.demand_bootstrap(max(plan.bootstrap for plan in plans), CDK_CLI)
    return demand_values_in(account, wanted_values(plans))


def _hand_over(folder: Path, assembly: Path, parameters: list[str], approve: str) -> int:
    """The CLI deploys the assembly that was looked at, all stacks in order."""
    given = [word for text in parameters for word in ("--parameters", text)]
    command = ["deploy", "--all", "--app", str(assembly), "--require-approval", approve, *given]
    return subprocess.run(  # noqa: S603 - fixed program, our own arguments
        ["npx", "-y", CDK_CLI, *command],  # noqa: S607 - node is in the environment
        cwd=folder,
        check=False,
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
