"""Alarms ring on the deployed platform and tell the team; when all is well again they stop.

By its name this file comes first: what the other flows break on purpose has not rung yet.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from switchboard.events.catalogue import parse_event
from switchboard.events.envelope import new_id
from switchboard.events.released import Releases
from switchboard.local.access import Access
from switchboard.local.bus import LocalBus, Tail
from switchboard.local.checkout import EVENTS
from switchboard.local.journey import Journey
from switchboard.local.notion.client import LocalWorkspace
from switchboard.local.settings import LocalSettings

Eventually = Callable[..., None]
Travel = Callable[..., Journey]
EARLIER_TRIES = 3
"""A message is tried four times; so many of them end with the consumer's death."""
FAILING = 10
EARLIER = "it rings for something earlier: run this file first, on a fresh platform"
"""As on AWS an alarm rings for a quarter of an hour after its last data."""


@dataclass
class Team:
    """Who subscribed to the platform's alarms: a queue in place of a person's mail."""

    access: Access
    url: str
    messages: list[dict[str, Any]] = field(default_factory=list)

    def heard(self, alarm: str) -> list[dict[str, Any]]:
        """What was said of an alarm that rings, so far."""
        answer = self.access.queues.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10)
        for message in answer.get("Messages", []):
            self.messages.append(json.loads(json.loads(message["Body"])["Message"]))
            self.access.queues.delete_message(
                QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"]
            )
        return [
            found
            for found in self.messages
            if found["AlarmName"] == alarm and found["NewStateValue"] == "ALARM"
        ]


@pytest.fixture(scope="module")
def team(access: Access) -> Iterator[Team]:
    """Subscribed to the topic all alarms go to."""
    queues, sns = access.queues, access.client("sns")
    topic = access.parameter("platform/alarms/topic-arn")
    url = queues.create_queue(QueueName=f"team-{new_id().lower()}")["QueueUrl"]
    arn = attribute(access, url, "QueueArn")
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    queues.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    subscription = sns.subscribe(
        TopicArn=topic, Protocol="sqs", Endpoint=arn, ReturnSubscriptionArn=True
    )["SubscriptionArn"]
    yield Team(access, url)
    sns.unsubscribe(SubscriptionArn=subscription)
    queues.delete_queue(QueueUrl=url)


@pytest.fixture
def notion_down(board: LocalWorkspace, settings: LocalSettings) -> Iterator[str]:
    """A page that Notion cannot show until the test has ended."""
    page = str(board.create_story("Cannot be shown", "text")["id"])
    board.fail_next(count=10_000, status=400, path_contains=page)
    yield page
    httpx.delete(f"{settings.notion_url}/_local/faults").raise_for_status()


def attribute(access: Access, url: str, name: Any) -> str:
    answer = access.queues.get_queue_attributes(QueueUrl=url, AttributeNames=[name])
    return answer["Attributes"][name]


def alarms(access: Access) -> list[dict[str, Any]]:
    pages = access.client("cloudwatch").get_paginator("describe_alarms").paginate()
    return [alarm for page in pages for alarm in page["MetricAlarms"]]


def named(access: Access, part: str) -> str:
    """The whole name of the one alarm that is called like this in its template."""
    (found,) = (alarm["AlarmName"] for alarm in alarms(access) if part in alarm["AlarmName"])
    return str(found)


def state(access: Access, name: str) -> str:
    (found,) = (alarm["StateValue"] for alarm in alarms(access) if alarm["AlarmName"] == name)
    return str(found)


def refusal_of(page: str) -> dict[str, Any]:
    """What completion tells on a page, and nobody else acts on."""
    detail = Releases(EVENTS).sample("TriggerRejected.v1")
    detail["metadata"] |= {"id": new_id(), "correlation_id": new_id()}
    detail["data"] |= {"notion_page_id": page}
    return detail


@dataclass(frozen=True)
class Inbox:
    """Completion's queue, its dead letters and their alarm."""

    access: Access
    queue: str
    dlq: str

    @classmethod
    def of(cls, access: Access) -> "Inbox":
        urls = access.queues.list_queues(QueueNamePrefix="switchboard-dev-completion")["QueueUrls"]
        (queue,) = (url for url in urls if "InboxQueue" in url)
        (dlq,) = (url for url in urls if "InboxDlq" in url)
        return cls(access, queue, dlq)

    @property
    def alarm(self) -> str:
        """The alarm that watches exactly the dead letters' queue."""
        watched = [{"Name": "QueueName", "Value": self.dlq.rsplit("/", 1)[-1]}]
        (found,) = (
            alarm["AlarmName"]
            for alarm in alarms(self.access)
            if alarm.get("Dimensions") == watched
        )
        return str(found)

    def consumed(self, *, yes: bool) -> None:
        """Whether the function is fed from the queue."""
        functions = self.access.client("lambda")
        arn = attribute(self.access, self.queue, "QueueArn")
        (mapping,) = functions.list_event_source_mappings(EventSourceArn=arn)["EventSourceMappings"]
        functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=yes)

    def take(self, marker: str) -> bool:
        """Receive the message as a consumer that dies with it: it is visible again at once."""
        answer = self.access.queues.receive_message(
            QueueUrl=self.queue, MaxNumberOfMessages=10, VisibilityTimeout=0
        )
        return any(marker in message["Body"] for message in answer.get("Messages", []))

    def dead(self, marker: str) -> list[dict[str, Any]]:
        answer = self.access.queues.receive_message(
            QueueUrl=self.dlq,
            MaxNumberOfMessages=10,
            VisibilityTimeout=0,
            MessageAttributeNames=["All"],
        )
        return [dict(found) for found in answer.get("Messages", []) if marker in found["Body"]]


@pytest.mark.requirement("OBS-14", "E")
def test_work_that_fails_more_often_than_one_time_in_ten_tells_the_team(
    access: Access, bus: LocalBus, team: Team, notion_down: str, eventually: Eventually
) -> None:
    rate = named(access, "CompletionWorkErrorRate")
    assert state(access, rate) == "OK", EARLIER

    for _ in range(FAILING):
        bus.publish(parse_event("TriggerRejected.v1", refusal_of(notion_down)))

    eventually(lambda: bool(team.heard(rate)))
    assert "greater than the threshold (10)" in team.heard(rate)[0]["NewStateReason"]


@pytest.mark.requirement("OBS-13", "E")
@pytest.mark.requirement("ERR-08", "F")
def test_a_message_whose_last_try_failed_is_in_the_dlq_and_its_alarm_tells_the_team(
    access: Access, bus: LocalBus, team: Team, notion_down: str, eventually: Eventually
) -> None:
    inbox = Inbox.of(access)
    detail = refusal_of(notion_down)
    marker = detail["metadata"]["id"]
    inbox.consumed(yes=False)
    try:
        bus.publish(parse_event("TriggerRejected.v1", detail))
        for _ in range(EARLIER_TRIES):
            eventually(lambda: inbox.take(marker))
        assert not inbox.dead(marker)
    finally:
        inbox.consumed(yes=True)

    eventually(lambda: bool(inbox.dead(marker)))
    (letter,) = inbox.dead(marker)
    assert "Error" in letter["MessageAttributes"]["reason"]["StringValue"]
    eventually(lambda: bool(team.heard(inbox.alarm)))
    (told,) = team.heard(inbox.alarm)
    assert told["Trigger"]["Dimensions"][0]["Value"] == inbox.dlq.rsplit("/", 1)[-1]

    access.queues.purge_queue(QueueUrl=inbox.dlq)
    eventually(lambda: state(access, inbox.alarm) == "OK")


@pytest.mark.requirement("OBS-15", "E")
def test_a_month_above_80_percent_is_told_to_the_owners_in_notion_and_to_the_team(
    access: Access,
    board: LocalWorkspace,
    tail: Tail,
    team: Team,
    travel: Travel,
    eventually: Eventually,
) -> None:
    month = named(access, "MonthAbove80Percent")
    usual = float(travel("What such a story costs", trigger="Generate Prototype").total)
    eventually(lambda: spent(access) > 0)
    assert state(access, month) == "OK", EARLIER
    # The next one of its kind takes the month to 85 percent, and its limit fits in before.
    limit = (spent(access) + usual) / 0.85
    configure(board, tail, usual * 1.3, limit)
    try:
        journey = travel("Takes most of the month", trigger="Generate Prototype")
    finally:
        configure(board, tail, 2, 50)

    assert journey.terminal_status == "completed", journey.ended
    owner = board.workspace.people["owen"]
    eventually(lambda: any("80 %" in said for said in mentioning(board, journey.page_id, owner)))
    eventually(lambda: bool(team.heard(month)))
    assert state(access, named(access, "MonthFull")) == "OK"


def spent(access: Access) -> float:
    """What the project has spent this month, as it is measured when a run ends."""
    now = datetime.now(UTC)
    points = access.client("cloudwatch").get_metric_statistics(
        Namespace="Switchboard",
        MetricName="MonthCost",
        Dimensions=[
            {"Name": "project_id", "Value": "proj-demo"},
            {"Name": "service", "Value": "orchestrator"},
        ],
        StartTime=now - timedelta(hours=1),
        EndTime=now + timedelta(minutes=1),
        Period=7200,
        Statistics=["Maximum"],
    )["Datapoints"]
    return max((float(point["Maximum"]) for point in points), default=0)


def configure(board: LocalWorkspace, tail: Tail, a_run: float, a_month: float) -> None:
    """Change the project's limits as its owner does, and wait until everybody knows."""
    properties = {
        "Cost Limit Per Invocation": {"number": round(a_run, 6)},
        "Cost Limit Per Month": {"number": round(a_month, 6)},
    }
    board.set_properties(board.workspace.project_page_id, properties, user="owen")
    for _ in range(30):
        for event in tail.batch():
            data = event["detail"]["data"]
            if event["detail-type"] == "ProjectConfigured.v1" and (
                float(data["cost_limit_per_month"]) == round(a_month, 6)
            ):
                return
    raise AssertionError("the configuration was not announced")


def mentioning(board: LocalWorkspace, page: str, person: str) -> list[str]:
    """The comments on a page that speak to a person."""
    said = (str(comment["rich_text"]) for comment in board.comments(page))
    return [text for text in said if person in text]
