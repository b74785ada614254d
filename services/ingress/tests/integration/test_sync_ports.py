"""The sync's adapters in memory and on DynamoDB answer the same questions alike."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import boto3
import pytest

from switchboard.ingress.adapters.dynamodb_known import (
    DynamoKnownPages,
    DynamoRoots,
    DynamoTurns,
)
from switchboard.ingress.adapters.dynamodb_sync import DynamoSyncJobs
from switchboard.ingress.adapters.memory_sync import (
    MemoryKnownPages,
    MemoryRoots,
    MemorySyncJobs,
    MemorySyncTable,
    MemoryTurns,
)
from switchboard.ingress.domain.sync_model import (
    CHANGED,
    FAILED,
    REMOVED,
    UNCHANGED,
    Ending,
    Job,
    KnownPage,
    Root,
    Target,
    Work,
)
from switchboard.ingress.domain.sync_ports import (
    KeyReusedError,
    KnownPages,
    Roots,
    SyncJobs,
    Turns,
)

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
JOB = Job("job-1", "proj-1", Target("page", "p1"), "p1", "api", NOW)
FIRST = Work("page", "p1")
ROOT = Root("proj-1", Target("database", "db"))


@dataclass(frozen=True)
class Store:
    """Everything on the one table."""

    jobs: SyncJobs
    known: KnownPages
    roots: Roots
    turns: Turns


@pytest.fixture(params=["memory", "dynamodb"])
def store(request: pytest.FixtureRequest) -> Store:
    if request.param == "memory":
        table = MemorySyncTable()
        return Store(
            MemorySyncJobs(table), MemoryKnownPages(table), MemoryRoots(table), MemoryTurns(table)
        )
    aws: boto3.Session = request.getfixturevalue("aws")
    name: str = request.getfixturevalue("table")
    client = aws.client("dynamodb")
    return Store(
        DynamoSyncJobs(client, name),
        DynamoKnownPages(client, name),
        DynamoRoots(client, name),
        DynamoTurns(client, name),
    )


def page(page_id: str = "p1", **changes: object) -> KnownPage:
    known = KnownPage("proj-1", page_id, "p1", "p0", NOW, NOW, "hash")
    return replace(known, **changes)  # type: ignore[arg-type]


def test_a_job_is_begun_once_under_its_id_and_under_its_key(store: Store) -> None:
    begun = store.jobs.begin(JOB, FIRST, "key")

    assert begun == JOB
    assert store.jobs.begin(JOB, FIRST, "key") == JOB
    assert store.jobs.begin(replace(JOB, job_id="job-2"), FIRST, "key") == JOB
    assert store.jobs.begin(replace(JOB, job_id="job-3"), FIRST).job_id == "job-3"
    assert store.jobs.find("job-2") is None
    assert store.jobs.find("job-1") == JOB


def test_a_key_of_another_target_is_refused_and_that_of_another_project_is_free(
    store: Store,
) -> None:
    store.jobs.begin(JOB, FIRST, "key")
    other = replace(JOB, job_id="job-2", target=Target("page", "p2"))

    with pytest.raises(KeyReusedError):
        store.jobs.begin(other, Work("page", "p2"), "key")
    assert store.jobs.begin(replace(other, project_id="proj-2"), FIRST, "key").job_id == "job-2"


def test_the_first_piece_is_open_from_the_beginning(store: Store) -> None:
    store.jobs.begin(JOB, FIRST)

    assert store.jobs.is_open("job-1", FIRST)
    assert not store.jobs.is_open("job-1", Work("page", "p2"))
    assert not store.jobs.is_open("job-2", FIRST)


def test_pieces_are_the_same_by_kind_id_and_portion_and_open_once(store: Store) -> None:
    store.jobs.begin(JOB, FIRST)
    pieces = [
        Work("page", "p2"),
        Work("page", "p2", found_on="p1"),
        Work("rows", "p2"),
        Work("rows", "p2", cursor="a"),
        Work("rows", "p2", cursor="b"),
    ]

    opened = store.jobs.add("job-1", pieces)

    assert opened == pieces
    assert len({piece.key for piece in opened}) == 4
    assert store.jobs.add("job-9", pieces) == []


def test_a_piece_ends_once_and_is_not_opened_again(store: Store) -> None:
    store.jobs.begin(JOB, FIRST)
    store.jobs.add("job-1", [Work("page", "p2")])

    assert store.jobs.settle(JOB, FIRST, Ending(CHANGED), NOW)
    assert not store.jobs.settle(JOB, FIRST, Ending(FAILED), NOW)
    assert store.jobs.add("job-1", [FIRST, Work("page", "p2")]) == [Work("page", "p2")]

    progress = store.jobs.progress("job-1")
    assert progress is not None
    assert progress.counts[CHANGED] == 1
    assert progress.counts[FAILED] == 0


def test_a_job_is_finished_when_nothing_is_open_and_only_once(store: Store) -> None:
    store.jobs.begin(JOB, FIRST)
    store.jobs.add("job-1", [Work("page", "p2"), Work("rows", "s")])
    store.jobs.note("job-1", Work("page", "p3"), Ending(UNCHANGED), NOW)
    failed = Ending(FAILED, "CODE", "Because.")
    for work, ending in (
        (FIRST, Ending(CHANGED)),
        (Work("page", "p2"), failed),
        (Work("rows", "s"), Ending("listed")),
    ):
        assert store.jobs.finish("job-1", NOW) is None
        store.jobs.settle(JOB, work, ending, NOW)

    finished = store.jobs.finish("job-1", NOW + timedelta(minutes=1))

    assert finished is not None
    assert finished.completed_at == NOW + timedelta(minutes=1)
    assert {name: n for name, n in finished.counts.items() if n} == {
        "found": 3,
        CHANGED: 1,
        UNCHANGED: 1,
        FAILED: 1,
        "listed": 1,
    }
    assert [(item.id, item.ending) for item in finished.failures] == [("p2", failed)]
    assert store.jobs.finish("job-1", NOW) is None
    assert store.jobs.progress("job-1") == finished
    assert store.jobs.finish("job-9", NOW) is None
    assert store.jobs.progress("job-9") is None


def test_open_pages_count_as_found(store: Store) -> None:
    store.jobs.begin(JOB, FIRST)
    store.jobs.add("job-1", [Work("page", "p2"), Work("rows", "s")])

    progress = store.jobs.progress("job-1")

    assert progress is not None
    assert (progress.status, progress.counts["found"]) == ("queued", 2)


def test_a_noted_piece_changes_nothing_that_has_ended(store: Store) -> None:
    store.jobs.begin(JOB, FIRST)
    store.jobs.settle(JOB, FIRST, Ending(CHANGED), NOW)

    store.jobs.note("job-1", FIRST, Ending(UNCHANGED), NOW)

    progress = store.jobs.progress("job-1")
    assert progress is not None
    assert (progress.counts[CHANGED], progress.counts[UNCHANGED]) == (1, 0)


def test_what_a_list_shows_or_has_ended_is_seen_and_what_may_be_unsent_is_not(
    store: Store,
) -> None:
    store.jobs.begin(JOB, FIRST)
    store.jobs.add("job-1", [Work("page", "p2", found_on="s"), Work("page", "p3")])
    store.jobs.note("job-1", Work("page", "p4"), Ending(UNCHANGED), NOW)
    store.jobs.note("job-1", Work("rows", "s"), Ending("listed"), NOW)

    assert store.jobs.seen("job-1") == {"p2", "p4"}


def test_a_page_is_known_with_its_settlement_by_page_and_by_root(store: Store) -> None:
    store.jobs.begin(JOB, FIRST)
    store.jobs.settle(JOB, FIRST, Ending(CHANGED), NOW, known=page())
    store.jobs.settle(JOB, FIRST, Ending(CHANGED), NOW, known=page("p9"))

    assert store.known.of("proj-1", ["p1", "p1", "p9"]) == {"p1": page()}
    assert store.known.of("proj-2", ["p1"]) == {}
    assert store.known.of("proj-1", []) == {}
    assert store.known.homes("p1") == [page()]
    assert store.known.homes("p9") == []
    assert store.known.below("proj-1", "p1") == {"p1": "p0"}


def test_a_known_page_moves_and_is_forgotten(store: Store) -> None:
    pieces = [Work("page", f"p{number}") for number in range(1, 4)]
    store.jobs.begin(JOB, FIRST)
    store.jobs.add("job-1", pieces)
    other = page("p2", above_id="p1")
    moved = page(above_id="p2", content_sha256="other")
    store.jobs.settle(JOB, pieces[0], Ending(CHANGED), NOW, known=page())
    store.jobs.settle(JOB, pieces[1], Ending(CHANGED), NOW, known=other)

    store.jobs.begin(replace(JOB, job_id="job-2"), FIRST)
    second = replace(JOB, job_id="job-2")
    store.jobs.settle(second, FIRST, Ending(CHANGED), NOW, known=moved, forgotten=page())
    assert store.known.below("proj-1", "p1") == {"p1": "p2", "p2": "p1"}
    assert store.known.below("proj-1", "p1", "p2") == {"p1": "p2"}
    assert store.known.of("proj-1", ["p1"]) == {"p1": moved}

    store.jobs.settle(JOB, pieces[2], Ending(REMOVED), NOW, forgotten=moved)
    assert store.known.below("proj-1", "p1") == {"p2": "p1"}
    assert store.known.homes("p1") == []


def test_the_same_page_is_known_to_projects_apart(store: Store) -> None:
    store.jobs.begin(JOB, FIRST)
    other = replace(JOB, job_id="job-2", project_id="proj-2")
    store.jobs.begin(other, FIRST)
    store.jobs.settle(JOB, FIRST, Ending(CHANGED), NOW, known=page())
    store.jobs.settle(other, FIRST, Ending(CHANGED), NOW, known=page(project_id="proj-2"))

    assert [known.project_id for known in store.known.homes("p1")] == ["proj-1", "proj-2"]
    assert store.known.below("proj-2", "p1") == {"p1": "p0"}


def test_more_pages_than_one_request_takes_are_looked_up(store: Store) -> None:
    pieces = [Work("page", f"p{number}") for number in range(130)]
    store.jobs.begin(JOB, pieces[1])
    store.jobs.add("job-1", pieces)
    for piece in pieces:
        store.jobs.settle(JOB, piece, Ending(CHANGED), NOW, known=page(piece.id))

    assert len(store.known.of("proj-1", [piece.id for piece in pieces])) == 130
    assert len(store.known.below("proj-1", "p1")) == 130


def test_a_root_is_found_by_each_of_its_ids_until_it_is_forgotten(store: Store) -> None:
    other = Root("proj-2", Target("page", "p1"))
    store.roots.remember(ROOT, ["db"])
    store.roots.remember(ROOT, ["db", "source"])
    store.roots.remember(other, ["source"])

    assert store.roots.of(["source", "db"]) == [ROOT, other]
    assert store.roots.of(["db", "nowhere"]) == [ROOT]
    assert store.roots.all() == [ROOT, other]

    store.roots.forget(ROOT)
    store.roots.forget(ROOT)

    assert store.roots.of(["db", "source"]) == [other]
    assert store.roots.all() == [other]


def test_turns_are_four_tenths_of_a_second_apart_and_never_saved_up(store: Store) -> None:
    first = [store.turns.take(NOW) for _ in range(3)]
    later = store.turns.take(NOW + timedelta(seconds=10))

    tenths = [round((turn - NOW).total_seconds(), 3) for turn in first]
    assert tenths == [0, 0.4, 0.8]
    assert later == NOW + timedelta(seconds=10)


def test_a_pause_holds_every_turn_back_and_is_only_ever_made_longer(store: Store) -> None:
    store.turns.pause(NOW + timedelta(seconds=9))
    store.turns.pause(NOW + timedelta(seconds=3))

    assert store.turns.take(NOW) == NOW + timedelta(seconds=9)
    assert store.turns.take(NOW) == NOW + timedelta(seconds=9.4)
