"""Which AWS account and which Notion workspace belong to which environment (ENV-01).

No account number may stand in a file of the repository, so they are read from one that git ignores:
`environments.json`, made by a person; a pipeline gives the same text from its variable
`ENVIRONMENTS`::

    {"dev": {"account": "<12 digits>", "notion_workspace": "<id of the workspace>"}, "prod": ...}
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

from switchboard.constructs.deployment.account import Account
from switchboard.constructs.deployment.refusal import Refusal
from switchboard.constructs.environments import ENVIRONMENTS

FILE = Path("environments.json")
EXAMPLE = '{"%s": {"account": "<12 digits>", "notion_workspace": "<id>"}}'
_ACCOUNT = re.compile(r"\d{12}")
_WORKSPACE = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}", re.IGNORECASE)


@dataclass(frozen=True)
class Assignment:
    """What one environment has for itself."""

    account: str
    notion_workspace: str
    """In Notion's spelling with dashes, lower case."""


def assigned(environment: str, text: str | None = None, file: Path = FILE) -> Assignment | None:
    """What belongs to an environment; None when nobody has said it, in `text` or in `file`.

    Raises:
        Refusal: what is said cannot be, or two environments share something.
    """
    if text is None and not file.exists():
        return None
    try:
        given = json.loads(file.read_text() if text is None else text)
        found = {name: _one(name, entry) for name, entry in given.items()}
    except (ValueError, AttributeError) as error:
        raise Refusal(
            f"{FILE} is no JSON object of environments: {error}",
            f"write it as {EXAMPLE % environment}",
        ) from error
    _demand_apart(found)
    return found.get(environment)


def demand_assigned(environment: str, found: Assignment | None) -> Assignment:
    """Refuse a deployment of an environment nobody has given an account.

    Raises:
        Refusal: with what to write where.
    """
    if found is None:
        raise Refusal(
            f"no AWS account and no Notion workspace belong to environment {environment}",
            f"write {EXAMPLE % environment} into {FILE}, which git ignores "
            "(docs/deploy.md, section 2)",
        )
    return found


def demand_own_account(environment: str, account: Account) -> None:
    """Refuse an account in which another environment lives, whatever the file says.

    Raises:
        Refusal: naming the environment that is there.
    """
    marks = {f"/switchboard/{name}/platform/bus/arn": name for name in ENVIRONMENTS}
    for name in account.values(list(marks)):
        if marks[name] != environment:
            raise Refusal(
                f"environment {marks[name]} lives in account {account.number}; "
                f"{environment} needs an account of its own",
                f"sign in to the account of {environment}, or destroy {marks[name]} there first",
            )


def pin(assembly: Path, account: str) -> None:
    """Make an assembly one for this account alone: the CDK CLI deploys it nowhere else.

    The templates stay the same for every account, so that snapshots and diffs show what changes.
    """
    file = assembly / "manifest.json"
    manifest = json.loads(file.read_text())
    for artifact in manifest["artifacts"].values():
        if place := artifact.get("environment"):
            region = str(place).rpartition("/")[2]
            artifact["environment"] = f"aws://{account}/{region}"
    file.write_text(json.dumps(manifest, indent=1))


def _one(name: str, entry: Mapping[str, Any]) -> Assignment:
    if name not in ENVIRONMENTS:
        raise Refusal(
            f"{FILE} names environment {name!r}, which is not configured",
            f"choose from {', '.join(ENVIRONMENTS)}",
        )
    account, workspace = str(entry.get("account")), str(entry.get("notion_workspace"))
    if not _ACCOUNT.fullmatch(account):
        raise Refusal(
            f"{FILE}: the account of {name} is no number of 12 digits",
            "aws sts get-caller-identity --query Account, signed in to it",
        )
    if not _WORKSPACE.fullmatch(workspace):
        raise Refusal(
            f"{FILE}: the Notion workspace of {name} is no id of 32 hexadecimal digits",
            "take bot.workspace_id of Notion's GET /v1/users/me with the integration's token",
        )
    digits = workspace.replace("-", "").lower()
    parts = (digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:])
    return Assignment(account, "-".join(parts))


def _demand_apart(found: Mapping[str, Assignment]) -> None:
    for (one, first), (other, second) in combinations(found.items(), 2):
        if first.account == second.account:
            raise Refusal(
                f"{FILE} gives {one} and {other} the same AWS account",
                "give each environment an account of its own",
            )
        if first.notion_workspace == second.notion_workspace:
            raise Refusal(
                f"{FILE} gives {one} and {other} the same Notion workspace",
                "give each environment a workspace of its own",
            )
