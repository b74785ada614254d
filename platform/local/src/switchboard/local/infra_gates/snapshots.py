"""Snapshots of all templates: what a change does to the infrastructure, in the diff of a review.

`dev` is written out whole, a file per stack; of another environment what differs from dev.
"""

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from switchboard.local.infra_gates.assembly import Stack
from switchboard.local.infra_gates.finding import Finding
from switchboard.local.infra_gates.snapshot_text import lines_of

RULE = "snapshot"
WHOLE = "dev"
MOST_LINES = 12
"""Of a difference in a finding; the file has the rest."""


@dataclass(frozen=True)
class Snapshots:
    """The files in `folder`."""

    folder: Path

    def compare(self, stacks: Sequence[Stack], *, every: bool = True) -> Iterator[Finding]:
        """Stacks that are not as their snapshot says, and snapshots without a stack.

        `every` False: these are not all stacks, so a snapshot may be without one.
        """
        wanted = files(stacks)
        for name, text in wanted.items():
            path = self.folder / name
            before = path.read_text() if path.exists() else ""
            if text != before:
                yield _finding(name, before, text)
        for path in sorted(self.folder.rglob("*.txt")):
            name = str(path.relative_to(self.folder))
            if every and name not in wanted:
                yield _finding(name, path.read_text(), "")

    def update(self, stacks: Sequence[Stack]) -> list[str]:
        """Write them; the names of the files that changed."""
        wanted = files(stacks)
        changed = []
        for name, text in wanted.items():
            path = self.folder / name
            if not path.exists() or path.read_text() != text:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
                changed.append(name)
        for path in sorted(self.folder.rglob("*.txt")):
            if (name := str(path.relative_to(self.folder))) not in wanted:
                path.unlink()
                changed.append(name)
        return changed


def files(stacks: Sequence[Stack]) -> dict[str, str]:
    """Text by file name."""
    lines = {
        (stack.environment, stack.short_name): lines_of(stack.template, stack.environment)
        for stack in stacks
    }
    texts = {}
    for (environment, name), own in sorted(lines.items()):
        same = environment == WHOLE
        shown = own if same else list(changes(lines.get((WHOLE, name), []), own))
        texts[f"{environment}/{name}.txt"] = "".join(f"{line}\n" for line in shown)
    return texts


def changes(before: Sequence[str], after: Sequence[str]) -> Iterator[str]:
    """Lines that went (-) and came (+), each resource's below its name."""
    old, new = _blocks(before), _blocks(after)
    for heading in sorted(old | new):
        gone, come = old.get(heading), new.get(heading)
        if gone == come:
            continue
        sign = "~" if gone is not None and come is not None else "-" if come is None else "+"
        yield f"{sign} {heading}"
        for line in difflib.ndiff(gone or [], come or []):
            if line[0] in "+-":
                yield f"  {line[0]} {line[2:].strip()}"


def _blocks(lines: Sequence[str]) -> dict[str, list[str]]:
    blocks: dict[str, list[str]] = {}
    heading = ""
    for line in lines:
        if line.startswith("  "):
            blocks[heading].append(line)
        else:
            heading = line
            blocks[heading] = []
    return blocks


def _finding(name: str, before: str, after: str) -> Finding:
    environment, _, stack = name.removesuffix(".txt").partition("/")
    differences = (
        list(changes(before.splitlines(), after.splitlines()))
        if environment == WHOLE
        else [
            line
            for line in difflib.ndiff(before.splitlines(), after.splitlines())
            if line[0] in "+-"
        ]
    )
    shown = differences[:MOST_LINES]
    more = len(differences) - len(shown)
    text = "\n".join(shown) + (f"\n... and {more} more lines" if more > 0 else "")
    return Finding(
        app=stack,
        path=name,
        rule=RULE,
        message=f"the template is not its snapshot:\n{text}",
        remedy="look at the difference; when it is meant: hatch run infra-check --update",
        environment=environment,
    )
