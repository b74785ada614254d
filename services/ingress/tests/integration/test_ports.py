"""The adapters in memory and the real ones answer the same questions alike."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import boto3
import pytest

from switchboard.events.content import ContentChangedV1
from switchboard.events.envelope import Event, EventTooLargeError, new_event
from switchboard.events.project import ProjectConfiguredV1
from switchboard.ingress.adapters.dynamodb import DynamoJournal, DynamoProjects, DynamoReceipts
from switchboard.ingress.adapters.dynamodb_tickets import DynamoLeases, DynamoOrigins
from switchboard.ingress.adapters.memory import (
    MemoryBodies,
    MemoryJournal,
    MemoryLeases,
    MemoryOrigins,
    MemoryProjects,
    MemoryReceipts,
    MemoryTable,
    MemoryVault,
)
from switchboard.ingress.adapters.s3 import S3Bodies
from switchboard.ingress.adapters.secrets_manager import SecretsManagerVault
from switchboard.ingress.domain.model import (
    Origin,
    Outcome,
    PageClaim,
    ProjectUpdate,
    Settlement,
    StoredProject,
    page_key,
    source_key,
)
from switchboard.ingress.domain.ports import (
    Bodies,
    ClaimHeldError,
    Credentials,
    Journal,
    Leases,
    Origins,
    Projects,
    Receipts,
    SettlementConflictError,
    Vault,
)

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Store:
    """Everything on the one table, and the events the relay would find there."""

    receipts: Receipts
    journal: Journal
    projects: Projects
    origins: Origins
    leases: Leases
    outbox: Callable[[], list[str]]


@pytest.fixture(params=["memory", "dynamodb"])
def store(request: pytest.FixtureRequest) -> Store:
    if request.param == "memory":
        table = MemoryTable()
        return Store(
            MemoryReceipts(table),
            MemoryJournal(table),
            MemoryProjects(table),
            MemoryOrigins(table),
            MemoryLeases(table),
            lambda: sorted(event.metadata.id for event in table.outbox),
        )
    aws: boto3.Session = request.getfixturevalue("aws")
    name: str = request.getfixturevalue("table")
    client = aws.client("dynamodb")

    def outbox() -> list[str]:
        rows = client.scan(TableName=name)["Items"]
        details = [row["detail"]["S"] for row in rows if row["sk"]["S"] == "OUTBOX"]
        read = (Event[ContentChangedV1].model_validate_json(detail) for detail in details)
        return sorted(event.metadata.id for event in read)

    return Store(
        DynamoReceipts(client, name),
        DynamoJournal(client, name),
        DynamoProjects(client, name),
        DynamoOrigins(client, name),
        DynamoLeases(client, name),
        outbox,
    )


def changed(source_event_id: str = "event-1", event_id: str = "e1") -> Event[ContentChangedV1]:
    data = ContentChangedV1(
        source_event_id=source_event_id,
        shape="notion",
        page_id="page-1",
        workspace_id="ws",
        occurred_at=NOW,
    )
    return new_event(
        data, service="ingress", correlation_id="c", event_id=event_id, clock=lambda: NOW
    )


def outcome(source_event_id: str = "event-1", **changes: Any) -> Outcome:
    known = Outcome("page-1", source_event_id, "SOME_CODE", "Because.", "corr", NOW)
    return replace(known, **changes)


def project(project_id: str = "proj-1", **changes: Any) -> StoredProject:
    fields: dict[str, Any] = {
        "project_id": project_id,
        "workspace_id": "ws",
        "notion_database_id": "db-1",
        "notion_data_source_id": "ds-1",
        "github_repo": "acme/shop",
        "github_branch_strategy": "feature-branch",
        "agent_chain_template": "story-to-code",
        "trigger_map": {"Generate Code": "code"},
        "cost_limit_per_invocation": Decimal("1.50"),
        "cost_limit_per_month": Decimal(50),
        "created_at": NOW,
        "updated_at": NOW,
        **changes,
    }
    return StoredProject(ProjectConfiguredV1(**fields), f"page-of-{project_id}")


def test_a_receipt_is_kept_once_and_is_the_outgoing_event(store: Store) -> None:
    assert store.receipts.keep(changed(event_id="e1"))
    assert not store.receipts.keep(changed(event_id="e2"))
    assert store.receipts.keep(changed("event-2", "e3"))

    assert store.outbox() == ["e1", "e3"]


def test_an_arming_belongs_to_one_token_which_may_ask_again(store: Store) -> None:
    answers = [
        store.receipts.claim_handshake(NOW, "token-a"),
        store.receipts.claim_handshake(NOW, "token-b"),
        store.receipts.claim_handshake(NOW, "token-a"),
        store.receipts.claim_handshake(NOW + timedelta(hours=1), "token-b"),
    ]

    assert answers == [True, False, True, True]


def test_a_source_event_is_settled_once_and_answers_its_first_outcome(store: Store) -> None:
    first = outcome(remediation="Do this", trigger="Generate Code", invocation_id="inv")
    assert store.journal.settle(Settlement(first, (changed(event_id="e1"),))) == first

    again = outcome(code="OTHER", at=NOW + timedelta(hours=1))
    assert store.journal.settle(Settlement(again, (changed(event_id="e2"),))) == first
    assert store.outbox() == ["e1"]
    assert store.journal.outcomes("page-1", 10) == [first]


@pytest.mark.requirement("ING-11", "F")
def test_a_claim_is_held_by_the_first_and_nothing_of_the_second_is_written(store: Store) -> None:
    claim = PageClaim("page-1", "Generate Code", NOW, "inv-1")
    first = Settlement(outcome(invocation_id="inv-1"), (changed(event_id="e1"),), claim)
    store.journal.settle(first)
    second = Settlement(
        outcome("event-2"), (changed(event_id="e2"),), replace(claim, invocation_id="inv-2")
    )

    with pytest.raises(ClaimHeldError) as held:
        store.journal.settle(second)

    assert held.value.invocation_id == "inv-1"
    assert store.outbox() == ["e1"]
    assert len(store.journal.outcomes("page-1", 10)) == 1
    assert store.journal.settle(first) == first.outcome


@pytest.mark.parametrize(
    "other",
    [
        {"page_id": "page-2"},
        {"trigger": "Generate Spec"},
        {"last_edited_time": NOW + timedelta(minutes=1)},
    ],
)
def test_a_claim_is_about_page_trigger_and_edit_together(
    store: Store, other: dict[str, Any]
) -> None:
    claim = PageClaim("page-1", "Generate Code", NOW, "inv-1")
    store.journal.settle(Settlement(outcome(), claim=claim))

    second = Settlement(outcome("event-2"), claim=replace(claim, invocation_id="inv-2", **other))
    assert store.journal.settle(second) == second.outcome


def test_outcomes_of_a_page_come_newest_first_and_limited(store: Store) -> None:
    for minute in (2, 0, 1):
        store.journal.settle(
            Settlement(outcome(f"event-{minute}", at=NOW + timedelta(minutes=minute)))
        )
    store.journal.settle(Settlement(outcome("event-x", page_id="page-2")))

    found = [item.source_event_id for item in store.journal.outcomes("page-1", 2)]
    assert found == ["event-2", "event-1"]
    assert store.journal.outcomes("nowhere", 10) == []


def test_an_event_that_fits_no_entry_is_refused_before_anything_is_written(store: Store) -> None:
    large = changed()
    data = large.data.model_copy(update={"changed_property_ids": ["x" * 200_000]})
    event = large.model_copy(update={"data": data})

    with pytest.raises(EventTooLargeError):
        store.journal.settle(Settlement(outcome(), (event,)))
    with pytest.raises(EventTooLargeError):
        store.receipts.keep(event)
    assert store.journal.outcomes("page-1", 10) == []


def test_a_stored_project_is_found_by_id_and_by_each_of_its_keys(store: Store) -> None:
    known = project()
    store.journal.settle(Settlement(outcome(), project=ProjectUpdate(known, None)))

    assert store.projects.get("proj-1") == known
    for name in (page_key("page-of-proj-1"), source_key("db-1"), source_key("ds-1")):
        assert store.projects.holding([name]) == known
    assert store.projects.holding([source_key("nowhere"), source_key("db-1")]) == known
    assert store.projects.holding([source_key("nowhere")]) is None
    assert store.projects.get("nowhere") is None


def test_an_update_releases_the_keys_it_no_longer_has(store: Store) -> None:
    old = project()
    new = project(
        notion_data_source_id="ds-2", updated_at=NOW + timedelta(hours=1), coding_standards="x"
    )
    store.journal.settle(Settlement(outcome(), project=ProjectUpdate(old, None)))
    store.journal.settle(Settlement(outcome("event-2"), project=ProjectUpdate(new, old)))

    assert store.projects.get("proj-1") == new
    assert store.projects.holding([source_key("ds-1")]) is None
    assert store.projects.holding([source_key("ds-2")]) == new


def test_an_update_of_another_version_than_the_stored_one_is_a_conflict(store: Store) -> None:
    old = project()
    later = project(updated_at=NOW + timedelta(hours=1))
    store.journal.settle(Settlement(outcome(), project=ProjectUpdate(old, None)))
    store.journal.settle(Settlement(outcome("event-2"), project=ProjectUpdate(later, old)))

    for replaces in (None, old):
        with pytest.raises(SettlementConflictError):
            store.journal.settle(
                Settlement(outcome("event-3"), project=ProjectUpdate(project(), replaces))
            )
    assert store.projects.get("proj-1") == later


def test_a_key_of_another_project_is_a_conflict(store: Store) -> None:
    store.journal.settle(Settlement(outcome(), project=ProjectUpdate(project(), None)))

    with pytest.raises(SettlementConflictError):
        store.journal.settle(
            Settlement(outcome("event-2"), project=ProjectUpdate(project("proj-2"), None))
        )
    assert store.projects.get("proj-2") is None


def test_the_project_that_takes_defects_is_the_lowest_of_those_with_a_status(
    store: Store,
) -> None:
    assert store.projects.taking_defects() is None
    for place, (name, status) in enumerate(
        [("proj-1", None), ("proj-3", "To Do"), ("proj-2", "Generate Code")]
    ):
        sources = {"notion_database_id": f"db-{name}", "notion_data_source_id": None}
        taking = project(name, defect_status=status, **sources)
        update = ProjectUpdate(taking, None)
        store.journal.settle(Settlement(outcome(f"event-{place}"), project=update))

    found = store.projects.taking_defects()
    assert found is not None
    assert found.configuration.project_id == "proj-2"
    assert found.configuration.defect_status == "Generate Code"


def test_a_project_that_takes_no_defects_any_more_is_not_found_for_one(store: Store) -> None:
    taking = project(defect_status="To Do")
    not_taking = project(updated_at=NOW + timedelta(hours=1))
    store.journal.settle(Settlement(outcome(), project=ProjectUpdate(taking, None)))
    assert store.projects.taking_defects() == taking

    store.journal.settle(Settlement(outcome("event-2"), project=ProjectUpdate(not_taking, taking)))

    assert store.projects.taking_defects() is None


def test_a_page_s_origin_is_remembered_with_its_settlement_only(store: Store) -> None:
    origin = Origin("page-9", "INC0000013", "call-1")
    store.journal.settle(Settlement(outcome(), origin=origin))
    other = Origin("page-8", "INC0000023", "call-2")
    store.journal.settle(Settlement(outcome(code="OTHER"), origin=other))

    assert store.origins.of_page("page-9") == origin
    assert store.origins.of_page("page-8") is None


def test_the_standing_outcome_of_a_source_event_can_be_asked_for(store: Store) -> None:
    assert store.journal.standing("event-1") is None
    first = outcome(remediation="Do this", trigger="Generate Code")
    store.journal.settle(Settlement(first))

    assert store.journal.standing("event-1") == first
    assert store.journal.standing("event-2") is None


def test_a_lease_is_held_by_one_until_it_ends_or_is_given_back(store: Store) -> None:
    def take(holder: str, seconds: float = 0, key: str = "ticket") -> bool:
        now = NOW + timedelta(seconds=seconds)
        return store.leases.take(key, holder, now, now + timedelta(seconds=130))

    assert take("a")
    assert take("a")  # the same call, sent again by the client
    assert not take("b", seconds=130)
    assert take("b", key="other ticket")
    assert take("b", seconds=131)
    store.leases.release("ticket", "a")
    assert not take("a", seconds=132)
    store.leases.release("ticket", "b")
    assert take("a", seconds=132)
    store.leases.release("nowhere", "a")


@pytest.fixture(params=["memory", "secrets manager"])
def vault(request: pytest.FixtureRequest) -> Vault:
    if request.param == "memory":
        return MemoryVault()
    client = request.getfixturevalue("aws").client("secretsmanager")
    template = '{"verification_token": null, "armed_until": null}'
    arn = client.create_secret(Name="webhook", SecretString=template)["ARN"]
    return SecretsManagerVault(client, arn)


def test_a_vault_gives_back_what_was_written(vault: Vault) -> None:
    assert vault.read() == Credentials()

    for known in (Credentials("token", "secret", NOW), Credentials(None, "secret")):
        vault.write(known)
        assert vault.read() == known


@dataclass(frozen=True)
class Bucket:
    bodies: Bodies
    text: Callable[[str], str]


@pytest.fixture(params=["memory", "s3"])
def bucket(request: pytest.FixtureRequest) -> Bucket:
    if request.param == "memory":
        memory = MemoryBodies()
        return Bucket(memory, lambda key: memory.objects[key])
    client = request.getfixturevalue("aws").client("s3")
    client.create_bucket(Bucket="content")
    return Bucket(
        S3Bodies(client, "content"),
        lambda key: client.get_object(Bucket="content", Key=key)["Body"].read().decode(),
    )


def test_a_body_lies_under_a_key_of_its_own(bucket: Bucket) -> None:
    first = bucket.bodies.put("inv", "eins")
    second = bucket.bodies.put("inv", "zwei")

    assert bucket.bodies.put("inv", "eins") == first
    assert first.key != second.key
    assert (bucket.text(first.key), bucket.text(second.key)) == ("eins", "zwei")
    assert first.size_bytes == 4
