"""Flows as typed Python: actions in, Flow language out."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from switchboard.contact_flows.actions.action import Action
from switchboard.contact_flows.language import EQUALS, VERSION, is_identifier
from switchboard.contact_flows.linter.finding import Finding
from switchboard.contact_flows.linter.lint import lint

COLUMN, ROW = 260, 220
"""Distances in the designer."""


class FlowError(ValueError):
    """The flow as built would not work; `findings` says where."""

    def __init__(self, message: str, findings: Sequence[Finding] = ()) -> None:
        super().__init__(message)
        self.findings = tuple(findings)


@dataclass(frozen=True)
class When:
    """One condition and where it leads."""

    operator: str
    operand: str
    target: str


Conditions = Mapping[str, str] | Sequence[When]


@dataclass(frozen=True)
class _Step:
    name: str
    action: Action
    then: str | None
    errors: Mapping[str, str]
    conditions: tuple[When, ...]

    def targets(self) -> list[str]:
        """Where the step leads, the usual way first."""
        ways = [self.then] if self.then else []
        return [*ways, *(when.target for when in self.conditions), *self.errors.values()]

    def emitted(self) -> dict[str, Any]:
        return {
            "Identifier": self.name,
            "Type": self.action.type,
            "Parameters": self.action.emitted(),
            "Transitions": {} if self.action.spec.terminal else self._transitions(),
        }

    def _transitions(self) -> dict[str, Any]:
        conditions = [
            {
                "Condition": {"Operator": when.operator, "Operands": [when.operand]},
                "NextAction": when.target,
            }
            for when in self.conditions
        ]
        errors = [{"ErrorType": error, "NextAction": to} for error, to in self.errors.items()]
        onward = {"NextAction": self.then} if self.then else {}
        return {**onward, "Errors": errors, "Conditions": conditions}


@dataclass
class Flow:
    """A flow under construction; it starts at the first action added."""

    name: str
    description: str = ""
    flow_type: str = "contactFlow"
    _steps: dict[str, _Step] = field(default_factory=dict)

    def add(
        self,
        name: str,
        action: Action,
        *,
        then: str | None = None,
        when: Conditions = (),
        errors: Mapping[str, str] | None = None,
        on_error: str | None = None,
    ) -> None:
        """Add an action; `on_error` is where each error leads that must have a branch.

        Raises:
            FlowError: the name is taken, or Connect takes no such identifier.
        """
        if name in self._steps:
            raise FlowError(f"the flow {self.name!r} already has an action {name!r}")
        if not is_identifier(name):
            raise FlowError(
                f"{name!r} is no identifier: 1 to 50 characters without %:(\\/)=$,;[]{{}}"
            )
        branches = dict(errors or {})
        if on_error is not None:
            for error in action.required_errors(action.emitted()) or action.spec.errors[:1]:
                branches.setdefault(error, on_error)
        conditions = _conditions(when)
        if then is None and action.spec.operators and not action.spec.may_end:
            then = _never_taken(conditions, branches)
        self._steps[name] = _Step(name, action, then, branches, conditions)

    def document(self) -> dict[str, Any]:
        """The Flow language, not checked."""
        places = self._places()
        return {
            "Version": VERSION,
            "StartAction": next(iter(self._steps), ""),
            "Metadata": {
                "entryPointPosition": {"x": 40, "y": 40},
                "ActionMetadata": {
                    name: {"position": places[name], "isFriendlyName": True} for name in self._steps
                },
                "Annotations": [],
                "name": self.name,
                "description": self.description,
                "type": self.flow_type,
                "status": "PUBLISHED",
                "hash": {},
            },
            "Actions": [step.emitted() for step in self._steps.values()],
        }

    def to_json(self) -> str:
        """The Flow language as text: the same flow gives the same bytes.

        Raises:
            FlowError: the linter finds an error.
        """
        document = self.document()
        errors = [found for found in lint(document) if found.level == "error"]
        if errors:
            lines = "; ".join(f"{e.code} {e.action}: {e.message}. {e.remedy}" for e in errors)
            raise FlowError(f"the flow {self.name!r} has {len(errors)} errors: {lines}", errors)
        return json.dumps(document, ensure_ascii=False, separators=(",", ":"))

    def _places(self) -> dict[str, dict[str, int]]:
        """Columns by distance from the start, so that the designer shows the way through."""
        column: dict[str, int] = {}
        waiting = [(name, 0) for name in list(self._steps)[:1]]
        while waiting:
            name, distance = waiting.pop(0)
            if name in self._steps and name not in column:
                column[name] = distance
                waiting += [(target, distance + 1) for target in self._steps[name].targets()]
        rows: dict[int, int] = {}
        places = {}
        for name in self._steps:
            x = column.get(name, 0)
            rows[x] = rows.get(x, 0) + 1
            places[name] = {"x": 40 + COLUMN * (x + 1), "y": 40 + ROW * (rows[x] - 1)}
        return places


def _conditions(when: Conditions) -> tuple[When, ...]:
    if isinstance(when, Mapping):
        return tuple(When(EQUALS, operand, target) for operand, target in when.items())
    return tuple(when)


def _never_taken(conditions: tuple[When, ...], branches: Mapping[str, str]) -> str | None:
    """The NextAction of an action that always leaves by a branch: the API demands one."""
    done = [way.target for way in conditions if way.operand == "DoneLooping"]
    return next(iter([*branches.values(), *done, *(way.target for way in conditions)]), None)
