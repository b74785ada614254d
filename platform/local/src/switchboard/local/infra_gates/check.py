"""`infra-check` as one run: synthesize all, apply every gate, heed what is explained."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from switchboard.local.infra_gates.assembly import Stack, read_stacks
from switchboard.local.infra_gates.bundles import check_bundles
from switchboard.local.infra_gates.finding import Finding, once
from switchboard.local.infra_gates.house_rules import check_house_rules
from switchboard.local.infra_gates.iam import check_permissions
from switchboard.local.infra_gates.lint import lint, untagged
from switchboard.local.infra_gates.nag import reported
from switchboard.local.infra_gates.snapshots import Snapshots
from switchboard.local.infra_gates.synthesis import Synthesized, Unit, synthesize_units

UNUSED = "explanation-without-finding"

Report = Callable[[str], None]


@dataclass(frozen=True)
class Options:
    """What to check; `update` writes the snapshots instead of comparing them."""

    environments: list[str]
    apps: list[str]
    everything: bool = True
    """Whether that is all there is."""
    update: bool = False
    bundles: bool = True


@dataclass
class Outcome:
    """What came out; `explained` counts the findings that are right as they are."""

    findings: list[Finding] = field(default_factory=list)
    explained: int = 0
    stacks: int = 0
    resources: int = 0
    seconds: dict[str, float] = field(default_factory=dict)
    synthesized: list[Synthesized] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class InfraCheck:
    """The gates over a checkout; `out` holds cloud assemblies and what is remembered."""

    root: Path
    out: Path
    variables: Mapping[str, str]
    report: Report
    clock: Callable[[], float] = time.monotonic

    def __call__(self, options: Options) -> Outcome:
        """Run them all."""
        outcome = Outcome()
        units = [Unit(env, app) for app in options.apps for env in options.environments]
        with self._timed(outcome, "synthesis"):
            outcome.synthesized = synthesize_units(units, self.out, self.variables, self.report)
        stacks = self._stacks(outcome)
        found = [item for done in outcome.synthesized if (item := done.finding())]
        with self._timed(outcome, "rules"):
            found += self._rules(outcome, stacks)
        with self._timed(outcome, "cfn-lint and tags"):
            linted = lint(stacks, self.variables)
            found += linted.findings
            found += [item for stack in stacks for item in untagged(stack, linted.tag_properties)]
        if options.bundles:
            with self._timed(outcome, "bundles"):
                found += self._bundles(stacks)
        found = self._explained(outcome, stacks, found)
        whole = set(options.environments) >= {"dev"} and not any(
            done.problem for done in outcome.synthesized
        )
        if whole:
            with self._timed(outcome, "snapshots"):
                found += self._snapshots(outcome, stacks, options)
        outcome.findings = once(found, options.environments)
        return outcome

    def _stacks(self, outcome: Outcome) -> list[Stack]:
        stacks = [
            stack
            for done in outcome.synthesized
            if not done.problem
            for stack in read_stacks(
                done.unit.app, done.unit.environment, done.unit.folder(self.out)
            )
        ]
        outcome.stacks = len(stacks)
        outcome.resources = sum(len(stack.template["Resources"]) for stack in stacks)
        return stacks

    def _rules(self, outcome: Outcome, stacks: Sequence[Stack]) -> Iterator[Finding]:
        for done in outcome.synthesized:
            yield from reported(done.unit, done.unit.folder(self.out))
        for stack in stacks:
            yield from check_permissions(stack)
            yield from check_house_rules(stack)

    def _bundles(self, stacks: Sequence[Stack]) -> Iterator[Finding]:
        recipes = dict.fromkeys(recipe for stack in stacks for recipe in stack.bundles)
        return check_bundles(list(recipes), self.root, self.out / "bundles.json", self.report)

    def _snapshots(
        self, outcome: Outcome, stacks: Sequence[Stack], options: Options
    ) -> list[Finding]:
        snapshots = Snapshots(self.root / "platform/tests/snapshots")
        if options.update:
            outcome.updated = snapshots.update(stacks)
            return []
        return list(snapshots.compare(stacks, every=options.everything))

    def _explained(
        self, outcome: Outcome, stacks: Sequence[Stack], found: Sequence[Finding]
    ) -> list[Finding]:
        left, used = unexplained(found, stacks)
        outcome.explained = len(found) - len(left)
        return [*left, *without_finding(stacks, used)]

    def _timed(self, outcome: Outcome, name: str) -> "_Timed":
        self.report(f"{name} ...")
        return _Timed(outcome.seconds, name, self.clock)


@dataclass
class _Timed:
    """Notes how long the block took."""

    seconds: dict[str, float]
    name: str
    clock: Callable[[], float]
    start: float = 0.0

    def __enter__(self) -> None:
        self.start = self.clock()

    def __exit__(self, *_error: object) -> None:
        self.seconds[self.name] = self.clock() - self.start


Key = tuple[str, str, str]


def unexplained(
    found: Sequence[Finding], stacks: Sequence[Stack]
) -> tuple[list[Finding], set[Key]]:
    """The findings that nothing beside the code explains, and the explanations that were needed."""
    left: list[Finding] = []
    used: set[Key] = set()
    for finding in found:
        covering = {
            (explanation.path, explanation.rule, explanation.finding)
            for stack in stacks
            if stack.environment == finding.environment and stack.app == finding.app
            for explanation in stack.explanations
            if explanation.covers(finding.path, finding.rule, finding.detail)
        }
        used |= covering
        if not covering:
            left.append(finding)
    return left, used


def without_finding(stacks: Sequence[Stack], used: set[Key]) -> Iterator[Finding]:
    """Explanations that no environment needs any more."""
    said = {
        (explanation.path, explanation.rule, explanation.finding): (stack.app, explanation.reason)
        for stack in stacks
        for explanation in stack.explanations
    }
    for key, (app, reason) in said.items():
        if key not in used:
            path, rule, narrowed = key
            yield Finding(
                app, path, UNUSED, f"{rule} {narrowed}: {reason!r} explains nothing", "remove it"
            )
