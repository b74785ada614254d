"""The alarms of the running platform as people look at them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from switchboard.local.access import Access

RINGING = "ALARM"


@dataclass(frozen=True)
class Alarm:
    """One alarm now."""

    name: str
    state: str
    """`OK`, `ALARM` or `INSUFFICIENT_DATA`."""
    since: datetime
    reason: str
    tells: list[str]
    """Who hears of it: `protocol:endpoint` of each subscription of its topics."""

    @property
    def rings(self) -> bool:
        """Whether somebody has to look."""
        return self.state == RINGING


def alarms_of(access: Access) -> list[Alarm]:
    """Every alarm, those that ring first, then by name."""
    pages = access.client("cloudwatch").get_paginator("describe_alarms").paginate()
    found = [alarm for page in pages for alarm in page["MetricAlarms"]]
    topics = sorted({topic for alarm in found for topic in alarm.get("AlarmActions", [])})
    subscribers = {topic: _subscribers(access, topic) for topic in topics}
    alarms = [
        Alarm(
            name=alarm["AlarmName"],
            state=alarm["StateValue"],
            since=alarm["StateUpdatedTimestamp"],
            reason=alarm["StateReason"],
            tells=[who for topic in alarm.get("AlarmActions", []) for who in subscribers[topic]],
        )
        for alarm in found
    ]
    return sorted(alarms, key=lambda alarm: (not alarm.rings, alarm.name))


def _subscribers(access: Access, topic: str) -> list[str]:
    pages: Any = access.client("sns").get_paginator("list_subscriptions_by_topic")
    return [
        f"{found['Protocol']}:{found['Endpoint'].rsplit(':', 1)[-1]}"
        for page in pages.paginate(TopicArn=topic)
        for found in page["Subscriptions"]
    ]
