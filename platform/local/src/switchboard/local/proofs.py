"""Which requirement is proved by which test, from the outcomes the pytest plugin wrote."""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from switchboard.local.acceptance.steps import read_steps
from switchboard.local.checkout import REQUIREMENTS, RESULTS, ROOT
from switchboard.local.checks import TEST_PROCESSES
from switchboard.testing.fingerprint import fingerprint

NEEDS_AN_ACCOUNT = "A"
"""The kind of proof that only AWS can give; it is never counted here."""
STAMP = RESULTS.with_name("stamp.txt")


@dataclass(frozen=True)
class Row:
    """One row of the definition of done."""

    id: str
    sentence: str
    kinds: list[str]
    tests: list[str]
    missing: list[str]
    """Kinds that no test has proved and that need no account."""
    on_aws: list[str]
    """Steps of the acceptance that would show the rest in an account; not run on AWS."""

    @property
    def proved(self) -> bool:
        """Whether everything that needs no account is shown, and there is something of it."""
        return not self.missing and self.kinds != [NEEDS_AN_ACCOUNT]

    @property
    def state(self) -> str:
        """`proved`, `AWS` when only an account can show it, else `-`."""
        if self.proved:
            return "proved"
        return "AWS" if self.kinds == [NEEDS_AN_ACCOUNT] else "-"

    def as_dict(self) -> dict[str, Any]:
        """For `--json`."""
        return asdict(self) | {"proved": self.proved}


def rows(
    requirements: list[dict[str, Any]],
    results: dict[str, Any],
    on_aws: Mapping[str, list[str]] | None = None,
) -> list[Row]:
    """Join rows and outcomes: proved means every kind but A has a test that ran and passed."""
    proofs: dict[str, dict[str, list[str]]] = {}
    tests: dict[str, list[str]] = {}
    for test, outcome in sorted(results.items()):
        for row_id, *kinds in outcome["markers"]:
            tests.setdefault(row_id, []).append(test)
            for kind in kinds:
                if outcome["passed"]:
                    proofs.setdefault(row_id, {}).setdefault(kind, []).append(test)
    found = []
    for row in requirements:
        known = {*proofs.get(row["id"], {}), NEEDS_AN_ACCOUNT}
        found.append(
            Row(
                row["id"],
                row["sentence"],
                row["proofs"],
                tests.get(row["id"], []),
                [kind for kind in row["proofs"] if kind not in known],
                (on_aws or {}).get(row["id"], []),
            )
        )
    return found


def current_rows(report: Callable[[str], None], *, accept_stale: bool) -> list[Row]:
    """The rows with outcomes for the code as it stands; runs the tests when there are none."""
    stamp = STAMP.read_text() if STAMP.exists() else ""
    if not (RESULTS.exists() and (accept_stale or stamp == fingerprint(ROOT))):
        report("no test results for the code as it stands: running the tests (some minutes) ...")
        run_tests()
    results = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    return rows(json.loads(REQUIREMENTS.read_text()), results, _on_aws())


def _on_aws() -> dict[str, list[str]]:
    steps: dict[str, list[str]] = {}
    for step in read_steps():
        for row in step.rows:
            steps.setdefault(row, []).append(step.name)
    return steps


def run_tests() -> None:
    """Run the whole suite quietly; failing tests simply prove nothing."""
    command = [sys.executable, "-m", "pytest", "-q", "-n", str(TEST_PROCESSES)]
    subprocess.run(command, cwd=ROOT, check=False, stdout=sys.stderr)  # noqa: S603 - our own words
