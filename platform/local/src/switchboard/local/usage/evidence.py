"""What one run left to be judged: grants as deployed and permissions exercised, kept in a file.

The flow tests stop their platform when they end; `usage` can still judge what they saw, and judge
it again when only an excuse has changed.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from switchboard.local.infra_gates.assembly import Stack, read_stacks
from switchboard.local.settings import LocalSettings
from switchboard.local.templates import APPS
from switchboard.local.usage.comparison import Report, compare
from switchboard.local.usage.deployed import read_deployed
from switchboard.local.usage.excuses import Pair
from switchboard.local.usage.grants import Grant, policies
from switchboard.local.usage.journal import JournalMissingError, Use, read_uses
from switchboard.local.wiring import client

FILE = "usage.json"
FOLDER = "build/usage"
"""Where the flow tests leave what a whole run has shown; below the repository's root."""
EXCUSES = "platform/policies/unused-grants.toml"
"""Below the repository's root."""


@dataclass(frozen=True)
class Evidence:
    """A run to be judged."""

    at: str
    whole: bool
    """Whether the whole suite ran that is meant to exercise every grant."""
    labels: dict[str, str]
    grants: list[Grant]
    uses: list[tuple[Use, int]]
    others: list[str]
    """Roles in the journal that are of none of our stacks (a test's own), not judged."""

    def judged(self, excuses: list[Pair]) -> Report:
        """The report."""
        return compare(self.grants, dict(self.uses), self.labels, excuses, whole=self.whole)

    def write(self, path: Path) -> None:
        """Keep it."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(asdict(self)) + "\n")


def read_evidence(path: Path) -> Evidence:
    """What a run left.

    Raises:
        JournalMissingError: no run has left anything there, or only another version's.
    """
    if not path.exists():
        raise JournalMissingError(f"no run to judge: {path} is not there")
    try:
        return TypeAdapter(Evidence).validate_json(path.read_bytes())
    except ValidationError as error:
        raise JournalMissingError(f"no run to judge: {path} is of another version") from error


def gather(settings: LocalSettings, *, whole: bool) -> Evidence:
    """The evidence of the platform that runs now.

    Raises:
        JournalMissingError: nothing was called yet.
        DeploymentDiffersError, UnreadableGrantError: grants and deployment do not fit.
    """
    stacks = deployed_stacks(settings)
    written = policies(stacks)
    deployed = read_deployed(
        client("cloudformation", settings),
        client("iam", settings),
        [stack.name for stack in stacks],
    )
    labels = deployed.labels(stacks)
    uses: Mapping[Use, int] = read_uses(settings.folder.aws_journal)
    others = {use.role for use in uses if use.role} - set(labels)
    return Evidence(
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        whole=whole,
        labels=labels,
        grants=deployed.grants(written),
        uses=sorted(item for item in uses.items() if item[0].role not in others),
        others=sorted(others),
    )


def deployed_stacks(settings: LocalSettings) -> list[Stack]:
    """The stacks of the assemblies that were deployed last."""
    return [
        stack
        for app in APPS
        if (folder := settings.folder.assemblies / app).exists()
        for stack in read_stacks(app, settings.environment, folder)
    ]
