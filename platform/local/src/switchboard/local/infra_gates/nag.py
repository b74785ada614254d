"""What CloudFormation's schema check and cdk-nag found, as CDK reports it."""

import json
from collections.abc import Iterator
from pathlib import Path

from switchboard.local.infra_gates.assembly import REPORT
from switchboard.local.infra_gates.finding import Finding
from switchboard.local.infra_gates.synthesis import Unit

BESIDE_THE_CODE = (
    "mend it, or say beside the construct why it is right: "
    "switchboard.constructs.explained.explain(construct, rule, reason=...)"
)


def reported(unit: Unit, folder: Path) -> Iterator[Finding]:
    """The findings of one synthesized app."""
    path = folder / REPORT
    if not path.exists():
        return
    for plugin in json.loads(path.read_text())["pluginReports"]:
        for violation in plugin["violations"]:
            rule, _, detail = violation["ruleName"].partition("[")
            for construct in violation["violatingConstructs"]:
                yield Finding(
                    app=unit.app,
                    path=_short(construct["constructPath"], unit.environment),
                    rule=rule,
                    message=violation["description"].strip(),
                    remedy=BESIDE_THE_CODE,
                    environment=unit.environment,
                    detail=detail.removesuffix("]").partition("::")[2],
                )


def _short(path: str, environment: str) -> str:
    return path.removeprefix(f"switchboard-{environment}-").removesuffix("/Resource")
