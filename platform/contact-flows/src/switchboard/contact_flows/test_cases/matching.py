"""Whether what was heard or started is what was expected."""

import re
from collections.abc import Mapping
from difflib import SequenceMatcher
from typing import Any

from switchboard.contact_flows.test_cases.model import Message, StartedAction

SIMILAR_ENOUGH = 0.85
_NOT_A_WORD = re.compile(r"[^\w]+")


def similarity(expected: str, heard: str) -> float:
    """How alike two texts are, from 0 to 1; Connect compares meanings, this compares words."""
    one, other = _words(expected).split(), _words(heard).split()
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def says(expected: Message, heard: str) -> bool:
    """Whether the message is the expected one."""
    if expected.matching_criteria.type == "Inclusion":
        return _words(expected.text) in _words(heard)
    return similarity(expected.text, heard) >= SIMILAR_ENOUGH


def starts(expected: StartedAction, kind: str, parameters: Mapping[str, Any]) -> bool:
    """Whether the action is the expected one; only the parameters named are compared."""
    return expected.action_type == kind and _covers(expected.action_parameters, parameters)


def same_resource(one: str, other: str) -> bool:
    """Whether two ids or ARNs mean the same resource."""
    return one == other or one.endswith(f"/{other}") or other.endswith(f"/{one}")


def _covers(expected: Mapping[str, Any], given: Mapping[str, Any]) -> bool:
    return all(_fits(value, given.get(name)) for name, value in expected.items())


def _fits(expected: Any, given: Any) -> bool:
    if isinstance(expected, Mapping) and isinstance(given, Mapping):
        return _covers(expected, given)
    return same_resource(str(expected), str(given or ""))


def _words(text: str) -> str:
    return _NOT_A_WORD.sub(" ", text).strip().lower()
