"""One-time timers on EventBridge Scheduler; each sends one message to our own queue and is gone."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

from switchboard.orchestrator.domain.model import Flow
from switchboard.orchestrator.domain.ports import DeadlineNotSetError

if TYPE_CHECKING:  # the stubs never ship in a Lambda
    from mypy_boto3_scheduler import EventBridgeSchedulerClient

DEADLINE_REACHED = "DeadlineReached"
"""Type of our message to ourselves; it never travels over the bus."""


def deadline_message(flow: Flow) -> str:
    """The body of the message, shaped like an event of the bus."""
    return json.dumps(
        {
            "detail-type": DEADLINE_REACHED,
            "source": "switchboard.orchestrator",
            "detail": asdict(flow),
        }
    )


@dataclass(frozen=True)
class TimerTarget:
    """Where timers live and what they ring."""

    group: str
    queue_arn: str
    role_arn: str


class SchedulerDeadlines:
    """`at(...)` schedules that delete themselves."""

    def __init__(
        self, client: EventBridgeSchedulerClient, target: TimerTarget, logger: Logger
    ) -> None:
        """Create schedules in the target's group."""
        self._client = client
        self._target = target
        self._logger = logger

    def set(self, name: str, at: datetime, flow: Flow) -> None:
        """CreateSchedule; a conflict means that an earlier delivery has set it."""
        try:
            self._client.create_schedule(
                Name=name,
                GroupName=self._target.group,
                ScheduleExpression=f"at({at.astimezone(UTC):%Y-%m-%dT%H:%M:%S})",
                ScheduleExpressionTimezone="UTC",
                FlexibleTimeWindow={"Mode": "OFF"},
                ActionAfterCompletion="DELETE",
                Target={
                    "Arn": self._target.queue_arn,
                    "RoleArn": self._target.role_arn,
                    "Input": deadline_message(flow),
                },
            )
        except self._client.exceptions.ConflictException:
            return
        except (ClientError, BotoCoreError) as error:
            self._logger.warning("timer not set", **asdict(flow), reason=str(error))
            raise DeadlineNotSetError(str(error)) from error
