"""Memory and AWS answer the same questions alike."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import boto3
import pytest

from switchboard.tools.adapters.dynamodb import DynamoLedger
from switchboard.tools.adapters.memory import MemoryLedger
from switchboard.tools.github.adapters.drafts import DynamoDrafts
from switchboard.tools.github.adapters.memory import MemoryDrafts
from switchboard.tools.github.drafts import Draft, Drafts
from switchboard.tools.ledger import LEASE, Claim, EffectKey, EffectLedger
from switchboard.tools.prototype.adapters.memory import MemoryPrototypeStore
from switchboard.tools.prototype.adapters.s3 import S3PrototypeStore
from switchboard.tools.prototype.store import PrototypeStore, StoredFile
from switchboard.tools.sandbox.adapters.memory import MemorySessionRecords
from switchboard.tools.sandbox.adapters.session_table import DynamoSessionRecords
from switchboard.tools.sandbox.interpreter import SessionRecord, SessionRecords

KEY = EffectKey.of("inv-1", "tool", {"a": 1})


@pytest.fixture(params=["memory", "aws"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def ledger(kind: str, request: pytest.FixtureRequest) -> EffectLedger:
    if kind == "memory":
        return MemoryLedger()
    return DynamoLedger(request.getfixturevalue("table"))


@pytest.fixture
def drafts(kind: str, request: pytest.FixtureRequest, clock: Any) -> Drafts:
    if kind == "memory":
        return MemoryDrafts()
    return DynamoDrafts(request.getfixturevalue("table"), clock)


@pytest.fixture
def records(kind: str, request: pytest.FixtureRequest, clock: Any) -> SessionRecords:
    if kind == "memory":
        return MemorySessionRecords()
    return DynamoSessionRecords(request.getfixturevalue("table"), clock)


@pytest.fixture
def store(kind: str, request: pytest.FixtureRequest, clock: Any) -> PrototypeStore:
    if kind == "memory":
        return MemoryPrototypeStore()
    session: boto3.Session = request.getfixturevalue("aws")
    client = session.client("s3")
    client.create_bucket(Bucket="prototypes")
    return S3PrototypeStore(client, "prototypes", clock.sleep)


def test_the_first_claim_is_granted_and_the_second_is_busy(
    ledger: EffectLedger, clock: Any
) -> None:
    assert ledger.claim(KEY, "one", clock.now) == Claim(granted=True)
    assert ledger.claim(KEY, "two", clock.now) == Claim()


def test_a_recorded_result_is_returned_for_good(ledger: EffectLedger, clock: Any) -> None:
    ledger.claim(KEY, "one", clock.now)
    ledger.record(KEY, "one", {"number": 7, "nested": {"é": [1, None]}})

    later = clock.now + timedelta(days=1)
    assert ledger.claim(KEY, "two", later) == Claim(
        result={"number": 7, "nested": {"é": [1, None]}}
    )


def test_a_released_claim_is_granted_again_as_resumed(ledger: EffectLedger, clock: Any) -> None:
    first = clock.now
    ledger.claim(KEY, "one", first)
    ledger.release(KEY, "one")

    later = first + timedelta(seconds=1)
    assert ledger.claim(KEY, "two", later) == Claim(granted=True, resumed_since=first)


@pytest.mark.requirement("NEW-10", "F")
def test_a_claim_whose_lease_has_ended_is_taken_over_by_one_caller_only(
    ledger: EffectLedger, clock: Any
) -> None:
    first = clock.now
    ledger.claim(KEY, "dead", first)

    later = first + LEASE
    assert ledger.claim(KEY, "two", later) == Claim(granted=True, resumed_since=first)
    assert ledger.claim(KEY, "three", later) == Claim()


@pytest.mark.requirement("NEW-10", "F")
def test_one_that_was_taken_over_can_neither_record_nor_release(
    ledger: EffectLedger, clock: Any
) -> None:
    ledger.claim(KEY, "slow", clock.now)
    later = clock.now + LEASE
    ledger.claim(KEY, "quick", later)
    ledger.release(KEY, "slow")
    ledger.record(KEY, "slow", {"from": "slow"})
    assert ledger.claim(KEY, "other", later) == Claim()

    ledger.record(KEY, "quick", {"from": "quick"})

    assert ledger.claim(KEY, "other", later) == Claim(result={"from": "quick"})


def test_a_draft_is_kept_per_invocation_and_pull_request(drafts: Drafts) -> None:
    second = {"path": "b.py", "line": 1, "side": "RIGHT", "body": "é"}
    first = {"path": "a.py", "line": 9, "side": "RIGHT", "body": "x"}
    drafts.start("inv-1", 7, "Body")
    for comment in (second, first, second):
        drafts.add("inv-1", 7, comment)

    assert drafts.load("inv-1", 7) == Draft("Body", (first, second))
    assert drafts.load("inv-1", 8) == Draft()
    assert drafts.load("inv-2", 7) == Draft()
    drafts.delete("inv-1", 7)
    assert drafts.load("inv-1", 7) == Draft()


def test_a_comment_starts_a_draft_and_starting_anew_drops_it(drafts: Drafts) -> None:
    drafts.add("inv-1", 7, {"path": "a.py", "body": "x"})
    assert drafts.load("inv-1", 7) == Draft("", ({"path": "a.py", "body": "x"},))

    drafts.start("inv-1", 7, "Again")

    assert drafts.load("inv-1", 7) == Draft("Again")


def test_the_session_of_an_invocation_is_kept_and_replaced(records: SessionRecords) -> None:
    assert records.load("inv-1") is None
    records.save("inv-1", SessionRecord("session1", 1))
    records.save("inv-1", SessionRecord("session2", 2))

    assert records.load("inv-1") == SessionRecord("session2", 2)
    assert records.load("inv-2") is None


@pytest.fixture
def stored_file(clock: Any) -> Callable[[str, bytes], StoredFile]:
    return lambda key, body: StoredFile(key, body, "text/plain", 7, clock.now)


def test_a_file_is_stored_read_and_replaced(
    store: PrototypeStore, stored_file: Callable[[str, bytes], StoredFile]
) -> None:
    assert store.read("inv-1/a.txt") is None
    assert not store.exists("inv-1/a.txt")
    store.put(stored_file("inv-1/a.txt", b"one"))
    store.put(stored_file("inv-1/a.txt", b"two"))

    assert store.read("inv-1/a.txt") == b"two"
    assert store.exists("inv-1/a.txt")
