"""What a difference shows: the lines a comment can stand on, and its text in pages.

Form: unified diff as GitHub's REST API sends it (`patch` of a file, `application/vnd.github.diff`).
"""

import itertools
import re
from collections.abc import Iterable, Iterator

LEFT, RIGHT = "LEFT", "RIGHT"
"""Before and after the change."""
MAX_PAGE = 120_000
"""Characters of a page of a diff; about 30,000 tokens."""

_HUNK = re.compile(r"@@ -(?P<old>\d+)(?:,\d+)? \+(?P<new>\d+)(?:,\d+)? @@")
_FILE = re.compile(r"^diff --git ", re.MULTILINE)


def places(patch: str) -> dict[str, list[int]]:
    """The numbers of the lines a patch shows, by side."""
    found: dict[str, list[int]] = {LEFT: [], RIGHT: []}
    old = new = 0
    for line in patch.split("\n"):
        if match := _HUNK.match(line):
            old, new = int(match["old"]), int(match["new"])
            continue
        if line.startswith(("+", " ")):
            found[RIGHT].append(new)
        if line.startswith(("-", " ")):
            found[LEFT].append(old)
        old += line.startswith(("-", " "))
        new += line.startswith(("+", " "))
    return found


def ranges(lines: Iterable[int]) -> str:
    """Numbers in ascending order as people write them: `3-7, 12`."""
    runs: list[list[int]] = []
    for line in lines:
        if runs and line == runs[-1][1] + 1:
            runs[-1][1] = line
        else:
            runs.append([line, line])
    return ", ".join(str(start) if start == end else f"{start}-{end}" for start, end in runs)


def pages(diff: str, longest: int = MAX_PAGE) -> list[str]:
    """The diff in pages that begin with a file where that is possible; none is cut in a line."""
    found = [""]
    for part in _parts(diff, longest):
        if found[-1] and len(found[-1]) + len(part) > longest:
            found.append("")
        found[-1] += part
    return found


def _parts(diff: str, longest: int) -> Iterator[str]:
    """Files; one that is longer than a page in pieces of whole lines."""
    starts = [match.start() for match in _FILE.finditer(diff)]
    bounds = [0, *(start for start in starts if start), len(diff)]
    for start, end in itertools.pairwise(bounds):
        text = diff[start:end]
        while len(text) > longest:
            cut = text.rfind("\n", 0, longest) + 1 or longest
            yield text[:cut]
            text = text[cut:]
        yield text
