"""cfn-lint over all templates, in as many children as there are cores; and the required tags."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from switchboard.local.infra_gates.assembly import Stack
from switchboard.local.infra_gates.finding import Finding

CHILD = "switchboard.local.infra_gates.lint_process"
REQUIRED_TAGS = ("Project", "Environment", "Owner", "CostCenter")
TAGS_RULE = "tags"


class LintError(RuntimeError):
    """cfn-lint could not run."""


@dataclass(frozen=True)
class Linted:
    """The findings, and which property holds the tags of which resource type."""

    findings: list[Finding]
    tag_properties: Mapping[str, str]


def lint(stacks: Sequence[Stack], variables: Mapping[str, str]) -> Linted:
    """Run cfn-lint.

    Raises:
        LintError: with the end of what it printed.
    """
    by_file = {str(stack.file): stack for stack in stacks}
    # large ones first, dealt out in turn: every child gets about the same
    ordered = sorted(by_file, key=lambda file: -by_file[file].file.stat().st_size)
    children = min(os.cpu_count() or 1, 4, len(ordered))
    shares = [ordered[number::children] for number in range(children)]
    with ThreadPoolExecutor(children) as pool:
        answers = list(pool.map(lambda share: _run(share, variables), shares))
    found = [
        _finding(by_file[match["file"]], match) for answer in answers for match in answer["matches"]
    ]
    tags = {kind: name for answer in answers for kind, name in answer["tags"].items()}
    return Linted(found, tags)


def untagged(stack: Stack, tag_properties: Mapping[str, str]) -> Iterator[Finding]:
    """Resources that could carry tags and lack a required one (T050)."""
    for path, kind, properties in stack.resources(*tag_properties):
        tags = properties.get(tag_properties[kind]) or {}
        names = set(tags) if isinstance(tags, dict) else {tag.get("Key") for tag in tags}
        if missing := [name for name in REQUIRED_TAGS if name not in names]:
            yield Finding(
                stack.app,
                path,
                TAGS_RULE,
                f"{kind} lacks the tags {', '.join(missing)}",
                "put it into a ServiceStack, or set its tags property by hand",
                stack.environment,
            )


def _run(files: Sequence[str], variables: Mapping[str, str]) -> dict[str, Any]:
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", CHILD, *files],
        capture_output=True,
        text=True,
        check=False,
        env=dict(variables),
    )
    if done.returncode != 0:
        raise LintError(f"cfn-lint failed:\n{done.stderr[-2000:]}")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _finding(stack: Stack, match: Mapping[str, Any]) -> Finding:
    where = match["where"]
    logical_id = where[1] if len(where) > 1 and where[0] == "Resources" else ""
    path = stack.paths.get(logical_id, logical_id or "/".join(where))
    return Finding(
        stack.app,
        f"{stack.short_name}/{path}",
        match["rule"],
        f"{match['message']} ({'/'.join(where[2:]) or 'template'})",
        f"cfn-lint's documentation of {match['rule']}; mend the stack of {stack.app}",
        stack.environment,
    )
