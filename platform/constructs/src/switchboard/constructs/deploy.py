"""Deploy one service to AWS: `hatch run ingress:deploy --env dev [--dry-run]` (not run on AWS).

Checks what can be checked before anything is changed, then hands over to the pinned CDK CLI.
"""

import argparse
import subprocess
import sys
from pathlib import Path

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from switchboard.constructs.environments import ENVIRONMENTS, REGION

CDK_CLI = "aws-cdk@2.1148.1"


def main(arguments: list[str] | None = None) -> int:
    """Deploy, or with --dry-run synthesize and say what would be deployed."""
    parser = argparse.ArgumentParser(prog="deploy", description=__doc__)
    parser.add_argument("folder", type=Path, help="folder of the service, with its cdk.json")
    parser.add_argument("--env", default="dev", choices=sorted(ENVIRONMENTS))
    parser.add_argument("--dry-run", action="store_true", help="synthesize only, change nothing")
    parser.add_argument(
        "--parameter",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a CloudFormation parameter of a stack, e.g. ConnectAlias=acme-desk; may be repeated",
    )
    options = parser.parse_args(arguments)
    if wrong := [text for text in options.parameter if "=" not in text]:
        return _refuse(f"{wrong[0]!r} is no parameter", "write it as --parameter Name=value")
    if not (options.folder / "cdk.json").exists():
        return _refuse(f"{options.folder} has no cdk.json", "name the folder of a service")
    if options.dry_run:
        return _cdk(options.folder, "synth", "--quiet", env=options.env)
    if problem := _missing_access():
        return _refuse(problem, "sign in to the account of the environment, or use --dry-run")
    given = [word for text in options.parameter for word in ("--parameters", text)]
    return _cdk(
        options.folder,
        "deploy",
        "--all",
        "--require-approval",
        "broadening",
        *given,
        env=options.env,
    )


def _missing_access() -> str | None:
    """Why AWS cannot be reached with the present credentials, or None."""
    try:
        session = boto3.Session(region_name=REGION)
        session.client("sts").get_caller_identity()
    except (BotoCoreError, ClientError) as error:
        return f"no access to AWS: {error}"
    return None


def _cdk(folder: Path, *command: str, env: str) -> int:
    return subprocess.run(  # noqa: S603 - fixed program, our own arguments
        ["npx", "-y", CDK_CLI, *command, "-c", f"env={env}"],  # noqa: S607 - node is in the environment
        cwd=folder,
        check=False,
    ).returncode


def _refuse(problem: str, remedy: str) -> int:
    sys.stderr.write(f"error: {problem}\nremedy: {remedy}\n")
    return 2


if __name__ == "__main__":
    sys.exit(main())
