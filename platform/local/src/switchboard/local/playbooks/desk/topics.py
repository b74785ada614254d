"""Several matters in one breath: "my laptop is broken and I forgot my password"."""

import re
from collections.abc import Sequence

from switchboard.local.playbooks.desk.numbers import heard_number
from switchboard.local.playbooks.desk.understanding import TASKS, Meaning, understand

STRONG = 5
"""A part of a sentence is a matter of its own when so much speaks for it."""
MOST = 3
MOST_WORDS = 60
"""A longer story is one matter."""
_JOINTS = re.compile(
    r"(?:[,.;]\s*|\s+)(?:and also|and then|and|also|plus|besides|another thing is|on top of that"
    r"|secondly|oh and|but also)\s+|[.;?!]\s+",
    re.IGNORECASE,
)
_FAMILY = {
    "access": "reach",
    "network": "reach",
    "outage": "reach",
    "software": "program",
    "software_defect": "program",
}


def meaning_of(said: str, *, asked_number: bool = False) -> Meaning:
    """An utterance understood, with the ticket number in it."""
    return understand(said, number=heard_number(said, asked=asked_number) is not None)


def matters(meaning: Meaning) -> Sequence[Meaning]:
    """The matters in an utterance, each with its own words; usually it is one."""
    if meaning.intent not in TASKS or meaning.intent in {"outage", "comment"}:
        return [meaning]
    if len(meaning.heard.words) > MOST_WORDS:
        return [meaning]
    groups: list[list[str]] = []
    families: list[str] = []
    for part in _JOINTS.split(meaning.heard.text):
        found = meaning_of(part)
        family = _FAMILY.get(found.intent, found.intent)
        is_own = found.intent in TASKS and found.weight(found.intent) >= STRONG
        if groups and (not is_own or family in families):
            groups[-1].append(part)
        else:
            groups.append([part])
            families.append(family if is_own else "")
    told = [meaning_of(", ".join(parts)) for parts in groups]
    separate = [found for found in told if found.intent in TASKS]
    return separate[:MOST] if len(separate) > 1 else [meaning]
