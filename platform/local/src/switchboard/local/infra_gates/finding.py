"""One thing that is wrong with a template, and what to do about it."""

from dataclasses import asdict, dataclass, replace
from typing import Any

ALL_ENVIRONMENTS = "all"


@dataclass(frozen=True, order=True)
class Finding:
    """`path` is the construct's, below its stack; `detail` what a rule says about just this."""

    app: str
    path: str
    rule: str
    message: str
    remedy: str
    environment: str = ALL_ENVIRONMENTS
    detail: str = ""

    def as_dict(self) -> dict[str, Any]:
        """For `--json`."""
        return asdict(self)


def once(findings: list[Finding], environments: list[str]) -> list[Finding]:
    """The findings in order; one that every environment has is said once."""
    where: dict[Finding, set[str]] = {}
    for finding in findings:
        same = replace(finding, environment=ALL_ENVIRONMENTS)
        where.setdefault(same, set()).add(finding.environment)
    merged = []
    for same, names in where.items():
        everywhere = ALL_ENVIRONMENTS in names or names == set(environments)
        merged.append(same if everywhere else replace(same, environment=", ".join(sorted(names))))
    return sorted(merged)
