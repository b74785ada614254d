"""A flow as it was exported: read leniently, so that a broken one can still be described."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from switchboard.contact_flows.language import JSON_PATH


class FlowFormatError(ValueError):
    """This is no flow in the Flow language; the message says what to do."""


@dataclass(frozen=True)
class Edge:
    """One way out of an action."""

    kind: str
    """`next`, `error` or `condition`."""
    label: str
    target: str


@dataclass(frozen=True)
class FlowAction:
    """One action as written, with what is missing as empty."""

    identifier: str
    type: str
    parameters: Mapping[str, Any]
    transitions: Mapping[str, Any]
    edges: tuple[Edge, ...] = ()
    conditions: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def errors(self) -> tuple[str, ...]:
        """The errors that have a branch."""
        return tuple(edge.label for edge in self.edges if edge.kind == "error")

    @property
    def targets(self) -> tuple[str, ...]:
        """Where the action may lead."""
        return tuple(edge.target for edge in self.edges)

    def next(self) -> str | None:
        """The NextAction."""
        return self.target("next", "")

    def target(self, kind: str, label: str) -> str | None:
        """Where one branch leads, or None when there is no such branch."""
        return next((e.target for e in self.edges if e.kind == kind and e.label == label), None)


@dataclass(frozen=True)
class FlowDocument:
    """A whole flow."""

    raw: Mapping[str, Any]
    start: str
    actions: tuple[FlowAction, ...]
    by_identifier: Mapping[str, FlowAction] = field(default_factory=dict)

    @property
    def flow_type(self) -> str:
        """The type the export names in its metadata, such as `contactFlow`."""
        return str(_mapping(self.raw.get("Metadata")).get("type") or "")


def read_flow(content: str | bytes | Mapping[str, Any]) -> FlowDocument:
    """Read a flow: its text, its parsed JSON, or the answer of DescribeContactFlow.

    Raises:
        FlowFormatError: it is not JSON, or not the Flow language.
    """
    raw = _content(_parsed(content))
    actions = raw.get("Actions")
    if not isinstance(actions, list):
        raise FlowFormatError(_why_no_actions(raw))
    read = tuple(_action(item) for item in actions)
    return FlowDocument(
        raw, str(raw.get("StartAction") or ""), read, {item.identifier: item for item in read}
    )


def references(value: Any) -> Iterator[str]:
    """Every JSONPath reference inside a parameter."""
    if isinstance(value, str):
        yield from JSON_PATH.findall(value)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from references(item)
    elif isinstance(value, list):
        for item in value:
            yield from references(item)


def _parsed(content: str | bytes | Mapping[str, Any]) -> Mapping[str, Any]:
    if isinstance(content, Mapping):
        return content
    try:
        parsed = json.loads(content)
    except ValueError as error:
        raise FlowFormatError(
            f"not JSON ({error}). Export the flow again: Save, then Export flow (beta)."
        ) from error
    if not isinstance(parsed, dict):
        raise FlowFormatError("not a JSON object. A flow is an object with Version and Actions.")
    return parsed


def _content(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """`aws connect describe-contact-flow` wraps the flow's text."""
    described = _mapping(raw.get("ContactFlow")) or _mapping(raw.get("ContactFlowModule"))
    content = described.get("Content")
    return _parsed(content) if isinstance(content, str) else raw


def _why_no_actions(raw: Mapping[str, Any]) -> str:
    if "modules" in raw:
        return (
            "the export format before the Flow language (it has `modules`). "
            "Import it into Connect, publish, and export it again."
        )
    if "Observations" in raw:
        return "a test case of Connect's Testing language, not a flow."
    return "it has no Actions. A flow is an object with Version, StartAction and Actions."


def _action(item: Any) -> FlowAction:
    raw = _mapping(item)
    transitions = _mapping(raw.get("Transitions"))
    conditions = [_mapping(entry) for entry in _entries(transitions.get("Conditions"))]
    tests = tuple(_test(entry) for entry in conditions)
    onward = transitions.get("NextAction")
    edges = [Edge("next", "", str(onward))] if onward else []
    edges += [
        Edge("error", str(entry.get("ErrorType") or ""), str(entry.get("NextAction") or ""))
        for entry in map(_mapping, _entries(transitions.get("Errors")))
    ]
    edges += [
        Edge("condition", "|".join(test[1]), str(entry.get("NextAction") or ""))
        for entry, test in zip(conditions, tests, strict=True)
    ]
    return FlowAction(
        str(raw.get("Identifier") or ""),
        str(raw.get("Type") or ""),
        _mapping(raw.get("Parameters")),
        transitions,
        tuple(edges),
        tests,
    )


def _test(entry: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    condition = _mapping(entry.get("Condition"))
    operands = tuple(str(operand) for operand in _entries(condition.get("Operands")))
    return str(condition.get("Operator") or ""), operands


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _entries(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
