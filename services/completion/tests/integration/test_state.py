"""The same questions to the state in memory and to the one in DynamoDB."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from switchboard.completion.adapters.dynamodb import DynamoDeliveries, DynamoProjects
from switchboard.completion.adapters.memory import MemoryContents, MemoryDeliveries, MemoryProjects
from switchboard.completion.adapters.s3 import S3Contents
from switchboard.completion.adapters.secret import FreshSecret
from switchboard.completion.domain.model import Project
from switchboard.completion.domain.ports import (
    BusyError,
    Claim,
    ContentsUnavailableError,
    Deliveries,
    Outcome,
    Projects,
    ProjectUnknownError,
    StaleClaimError,
)
from switchboard.events.envelope import Event
from switchboard.events.values import Artifact

LEASE = timedelta(seconds=130)
Make = Callable[..., Event[Any]]


@dataclass
class Side:
    """State of one kind, a clock, and what was published."""

    kind: str
    aws: boto3.Session | None = None
    now: datetime = datetime(2026, 2, 4, 12, 0, tzinfo=UTC)
    deliveries: Deliveries = field(init=False)
    projects: Projects = field(init=False)

    def __post_init__(self) -> None:
        if self.aws is None:
            self.deliveries = MemoryDeliveries(lambda: self.now, LEASE)
            self.projects = MemoryProjects()
            return
        keys = [("pk", "HASH"), ("sk", "RANGE")]
        self.table = self.aws.resource("dynamodb").create_table(
            TableName="completion",
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in keys],  # type: ignore[typeddict-item]
            AttributeDefinitions=[{"AttributeName": n, "AttributeType": "S"} for n, _ in keys],
        )
        self.deliveries = DynamoDeliveries(self.table, lambda: self.now, LEASE)
        self.projects = DynamoProjects(self.table)

    def published(self) -> list[str]:
        if isinstance(self.deliveries, MemoryDeliveries):
            return sorted(self.deliveries.published)
        rows: Any = self.table.scan()["Items"]
        return sorted(
            json.loads(row["detail"])["metadata"]["id"] for row in rows if row["sk"] == "OUTBOX"
        )


@pytest.fixture(params=["memory", "dynamodb"])
def side(request: pytest.FixtureRequest) -> Side:
    if request.param == "memory":
        return Side("memory")
    return Side("dynamodb", request.getfixturevalue("aws"))


def claimed(side: Side, stage: int, holder: str) -> Claim:
    claim = side.deliveries.claim("DELIVERY#1", stage, holder)
    assert claim is not None
    return claim


def test_a_stage_that_is_done_is_never_claimed_again(side: Side) -> None:
    side.deliveries.finish(claimed(side, 2, "a"), Outcome({"comment_id": "c", "none": None}))

    assert side.deliveries.claim("DELIVERY#1", 2, "b") is None
    assert side.deliveries.claim("DELIVERY#1", 1, "b") is None
    assert side.deliveries.claim("DELIVERY#2", 1, "b") is not None


def test_an_earlier_stage_is_never_claimed_once_a_later_one_was_tried(side: Side) -> None:
    side.deliveries.release(claimed(side, 2, "a"))

    assert side.deliveries.claim("DELIVERY#1", 1, "b") is None
    assert side.deliveries.claim("DELIVERY#1", 2, "b") is not None


def test_a_later_stage_follows_a_finished_earlier_one(side: Side) -> None:
    side.deliveries.finish(claimed(side, 1, "a"), Outcome())

    assert side.deliveries.claim("DELIVERY#1", 2, "b") is not None


def test_a_claim_keeps_others_out_until_it_runs_out(side: Side) -> None:
    claimed(side, 2, "a")
    with pytest.raises(BusyError):
        side.deliveries.claim("DELIVERY#1", 2, "b")

    side.now += LEASE + timedelta(seconds=1)

    assert side.deliveries.claim("DELIVERY#1", 2, "b") is not None


def test_a_holder_may_ask_again_when_the_answer_was_lost(side: Side) -> None:
    claimed(side, 2, "a")

    assert side.deliveries.claim("DELIVERY#1", 2, "a") is not None


def test_a_claim_that_was_taken_over_can_neither_finish_nor_release(
    side: Side, ended: Make
) -> None:
    late = claimed(side, 2, "a")
    side.now += LEASE + timedelta(seconds=1)
    claimed(side, 2, "b")

    with pytest.raises(StaleClaimError):
        side.deliveries.finish(late, Outcome(events=[ended()]))
    side.deliveries.release(late)

    assert side.published() == []
    with pytest.raises(BusyError):
        side.deliveries.claim("DELIVERY#1", 2, "c")


def test_finishing_publishes_its_events_with_the_state(side: Side, ended: Make) -> None:
    events = [ended(), ended()]

    side.deliveries.finish(claimed(side, 2, "a"), Outcome({"x": "y"}, events))

    assert side.published() == sorted(event.metadata.id for event in events)


def test_what_is_handed_on_is_kept_with_the_state_for_whom_it_was_handed_to(side: Side) -> None:
    page = {"page_id": "1", "parent_page_id": None, "page_type": "spec", "weight": 0.5}
    spec = Artifact(type="notion_page", url="https://n.example/1", title="Ü", metadata=page)
    other = Artifact(type="prototype", url="https://p.example/2", title="2")
    late = claimed(side, 2, "a")
    side.now += LEASE + timedelta(seconds=1)

    side.deliveries.finish(claimed(side, 2, "b"), Outcome(handed={"X": [spec, other], "Y": []}))
    with pytest.raises(StaleClaimError):
        side.deliveries.finish(late, Outcome(handed={"Z": [spec]}))

    assert side.deliveries.handed("X") == (spec, other)
    assert side.deliveries.handed("Y") == side.deliveries.handed("Z") == ()
    assert side.deliveries.claim("DELIVERY#X", 1, "c") is not None


def test_giving_up_publishes_once_and_leaves_the_stage_open(side: Side, ended: Make) -> None:
    event = ended()

    side.deliveries.give_up("DELIVERY#1", 2, Outcome({"error_code": "E"}, [event]))
    side.deliveries.give_up("DELIVERY#1", 2, Outcome({"error_code": "E"}, [event]))

    assert side.published() == [event.metadata.id]
    assert side.deliveries.claim("DELIVERY#1", 2, "a") is not None


def test_giving_up_what_is_done_publishes_nothing(side: Side, ended: Make) -> None:
    side.deliveries.finish(claimed(side, 2, "a"), Outcome())

    side.deliveries.give_up("DELIVERY#1", 2, Outcome(events=[ended()]))

    assert side.published() == []


def test_a_project_is_read_as_it_was_kept_and_only_a_newer_one_replaces_it(
    side: Side, project: Callable[..., Project]
) -> None:
    first = project(agent_chain_template="custom", chain_steps=["mock", "review"])
    newer = project(updated_at=first.updated_at + timedelta(seconds=1), owner_user_ids=[])

    assert side.projects.put(first)
    assert not side.projects.put(project(owner_user_ids=["same moment"]))
    assert side.projects.get("proj-demo") == first
    assert side.projects.put(newer)
    assert not side.projects.put(first)
    assert side.projects.get("proj-demo") == newer


def test_an_unknown_project_is_named_in_the_error(side: Side) -> None:
    with pytest.raises(ProjectUnknownError, match="nowhere"):
        side.projects.get("nowhere")


def test_bodies_are_described_alike_by_memory_and_bucket(aws: boto3.Session) -> None:
    client = aws.client("s3")
    client.create_bucket(Bucket="content")

    ref = S3Contents(client, "content").put("snapshots/1.md", "Grüße")

    assert ref == MemoryContents().put("snapshots/1.md", "Grüße")
    stored = client.get_object(Bucket="content", Key="snapshots/1.md")
    assert stored["Body"].read().decode() == "Grüße"


def test_a_bucket_that_is_not_there_is_an_error_of_ours(aws: boto3.Session) -> None:
    with pytest.raises(ContentsUnavailableError, match=r"snapshots/1\.md"):
        S3Contents(aws.client("s3"), "nowhere").put("snapshots/1.md", "x")


def test_a_rotated_secret_is_read_again_after_five_minutes(aws: boto3.Session) -> None:
    client = aws.client("secretsmanager")
    arn = client.create_secret(Name="token", SecretString='{"token": "old"}')["ARN"]
    moment = [0.0]
    secret = FreshSecret(client, arn, lambda: moment[0])

    before = secret()
    client.put_secret_value(SecretId=arn, SecretString='{"token": "new"}')
    moment[0] = 299.0
    still = secret()
    moment[0] = 301.0

    assert (before, still, secret()) == ("old", "old", "new")
