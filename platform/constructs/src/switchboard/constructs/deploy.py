"""Deploy one service to AWS: `hatch run ingress:deploy --env dev [--dry-run]` (not run on AWS).

Everything that can be wrong is looked at first, on this machine and then in the account; only then
is what was looked at handed to the pinned CDK CLI.
"""

import argparse
import subprocess
import sys
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from switchboard.constructs.deployment.account import Account, demand_values_in, signed_in
from switchboard.constructs.deployment.assignment import (
    Assignment,
    assigned,
    demand_assigned,
    demand_own_account,
    pin,
)
from switchboard.constructs.deployment.plan import (
    StackPlan,
    demand_values,
    parameter_names,
    read_plan,
    wanted_values,
)
from switchboard.constructs.deployment.refusal import Refusal
from switchboard.constructs.deployment.show import lines_of
from switchboard.constructs.deployment.synthesis import synthesize
from switchboard.constructs.environments import ENVIRONMENTS, REGION

WORKSPACE = "NotionWorkspaceId"
"""The platform's parameter that is the environment's own, like its account."""
CDK_CLI = "aws-cdk@2.1148.1"


def main(arguments: list[str] | None = None, session: Any | None = None) -> int:
    """Deploy, or with --dry-run show what would be deployed; `session` is boto3's."""
    options = _parser().parse_args(arguments)
    try:
        given = _pairs(options.parameter, "parameter")
        context = _context(options)
        _demand_folder(options.folder)
        own = assigned(options.env, options.environments)
        if not options.dry_run:
            own = demand_assigned(options.env, own)
        assembly = synthesize(options.folder, context, bundle=not options.dry_run)
        plans = read_plan(assembly, given)
        if own and WORKSPACE in parameter_names(plans):
            given[WORKSPACE] = own.notion_workspace
            plans = read_plan(assembly, given)
        demand_values(plans)
        account = _account(options, own, session)
        values = _look(account, plans, options.env)
    except Refusal as refusal:
        sys.stderr.write(f"error: {refusal}\nremedy: {refusal.remedy}\nNothing was changed.\n")
        return 2
    show = "\n".join(lines_of(plans, account, values))
    sys.stdout.write(f"environment: {options.env}\n{_belongs(own)}\n{show}\n")
    if options.dry_run or isinstance(account, str):
        sys.stdout.write("\nA dry run: nothing was changed.\n")
        return 0
    pin(assembly, account.number)
    return _hand_over(options.folder, assembly, plans, options.approve)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="deploy", description=__doc__)
    parser.add_argument("folder", type=Path, help="folder of the service, with its cdk.json")
    parser.add_argument("--env", default="dev", help=f"one of {', '.join(ENVIRONMENTS)}")
    parser.add_argument("--dry-run", action="store_true", help="show it, change nothing")
    parser.add_argument("--account", help="refuse to deploy to another account than this one")
    parser.add_argument(
        "--environments", metavar="JSON", help="what environments.json says, in place of the file"
    )
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


def _belongs(own: Assignment | None) -> str:
    if own is None:
        return "belongs to it: nothing yet; a deployment is refused until environments.json says it"
    return f"belongs to it: account {own.account}, Notion workspace {own.notion_workspace}"


def _account(
    options: argparse.Namespace, own: Assignment | None, session: Any | None
) -> Account | str:
    """The account; a dry run does without one.

    Raises:
        Refusal: no access, or another account than the environment's, or than the one named.
    """
    account = signed_in(options.region or REGION, session)
    if isinstance(account, str):
        if options.dry_run and not options.account:
            return account
        raise Refusal(
            f"no access to AWS: {account}",
            "sign in to the account of the environment, or use --dry-run",
        )
    if own and own.account != account.number:
        raise Refusal(
            f"signed in to account {account.number}, {options.env} belongs to {own.account}",
            f"sign in to account {own.account}",
        )
    if options.account and options.account != account.number:
        raise Refusal(
            f"signed in to account {account.number}, {options.account} was named",
            f"sign in to account {options.account}",
        )
    return account


def _look(account: Account | str, plans: list[StackPlan], environment: str) -> dict[str, str]:
    """What the account has to hold already, and that no other environment is in it."""
    if isinstance(account, str):
        return {}
    try:
        demand_own_account(environment, account)
        account.demand_bootstrap(max(plan.bootstrap for plan in plans), CDK_CLI)
        return demand_values_in(account, wanted_values(plans))
    except (BotoCoreError, ClientError) as error:
        raise Refusal(
            f"account {account.number} does not let {account.who} look: {error}",
            "sign in with a role that may read SSM parameters (docs/delivery.md)",
        ) from error


def cdk_command(assembly: Path, plans: list[StackPlan], approve: str) -> list[str]:
    """What deploys the assembly that was looked at, all stacks in order.

    Each parameter goes to the stacks that have it: CloudFormation refuses one a stack does not
    know. It rolls a stack back that fails, unless it is told not to; nothing here does.
    """
    pairs = [
        f"{plan.name}:{parameter.name}={parameter.value}"
        for plan in plans
        for parameter in plan.parameters
        if parameter.given
    ]
    given = [word for text in pairs for word in ("--parameters", text)]
    command = ["deploy", "--all", "--app", str(assembly), "--require-approval", approve, *given]
    return ["npx", "-y", CDK_CLI, *command]


def _hand_over(folder: Path, assembly: Path, plans: list[StackPlan], approve: str) -> int:
    command = cdk_command(assembly, plans, approve)
    return subprocess.run(command, cwd=folder, check=False).returncode  # noqa: S603 - fixed program, our own arguments


if __name__ == "__main__":
    sys.exit(main())
