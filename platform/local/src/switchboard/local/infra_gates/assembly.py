"""A synthesized app as the checks see it: stacks with templates, construct paths, explanations."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from switchboard.constructs.metadata import BUNDLE, EXPLAINED

STACK = "aws:cloudformation:stack"
LOGICAL_ID = "aws:cdk:logicalId"
REPORT = "validation-report.json"
"""Written by CDK beside the templates."""
TEMPLATES_ONLY = "--templates-only"
"""Tells the synthesizing child to leave the rules out."""


@dataclass(frozen=True)
class Explanation:
    """Why findings of `rule` at `path` and below it are right as they are."""

    path: str
    rule: str
    finding: str
    reason: str

    def covers(self, path: str, rule: str, detail: str) -> bool:
        """Whether a finding is one of those."""
        inside = path == self.path or path.startswith(self.path + "/")
        narrowed = self.finding in detail if self.finding != "*" else detail == "*"
        return inside and rule == self.rule and (not self.finding or narrowed)


@dataclass(frozen=True)
class BundleRecipe:
    """What one Lambda zip is made of."""

    members: tuple[str, ...]
    only: tuple[str, ...]
    trimmed: bool


@dataclass(frozen=True)
class Stack:
    """One stack of one app in one environment; paths are without the stack's name."""

    app: str
    environment: str
    name: str
    template: dict[str, Any]
    file: Path
    paths: dict[str, str] = field(default_factory=dict)
    """Construct path by logical id."""
    explanations: tuple[Explanation, ...] = ()
    bundles: tuple[BundleRecipe, ...] = ()
    protected: bool = False
    """Whether the stack cannot be deleted just so."""

    @property
    def short_name(self) -> str:
        """Without project and environment, e.g. `agents`."""
        return self.name.removeprefix(f"switchboard-{self.environment}-")

    def resources(self, *kinds: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Path, type and properties of the resources of these types (all when none is named)."""
        for logical_id, resource in self.template.get("Resources", {}).items():
            if not kinds or resource["Type"] in kinds:
                path = f"{self.short_name}/{self.paths.get(logical_id, logical_id)}"
                yield path, resource["Type"], resource.get("Properties", {})


def read_stacks(app: str, environment: str, folder: Path) -> list[Stack]:
    """The stacks of an app's cloud assembly, in the order they are deployed."""
    artifacts = json.loads((folder / "manifest.json").read_text())["artifacts"]
    return [
        _stack(app, environment, folder, name, artifacts[name]["properties"])
        for name in _ordered(
            [n for n, item in artifacts.items() if item["type"] == STACK], artifacts
        )
    ]


def _ordered(names: list[str], artifacts: dict[str, Any]) -> list[str]:
    """As they are deployed: a stack after those it depends on."""
    done: list[str] = []
    while left := [name for name in names if name not in done]:
        ready = [
            name for name in left if not set(artifacts[name].get("dependencies", [])) & set(left)
        ]
        done += ready or left
    return done


def _stack(app: str, environment: str, folder: Path, name: str, artifact: dict[str, Any]) -> Stack:
    file = str(artifact["templateFile"])
    short = name.removeprefix(f"switchboard-{environment}-")
    metadata = json.loads((folder / f"{name}.metadata.json").read_text())
    paths: dict[str, str] = {}
    explanations, bundles = [], []
    for full, entries in metadata.items():
        path = full.lstrip("/").removeprefix(name).lstrip("/")
        for entry in entries:
            data = entry.get("data")
            if entry["type"] == LOGICAL_ID:
                paths[data] = path.removesuffix("/Resource")
            elif entry["type"] == EXPLAINED:
                where = f"{short}/{path}".rstrip("/")
                explanations.append(
                    Explanation(where, data["rule"], data["finding"], data["reason"])
                )
            elif entry["type"] == BUNDLE:
                bundles.append(
                    BundleRecipe(tuple(data["members"]), tuple(data["only"]), data["trimmed"])
                )
    template = json.loads((folder / file).read_text())
    return Stack(
        app=app,
        environment=environment,
        name=name,
        template=template,
        file=folder / file,
        paths=paths,
        explanations=tuple(explanations),
        bundles=tuple(dict.fromkeys(bundles)),
        protected=bool(artifact.get("terminationProtection")),
    )
