"""What `${name}` of a test case stands for here: ARNs of the deployed desk.

On AWS CloudFormation's Fn::Sub binds the same names when the case is deployed.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from switchboard.local.connect.desk import HOURS, Desk

STEPS = {"open_session": "session", "ticket_status": "status", "record_escalation": "escalation"}
"""Names of the functions of a flow, by the step they are called for."""


def bindings(desk: Desk) -> dict[str, str]:
    """The names that scenarios use, as the flow of the desk's number uses them.

    Raises:
        NotDeployedError: no number rings a flow.
    """
    found: dict[str, str] = {}
    for name, value in (*_used(desk.line().document), *_never_open(desk)):
        found.setdefault(name, value)
    return found


def _used(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for action in document.get("Actions") or []:
        parameters = action.get("Parameters") or {}
        match action.get("Type"):
            case "ConnectParticipantWithLexBot":
                yield "botAlias", str((parameters.get("LexV2Bot") or {}).get("AliasArn", ""))
            case "UpdateContactTargetQueue":
                yield "queue", str(parameters.get("QueueId", ""))
            case "CheckHoursOfOperation":
                yield "hours", str(parameters.get("HoursOfOperationId", ""))
            case "InvokeLambdaFunction":
                step = str((parameters.get("LambdaInvocationAttributes") or {}).get("step"))
                yield STEPS.get(step, step), str(parameters.get("LambdaFunctionARN", ""))


def _never_open(desk: Desk) -> Iterator[tuple[str, str]]:
    for hours in desk.registry.of_type(HOURS):
        if not hours.property("Config"):
            arn = hours.attributes.get("HoursOfOperationArn") or hours.physical_id
            yield "closedHours", str(arn)
