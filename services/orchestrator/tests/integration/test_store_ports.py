"""Invocations, ledgers and projects: memory and DynamoDB give the same answers."""

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from aws_lambda_powertools import Logger

from switchboard.events.values import Artifact, ErrorInfo
from switchboard.orchestrator.adapters.dynamodb import DynamoInvocations
from switchboard.orchestrator.adapters.ledger import DynamoLedgers
from switchboard.orchestrator.adapters.memory import MemoryProjects, MemoryStore
from switchboard.orchestrator.adapters.projects import DynamoProjects
from switchboard.orchestrator.domain.lifecycle import requested
from switchboard.orchestrator.domain.model import (
    InvalidRequestError,
    Invocation,
    StaleRecordError,
    Status,
)
from switchboard.orchestrator.domain.ports import (
    AlreadyClaimedError,
    Change,
    Claim,
    LedgerMove,
    LedgerRefusedError,
)
from switchboard.orchestrator.wiring import prices


@dataclass
class Store:
    invocations: Any
    ledgers: Any
    projects: Any
    outbox: Any


@pytest.fixture
def memory() -> Store:
    store = MemoryStore()
    return Store(store, store.ledgers, MemoryProjects(), lambda: len(store.outbox))


@pytest.fixture
def dynamo(dynamodb: Any) -> Store:
    def rows() -> int:
        items = dynamodb.scan(TableName="state")["Items"]
        return sum(item["sk"]["S"] == "OUTBOX" for item in items)

    return Store(
        DynamoInvocations(dynamodb, "state", Logger("test"), lambda _: None),
        DynamoLedgers(dynamodb, "state"),
        DynamoProjects(dynamodb, "state"),
        rows,
    )


@pytest.fixture(params=["memory", "dynamo"])
def store(request: pytest.FixtureRequest) -> Store:
    found: Store = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def queued(make: Any, clock: Any) -> Invocation:
    return requested(make.request(), clock())


def move(**options: Any) -> LedgerMove:
    return LedgerMove("proj-demo", "2026-02", "code", **options)


def test_a_record_comes_back_as_it_was_written(store: Store, make: Any, clock: Any) -> None:
    full = requested(make.request(parent_invocation_id="01PARENT"), clock()).model_copy(
        update={
            "status": Status.FAILED,
            "config": {"a": [1, 2.5, None, {"deep": "ü"}]},
            "cost_usd": Decimal("0.01733675"),
            "reserved_usd": Decimal("1.00"),
            "receipt": prices().whole(Decimal("1.00"), "note"),
            "error": ErrorInfo(code="X", message="m", remediation="r"),
            "duration_seconds": 36.125,
            "started_at": clock(),
            "due_at": None,
        }
    )

    stored = store.invocations.commit(Change(full))

    assert stored == full.model_copy(update={"version": 1})
    assert store.invocations.get(full.invocation_id) == stored


def test_an_unknown_record_is_none(store: Store) -> None:
    assert store.invocations.get("01NOWHERE") is None


def test_a_record_cannot_be_created_twice(store: Store, queued: Invocation) -> None:
    store.invocations.commit(Change(queued))

    with pytest.raises(StaleRecordError):
        store.invocations.commit(Change(queued))


def test_of_two_writers_who_read_the_same_version_one_is_refused(
    store: Store, queued: Invocation
) -> None:
    read = store.invocations.commit(Change(queued))
    store.invocations.commit(Change(read.model_copy(update={"waits": 1})))

    with pytest.raises(StaleRecordError):
        store.invocations.commit(Change(read.model_copy(update={"waits": 9})))
    assert store.invocations.get(queued.invocation_id).waits == 1


def test_a_refused_change_writes_neither_record_nor_ledger_nor_event(
    store: Store, queued: Invocation, make: Any
) -> None:
    store.invocations.commit(Change(queued))

    with pytest.raises(StaleRecordError):
        store.invocations.commit(
            Change(queued, (make.request(),), move(reserved=Decimal(1), accepted=1))
        )

    assert store.ledgers.get("proj-demo", "2026-02").committed == 0
    assert store.outbox() == 0


def test_record_ledger_and_events_are_written_together(
    store: Store, queued: Invocation, make: Any
) -> None:
    reserve = move(reserved=Decimal("1.25"), accepted=1, room=Decimal(49))

    store.invocations.commit(Change(queued, (make.request(), make.request()), reserve))

    ledger = store.ledgers.get("proj-demo", "2026-02")
    assert (ledger.committed, ledger.reserved, ledger.spent) == (
        Decimal("1.25"),
        Decimal("1.25"),
        0,
    )
    assert (ledger.accepted, ledger.accepted_by_agent) == (1, {"code": 1})
    assert store.outbox() == 2


def test_a_month_is_filled_to_its_room_and_not_further(store: Store, make: Any, clock: Any) -> None:
    reserve = move(reserved=Decimal(1), accepted=1, room=Decimal(1))
    for _ in range(2):
        store.invocations.commit(Change(requested(make.request(), clock()), ledger=reserve))

    with pytest.raises(LedgerRefusedError):
        store.invocations.commit(Change(requested(make.request(), clock()), ledger=reserve))
    assert store.ledgers.get("proj-demo", "2026-02").committed == 2


def test_a_settlement_releases_what_was_held_and_adds_what_was_spent(
    store: Store, queued: Invocation
) -> None:
    read = store.invocations.commit(Change(queued, ledger=move(reserved=Decimal(1), accepted=1)))
    settle = move(reserved=Decimal(-1), spent=Decimal("0.25"), quiet_below=Decimal(40))

    store.invocations.commit(Change(read, ledger=settle))

    ledger = store.ledgers.get("proj-demo", "2026-02")
    assert (ledger.committed, ledger.reserved, ledger.spent) == (
        Decimal("0.25"),
        0,
        Decimal("0.25"),
    )
    assert ledger.spent_by_agent == {"code": Decimal("0.25")}


def test_a_quiet_settlement_is_refused_where_a_notice_is_due_and_accepted_after_it(
    store: Store, queued: Invocation
) -> None:
    read = store.invocations.commit(Change(queued, ledger=move(spent=Decimal(39), accepted=1)))
    quiet = move(spent=Decimal(2), quiet_below=Decimal(38), limit=Decimal(50))
    with pytest.raises(LedgerRefusedError):
        store.invocations.commit(Change(read, ledger=quiet))

    loud = replace(quiet, quiet_below=None, notice=80)
    read = store.invocations.commit(Change(read, ledger=loud))
    with pytest.raises(LedgerRefusedError):
        store.invocations.commit(Change(read, ledger=loud))
    store.invocations.commit(Change(read, ledger=quiet))

    ledger = store.ledgers.get("proj-demo", "2026-02")
    assert (ledger.spent, ledger.warned) == (43, {80: 50})


def test_a_notice_for_a_new_limit_may_be_given_again(store: Store, queued: Invocation) -> None:
    notice = move(notice=100, limit=Decimal(50))
    read = store.invocations.commit(Change(queued, ledger=notice))

    store.invocations.commit(Change(read, ledger=replace(notice, limit=Decimal(60))))

    assert store.ledgers.get("proj-demo", "2026-02").warned == {100: 60}


def test_a_claim_is_given_once_and_tells_whose_it_is(store: Store, make: Any, clock: Any) -> None:
    first, second = (requested(make.request(), clock()) for _ in range(2))
    claim = Claim("key", "print", first.invocation_id)
    store.invocations.commit(Change(first, claim=claim))

    with pytest.raises(AlreadyClaimedError):
        store.invocations.commit(
            Change(second, claim=replace(claim, invocation_id=second.invocation_id))
        )

    assert store.invocations.claimed("key") == claim
    assert store.invocations.claimed("other") is None
    assert store.invocations.get(second.invocation_id) is None


def test_overdue_records_are_found_by_status_oldest_first(
    store: Store, make: Any, clock: Any
) -> None:
    ids = []
    for minutes in (3, 1, 2, 9):
        record = requested(make.request(), clock())
        due = clock() + timedelta(minutes=minutes)
        ids.append(record.invocation_id)
        store.invocations.commit(Change(record.model_copy(update={"due_at": due})))
    ended = requested(make.request(), clock()).model_copy(update={"status": Status.FAILED})
    store.invocations.commit(Change(ended.model_copy(update={"due_at": None})))

    before = clock() + timedelta(minutes=5)

    assert store.invocations.overdue(Status.QUEUED, before, 10) == [ids[1], ids[2], ids[0]]
    assert store.invocations.overdue(Status.QUEUED, before, 1) == [ids[1]]
    assert store.invocations.overdue(Status.RUNNING, before, 10) == []


def test_a_projects_invocations_come_newest_first_in_pages_without_bulk(
    store: Store, make: Any, clock: Any
) -> None:
    ids = []
    for _ in range(5):
        clock.tick(1)
        record = requested(make.request(), clock())
        ids.append(record.invocation_id)
        store.invocations.commit(Change(record))
    other = requested(make.request(project_id="proj-other"), clock())
    store.invocations.commit(Change(other))

    first = store.invocations.of_project("proj-demo", 3, None)
    second = store.invocations.of_project("proj-demo", 3, first.cursor)

    listed = [record.invocation_id for record in first.invocations + second.invocations]
    assert listed == ids[::-1]
    assert second.cursor is None
    assert store.invocations.of_project("proj-nowhere", 3, None).invocations == []


@pytest.mark.parametrize("cursor", ["", "!!", "ä", "abc", "YWJj", "I" * 999])
def test_a_foreign_cursor_is_refused(store: Store, cursor: str) -> None:
    with pytest.raises(InvalidRequestError, match="is not a cursor"):
        store.invocations.of_project("proj-demo", 3, cursor)


def test_a_pages_artifacts_come_back_newest_invocation_first_and_only_those_kept(
    store: Store, make: Any, clock: Any
) -> None:
    def ended(title: str, seconds: int, *, kept: bool = True, **request: Any) -> None:
        artifact = Artifact(type="prototype", url=f"https://p.example/{title}", title=title)
        end = {"completed_at": clock() + timedelta(seconds=seconds), "output_artifacts": [artifact]}
        record = requested(make.request(**request), clock()).model_copy(update=end)
        store.invocations.commit(Change(record, kept_for_page=kept))

    for title, seconds in (("first", 1), ("third", 3), ("second", 2)):
        ended(title, seconds)
    ended("not kept", 4, kept=False)
    ended("other page", 5, notion_page_id="page-2")
    ended("other project", 6, project_id="proj-other")
    store.invocations.commit(Change(requested(make.request(), clock()), kept_for_page=True))

    found = store.invocations.earlier_artifacts("proj-demo", "page-1", 20)
    newest = store.invocations.earlier_artifacts("proj-demo", "page-1", 2)

    assert [artifact.title for artifact in found] == ["third", "second", "first"]
    assert [artifact.title for artifact in newest] == ["third", "second"]
    assert store.invocations.earlier_artifacts("proj-demo", "page-9", 20) == []


def test_a_refused_change_keeps_nothing_for_the_page(store: Store, queued: Invocation) -> None:
    artifact = Artifact(type="prototype", url="https://p.example/1", title="1")
    record = queued.model_copy(update={"output_artifacts": [artifact]})
    store.invocations.commit(Change(record))

    with pytest.raises(StaleRecordError):
        store.invocations.commit(Change(record, kept_for_page=True))

    assert store.invocations.earlier_artifacts("proj-demo", "page-1", 20) == []


def test_children_are_found_by_their_parent(store: Store, make: Any, clock: Any) -> None:
    for invocation_id in ("02CHILD", "01CHILD"):
        event = make.request(invocation_id=invocation_id, parent_invocation_id="00PARENT")
        stored = store.invocations.commit(Change(requested(event, clock())))
        store.invocations.commit(Change(stored.model_copy(update={"waits": 1})))

    assert store.invocations.children("00PARENT") == ["01CHILD", "02CHILD"]
    assert store.invocations.children("01CHILD") == []
    assert store.invocations.get("00PARENT") is None


def test_an_older_configuration_never_replaces_a_newer_one(store: Store, make: Any) -> None:
    old = make.project(coding_standards="old")
    new = make.project(coding_standards="new", updated_at=old.updated_at + timedelta(seconds=1))

    for project in (old, new, old):
        store.projects.put(project)

    assert store.projects.get("proj-demo") == new
    assert store.projects.get("proj-nowhere") is None
