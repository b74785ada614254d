"""`cdk diff` of all apps against an account, as one text for a pull request (not run on AWS)."""

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

MARKER = "<!-- switchboard: infrastructure -->"
"""Finds the comment again, so that it is replaced and not repeated."""
CDK_CLI = "aws-cdk@2.1148.1"
MOST_CHARACTERS = 60_000
"""GitHub takes 65,536 in a comment."""
STACK = re.compile(r"^Stack (\S+)", re.MULTILINE)
CHANGE = re.compile(r"^\[([-+~])\] (\S+)", re.MULTILINE)
REPLACED = re.compile(r"\((?:requires|may require) replacement\)|\breplace\b")

Run = Callable[[Sequence[str]], str]


@dataclass(frozen=True)
class StackDiff:
    """What the CLI says about one stack."""

    name: str
    text: str

    def count(self, sign: str) -> int:
        """How many resources come (+), go (-) or change (~)."""
        return sum(found == sign for found, _ in CHANGE.findall(self.text))

    @property
    def replaces(self) -> bool:
        """Whether something is made anew, with its data gone."""
        return bool(REPLACED.search(self.text))


def diff_of(assembly: Path, run: Run) -> list[StackDiff]:
    """The differences of one app; stacks without any are there too."""
    text = run(["diff", "--app", str(assembly), "--no-color", "--no-change-set"])
    starts = [(match.start(), match.group(1)) for match in STACK.finditer(text)]
    ends = [start for start, _ in starts[1:]] + [len(text)]
    return [
        StackDiff(name, text[start:end].strip())
        for (start, name), end in zip(starts, ends, strict=True)
    ]


def comment(environment: str, diffs: Sequence[StackDiff]) -> str:
    """The text: a table to see at a glance, the differences folded below it."""
    text = "\n".join(_lines(environment, diffs))
    if len(text) > MOST_CHARACTERS:
        text = (
            text[:MOST_CHARACTERS] + "\n```\n</details>\n\nCut here; the job's log has the rest.\n"
        )
    return text


def _lines(environment: str, diffs: Sequence[StackDiff]) -> Iterator[str]:
    changed = [diff for diff in diffs if CHANGE.search(diff.text)]
    yield MARKER
    yield f"## What a merge would change in `{environment}`"
    if not changed:
        yield f"\nNothing: {len(diffs)} stacks are as they are deployed."
        return
    yield "\n| stack | new | changed | gone | replaces |"
    yield "|---|---|---|---|---|"
    for diff in changed:
        replaces = "**yes**" if diff.replaces else "no"
        counts = " | ".join(str(diff.count(sign)) for sign in "+~-")
        yield f"| {diff.name} | {counts} | {replaces} |"
    yield f"\n{len(diffs) - len(changed)} further stacks do not change."
    for diff in changed:
        yield f"\n<details><summary>{diff.name}</summary>\n"
        yield f"```diff\n{_marked(diff.text)}\n```\n</details>"


def _marked(text: str) -> str:
    """`[+] x` as `+ x`, which GitHub shows in colour."""
    return re.sub(r"^\[([-+~])\]", lambda found: found[1].replace("~", "!"), text, flags=re.M)


def cdk(words: Sequence[str]) -> str:
    """Run the pinned CLI; what it says, on whichever stream.

    Raises:
        RuntimeError: it failed.
    """
    done = subprocess.run(  # noqa: S603 - fixed program, our own arguments
        [shutil.which("npx") or "npx", "-y", CDK_CLI, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"cdk {words[0]} failed:\n{done.stdout[-2000:]}")
    return done.stdout
