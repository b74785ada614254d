"""What was exercised, from the journal of calls: each permission once, with how often."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Context = tuple[tuple[str, str], ...]


class JournalMissingError(RuntimeError):
    """There is no journal to judge; the message says where it should be."""

    remedy = "run the flow tests: hatch run test platform/tests/flows (about 8 minutes)"


@dataclass(frozen=True, order=True)
class Use:
    """A permission that a role needed."""

    role: str
    """The role's name; empty when a call of our own code named none."""
    action: str
    resource: str
    context: Context = ()
    app: str = ""
    """The service, only where no role is named."""


def read_uses(journal: Path) -> Counter[Use]:
    """The permissions in a journal.

    Raises:
        JournalMissingError: there is none.
    """
    if not journal.exists():
        raise JournalMissingError(f"no journal of AWS calls at {journal}")
    with journal.open() as lines:
        return uses_of(json.loads(line) for line in lines)


def uses_of(calls: Iterable[Mapping[str, Any]]) -> Counter[Use]:
    """The permissions of these calls (lines of the journal)."""
    found: Counter[Use] = Counter()
    for call in calls:
        role = str(call.get("role", ""))
        for action, resource, *context in call.get("needs", ()):
            given = tuple(sorted((context[0] if context else {}).items()))
            found[Use(role, action, resource, given, "" if role else call["app"])] += 1
    return found
