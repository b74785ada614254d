"""Actions that only choose the way."""

from typing import Annotated, Any, Literal

from pydantic import Field

from switchboard.contact_flows.actions.action import Action, Number, Path, Spec, exact
from switchboard.contact_flows.language import (
    EQUALS,
    NO_MATCHING_CONDITION,
    NO_MATCHING_ERROR,
    NUMBER_OPERATORS,
    OPERATORS,
)


class Compare(Action):
    """Branch on a value of the contact."""

    SPEC = Spec(
        required_errors=(NO_MATCHING_CONDITION,),
        operators=OPERATORS,
        needs_condition=True,
    )
    type: Literal["Compare"] = "Compare"
    comparison_value: Path


class CheckHoursOfOperation(Action):
    """Open or closed; without an id, by the hours of the target queue."""

    SPEC = Spec(required_errors=(NO_MATCHING_ERROR,), **exact("True", "False"))
    type: Literal["CheckHoursOfOperation"] = "CheckHoursOfOperation"
    hours_of_operation_id: str | None = None


class CheckMetricData(Action):
    """Branch on how busy a queue is."""

    SPEC = Spec(
        required_errors=(NO_MATCHING_CONDITION, NO_MATCHING_ERROR),
        operators=(EQUALS, *NUMBER_OPERATORS),
        needs_condition=True,
    )
    type: Literal["CheckMetricData"] = "CheckMetricData"
    metric_type: Literal[
        "NumberOfAgentsAvailable", "NumberOfContactsInQueue", "OldestContactInQueueAgeSeconds"
    ]
    queue_id: str | None = None
    agent_id: str | None = None


class Loop(Action):
    """Go round so often, then leave; the only way to bound a re-ask."""

    SPEC = Spec(
        optional_errors=(NO_MATCHING_ERROR,),
        bounds_cycle=True,
        **exact("ContinueLooping", "DoneLooping"),
    )
    type: Literal["Loop"] = "Loop"
    loop_count: Annotated[Number, Field(ge=0, le=100)] | Path


class Wait(Action):
    """Pause a chat until time is up or somebody returns."""

    SPEC = Spec(
        required_errors=(NO_MATCHING_ERROR,),
        optional_errors=("ParticipantNotFound",),
        operators=(EQUALS,),
        needs_condition=True,
        next_action=False,
        bounds_cycle=True,
    )
    type: Literal["Wait"] = "Wait"
    time_limit_seconds: Annotated[Number, Field(ge=1)] | Path
    events: list[str] | None = None


class DistributeByPercentage(Action):
    """Send shares of the contacts different ways."""

    SPEC = Spec(required_errors=(NO_MATCHING_CONDITION,), operators=OPERATORS)
    type: Literal["DistributeByPercentage"] = "DistributeByPercentage"


class GetMetricData(Action):
    """Fetch metrics into $.Metrics; where there are none, they stay empty."""

    SPEC = Spec(required_errors=(NO_MATCHING_ERROR,), interpreted=False)
    type: Literal["GetMetricData"] = "GetMetricData"
    queue_id: str | None = None
    queue_channel: str | None = None
    metrics: Any = None
