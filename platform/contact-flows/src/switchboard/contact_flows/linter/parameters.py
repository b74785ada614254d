"""A rules: one action's identifier, type and parameters, judged by the models of the table."""

import re
from collections.abc import Iterator, Mapping, Sequence
from textwrap import shorten
from typing import Any

from pydantic import ValidationError

from switchboard.contact_flows.actions.action import RefusedError
from switchboard.contact_flows.actions.table import TABLE, ActionType
from switchboard.contact_flows.document import FlowAction, references
from switchboard.contact_flows.language import ROOTS, is_identifier
from switchboard.contact_flows.linter.finding import Finding, finding

_OWN_RULE = {
    "InvocationTimeLimitSeconds": "A005",
    "LoopCount": "A006",
    "InputTimeLimitSeconds": "A007",
}
_ROOT = re.compile(r"\$\.(\w+)")


def check_action(action: FlowAction) -> Iterator[Finding]:
    """A001 to A009."""
    if not is_identifier(action.identifier):
        yield finding("A001", action.identifier, f"{action.identifier!r} is no valid identifier")
    known = TABLE.get(action.type)
    if known is None:
        yield finding("A002", action.identifier, f"there is no action type {action.type!r}")
        return
    yield from _parameters(action, known)
    for path in sorted(set(references(action.parameters))):
        root = _ROOT.match(path)
        if root and root[1] not in ROOTS:
            yield finding("A008", action.identifier, f"{path} begins with an unknown root")


def _parameters(action: FlowAction, known: ActionType) -> Iterator[Finding]:
    given = {name: value for name, value in action.parameters.items() if value not in (None, "")}
    if known.model is None:
        for name in known.required:
            if name not in given:
                yield _missing(action, name)
        return
    try:
        known.model.model_validate(given, extra="ignore")
    except ValidationError as error:
        yield from _translated(action, error.errors())


def _translated(action: FlowAction, errors: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
    seen: set[str] = set()
    for detail in errors:
        place = str(detail["loc"][0]) if detail["loc"] else ""
        if place and place in seen:  # a union names each of its members
            continue
        seen.add(place)
        yield _one(action, place, detail)


def _one(action: FlowAction, place: str, detail: Mapping[str, Any]) -> Finding:
    refused = detail.get("ctx", {}).get("error")
    if isinstance(refused, RefusedError):
        return finding(refused.rule, action.identifier, str(refused))
    if detail["type"] == "missing":
        return _missing(action, ".".join(str(part) for part in detail["loc"]))
    shown = shorten(str(action.parameters.get(place)), 60, placeholder="...")
    message = f"{action.type}: {place} is {shown}: {detail['msg']}"
    return finding(_OWN_RULE.get(place, "A009"), action.identifier, message)


def _missing(action: FlowAction, name: str) -> Finding:
    return finding("A003", action.identifier, f"{action.type} needs Parameters.{name}")
