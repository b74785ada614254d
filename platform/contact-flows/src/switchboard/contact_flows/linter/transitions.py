"""T rules: the ways out of one action."""

from collections.abc import Iterator

from switchboard.contact_flows.actions.action import Spec
from switchboard.contact_flows.actions.table import TABLE
from switchboard.contact_flows.document import FlowAction, FlowDocument
from switchboard.contact_flows.linter.finding import Finding, finding


def check_transitions(flow: FlowDocument, action: FlowAction) -> Iterator[Finding]:
    """T001 to T008; an unknown type has only its targets checked."""
    known = TABLE.get(action.type)
    if known is not None:
        yield from _errors(action, known.spec)
        yield from _conditions(action, known.spec)
        yield from _next(action, known.spec)
    for edge in action.edges:
        if edge.target not in flow.by_identifier:
            branch = f"{edge.kind} {edge.label}".strip()
            message = f"{branch} leads to {edge.target!r}, which is not an action"
            yield finding("T008", action.identifier, message)


def _errors(action: FlowAction, spec: Spec) -> Iterator[Finding]:
    model = TABLE[action.type].model
    required = model.required_errors(action.parameters) if model else spec.required_errors
    for error in sorted(set(required) - set(action.errors)):
        yield finding("T001", action.identifier, f"{action.type} has no branch for {error}")
    for error in action.errors:
        if error not in spec.errors and not spec.terminal:
            yield finding("T002", action.identifier, f"{action.type} cannot raise {error}")


def _conditions(action: FlowAction, spec: Spec) -> Iterator[Finding]:
    operands = sorted(operand for _, given in action.conditions for operand in given)
    if spec.operands and operands != sorted(spec.operands):
        wanted, found = ", ".join(spec.operands), ", ".join(operands) or "none"
        message = f"{action.type} needs the operands {wanted}; it has {found}"
        yield finding("T003", action.identifier, message)
    elif spec.needs_condition and not action.conditions:
        yield finding("T004", action.identifier, f"{action.type} has no condition")
    for operator, _ in action.conditions:
        if operator not in spec.operators and not spec.terminal:
            message = f"{action.type} takes no condition with {operator or 'no operator'}"
            yield finding("T005", action.identifier, message)


def _next(action: FlowAction, spec: Spec) -> Iterator[Finding]:
    if spec.terminal and action.edges:
        yield finding("T006", action.identifier, f"{action.type} ends the flow, yet leads on")
    if action.next() is None and spec.next_action:
        yield finding("T007", action.identifier, f"{action.type} has no NextAction")
    elif action.next() is None and action.type == "Loop":
        message = "the API refuses a Loop without NextAction, although it is never taken"
        yield finding("T007", action.identifier, message, "warning")
