"""Permissions exercised against permissions granted: missing, unused, excused."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from switchboard.local.usage.excuses import Pair
from switchboard.local.usage.grants import Grant
from switchboard.local.usage.journal import Use
from switchboard.local.usage.matching import met, not_judged, same_action, same_resource

Calls = Counter[tuple[Grant, str]]
"""Calls by grant and action, and by grant and resource."""
VIA_SERVICE, ACCOUNT = "aws:ViaAWSService", "aws:ResourceAccount"
ACCOUNT_PART = 4


@dataclass(frozen=True, order=True)
class Missing:
    """A call that AWS would have refused."""

    role: str
    action: str
    resource: str
    calls: int
    why: str


@dataclass(frozen=True, order=True)
class Granted:
    """One action, or one resource, of one statement, and what became of it.

    A resource is judged where some action of its statement was used: one that no call needed is
    granted too much.
    """

    role: str
    policy: str
    number: int
    what: str
    calls: int = 0
    excuse: str = ""
    not_judged: tuple[str, ...] = ()
    """Condition keys that the proof took as met."""

    @property
    def state(self) -> str:
        """`used`, `excused` or `unused`."""
        return "used" if self.calls else "excused" if self.excuse else "unused"


@dataclass(frozen=True)
class Report:
    """The outcome; `whole` says whether the run was one that may call a grant unused."""

    granted: Sequence[Granted]
    missing: Sequence[Missing] = ()
    stale: Sequence[Pair] = field(default=())
    whole: bool = True

    @property
    def unused(self) -> list[Granted]:
        """Grants that nobody exercised and nothing excuses."""
        return [item for item in self.granted if item.state == "unused"]

    @property
    def passed(self) -> bool:
        """Nothing missing; and in a whole run nothing unused, no excuse too many."""
        return not self.missing and not (self.whole and (self.unused or self.stale))

    def as_dict(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "passed": self.passed,
            "whole": self.whole,
            "missing": [asdict(item) for item in self.missing],
            "stale": [asdict(item) for item in self.stale] if self.whole else [],
            "granted": [{**asdict(item), "state": item.state} for item in self.granted],
        }


def compare(
    grants: Sequence[Grant],
    uses: Mapping[Use, int],
    labels: Mapping[str, str],
    excuses: Sequence[Pair],
    *,
    whole: bool = True,
) -> Report:
    """Judge a run.

    Args:
        grants: as deployed.
        uses: how often each permission was needed.
        labels: how grants call a role, by the role's name.
        excuses: for grants that no local run can exercise.
        whole: whether everything ran that is meant to exercise grants.
    """
    by_role: dict[str, list[Grant]] = {}
    for grant in grants:
        by_role.setdefault(grant.role, []).append(grant)
    calls: Calls = Counter()
    missing: Counter[tuple[str, str, str, str]] = Counter()
    for use, count in uses.items():
        role = labels.get(use.role, use.role or f"(no role: {use.app})")
        covering = [pair for grant in by_role.get(role, ()) for pair in _covering(grant, use)]
        calls.update(dict.fromkeys(covering, count))
        if not covering:
            missing[role, use.action, use.resource, _why(by_role.get(role), use)] += count
    granted, stale = _judged(grants, calls, excuses)
    refused = sorted(
        Missing(role, action, resource, count, why)
        for (role, action, resource, why), count in missing.items()
    )
    return Report(granted, refused, stale, whole)


def _covering(grant: Grant, use: Use) -> list[tuple[Grant, str]]:
    """The actions and the resources of a grant that cover a call; none when it does not."""
    actions = [action for action in grant.actions if same_action(action, use.action)]
    resources = [pattern for pattern in grant.resources if same_resource(pattern, use.resource)]
    if not (actions and resources and met(grant.condition, context_of(use))):
        return []
    return [(grant, what) for what in dict.fromkeys((*actions, *resources))]


def context_of(use: Use) -> dict[str, str]:
    """The condition keys of a call that are known."""
    parts = use.resource.split(":")
    account = parts[ACCOUNT_PART] if len(parts) > ACCOUNT_PART else ""
    known = {VIA_SERVICE: "false", **dict(use.context)}
    return {**known, ACCOUNT: account} if account else known


def _why(grants: Sequence[Grant] | None, use: Use) -> str:
    if grants is None:
        return "no template grants this role anything" if use.role else "the call named no role"
    same = [grant for grant in grants if any(same_action(a, use.action) for a in grant.actions)]
    if not same:
        return "the action is not granted"
    on = any(same_resource(p, use.resource) for grant in same for p in grant.resources)
    return "granted under another condition" if on else "granted on other resources"


def _judged(
    grants: Sequence[Grant], calls: Calls, excuses: Sequence[Pair]
) -> tuple[list[Granted], list[Pair]]:
    needed: set[Pair] = set()
    granted = []
    for grant in grants:
        used = any(calls[grant, action] for action in grant.actions)
        for what in (*grant.actions, *(grant.resources if used else ())):
            count = calls[grant, what]
            speaking = [pair for pair in excuses if pair.covers(grant.role, what)]
            covering = [] if count else speaking
            needed.update(pair for pair in speaking if pair.sometimes or not count)
            granted.append(
                Granted(
                    *(grant.role, grant.policy, grant.number, what, count),
                    excuse=covering[0].reason if covering else "",
                    not_judged=tuple(not_judged(grant.condition)),
                )
            )
    return sorted(granted), [pair for pair in excuses if pair not in needed]
