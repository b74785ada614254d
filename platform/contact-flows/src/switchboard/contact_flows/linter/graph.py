"""G rules: where the flow can get to, where it can get stuck."""

from collections.abc import Callable, Iterator

from switchboard.contact_flows.actions.action import Spec
from switchboard.contact_flows.actions.table import TABLE
from switchboard.contact_flows.document import FlowAction, FlowDocument
from switchboard.contact_flows.language import INPUT_TIME_LIMIT_EXCEEDED, NO_MATCHING_CONDITION
from switchboard.contact_flows.linter.finding import Finding, finding

_UNKNOWN = Spec()
_SILENCE = (INPUT_TIME_LIMIT_EXCEEDED, NO_MATCHING_CONDITION)
Onward = Callable[[FlowAction], tuple[str, ...]]


def check_graph(flow: FlowDocument, *, interrupted: bool) -> Iterator[Finding]:
    """G001 to G004; a flow that others interrupt (hold, queue) may well go in circles."""
    if flow.start not in flow.by_identifier:
        return
    reached = reachable(flow, [flow.start], lambda action: action.targets)
    for action in flow.actions:
        if action.identifier not in reached:
            yield finding("G001", action.identifier, "cannot be reached from StartAction")
    if interrupted:
        return
    yield from _no_way_out(flow, reached)
    yield from _spins(flow, reached)
    yield from _endless_questions(flow, reached)


def reachable(flow: FlowDocument, starts: list[str], onward: Onward) -> set[str]:
    """Every action that can be reached from these."""
    seen: set[str] = set()
    waiting = list(starts)
    while waiting:
        identifier = waiting.pop()
        if identifier in seen or identifier not in flow.by_identifier:
            continue
        seen.add(identifier)
        waiting += onward(flow.by_identifier[identifier])
    return seen


def _no_way_out(flow: FlowDocument, reached: set[str]) -> Iterator[Finding]:
    backward: dict[str, list[str]] = {}
    for identifier in reached:
        for target in flow.by_identifier[identifier].targets:
            backward.setdefault(target, []).append(identifier)
    ends = [name for name in reached if _ends(flow.by_identifier[name])]
    can_end = reachable(flow, ends, lambda action: tuple(backward.get(action.identifier, ())))
    for action in flow.actions:
        if action.identifier in reached - can_end:
            yield finding("G002", action.identifier, "no way leads from here to an end")


def _spins(flow: FlowDocument, reached: set[str]) -> Iterator[Finding]:
    reported: set[str] = set()
    for action in flow.actions:
        name = action.identifier
        if name in reported or name not in reached or _spec(action).bounds_cycle:
            continue
        ahead = reachable(flow, list(action.targets), _through_unbounded)
        if name not in ahead:
            continue
        cycle = sorted(
            other
            for other in ahead
            if not _spec(flow.by_identifier[other]).bounds_cycle
            and name in reachable(flow, list(flow.by_identifier[other].targets), _through_unbounded)
        )
        reported.update(cycle)
        message = f"{' -> '.join(cycle)} go round with neither a Loop nor the caller"
        yield finding("G003", name, message)


def _endless_questions(flow: FlowDocument, reached: set[str]) -> Iterator[Finding]:
    for action in flow.actions:
        if action.type != "GetParticipantInput" or action.identifier not in reached:
            continue
        if action.identifier in reachable(flow, list(_silent(action)), _through_silence):
            message = "silence or a wrong key asks again without end: there is no Loop between"
            yield finding("G004", action.identifier, message)


def _through_unbounded(action: FlowAction) -> tuple[str, ...]:
    return () if _spec(action).bounds_cycle else action.targets


def _through_silence(action: FlowAction) -> tuple[str, ...]:
    """Where a caller gets to who never says or presses anything useful."""
    if action.type == "GetParticipantInput":
        return _silent(action)
    return () if _spec(action).bounds_cycle else action.targets


def _silent(action: FlowAction) -> tuple[str, ...]:
    if str(action.parameters.get("StoreInput")) == "True":
        return action.targets
    return tuple(e.target for e in action.edges if e.kind == "error" and e.label in _SILENCE)


def _spec(action: FlowAction) -> Spec:
    known = TABLE.get(action.type)
    return known.spec if known else _UNKNOWN


def _ends(action: FlowAction) -> bool:
    return _spec(action).terminal or _spec(action).may_end
