"""An archived flow once more, in a shadow: the same effects there, and none here."""

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from switchboard.local.access import Access
from switchboard.local.bus import Tail
from switchboard.local.connect.client import Desk
from switchboard.local.desk_loop import CloseTheLoop
from switchboard.local.flows import FlowJournal
from switchboard.local.journey import Journey
from switchboard.local.replay.progress import OpenWork
from switchboard.local.replay.refusal import ReplayRefusedError
from switchboard.local.replay.replay import Replay, Replayed
from switchboard.local.settings import LocalSettings

Travel = Callable[..., Journey]
Eventually = Callable[..., None]
Archived = Callable[[str], str]
Snapshot = dict[str, str]
CALLER = "+15555550100"
STANDINS = ("notion", "github", "knowledge", "registry", "sessions")


@pytest.fixture
def in_the_archive(access: Access, eventually: Eventually) -> Archived:
    """Wait until the journal has all of a flow; returns its id."""
    journal = FlowJournal.of(access)

    def wait(correlation_id: str) -> str:
        def complete() -> bool:
            events = journal.events(correlation_id)
            kinds = {event["detail-type"] for event in events}
            return "InvocationDelivered.v1" in kinds and not OpenWork(events).open

        eventually(complete)
        return correlation_id

    return wait


def differences(found: Replayed) -> dict[str, Any]:
    """What is on one side only."""
    return {
        aspect.name: (aspect.only_archived, aspect.only_shadow)
        for aspect in found.aspects
        if aspect.differs or aspect.unread
    }


def live_state(access: Access, settings: LocalSettings) -> Snapshot:
    """A hash of all that the platform keeps: tables, buckets, queues, bus, stand-ins' files."""
    state = _tables(access) | _buckets(access)
    queues = access.queues.list_queues().get("QueueUrls", [])
    rules = access.events.list_rules(EventBusName=access.parameter("platform/bus/name"))["Rules"]
    state["queues"] = _hash(sorted(queues))
    state["rules"] = _hash(sorted(rule["Name"] for rule in rules))
    for name in STANDINS:
        for path in sorted(_files(settings.home / name)):
            state[str(path.relative_to(settings.home))] = hashlib.sha256(
                path.read_bytes()
            ).hexdigest()
    return state


def without_ended_sessions(state: Snapshot, settings: LocalSettings) -> Snapshot:
    """The state but for sessions that idled out meanwhile: nobody wrote, their time was over."""
    return {
        name: value
        for name, value in state.items()
        if not name.startswith("sessions/") or (settings.home / name).exists()
    }


@pytest.fixture
def calm(
    access: Access, settings: LocalSettings, tail: Tail, eventually: Eventually
) -> Callable[[], Snapshot]:
    """Wait for the echoes of earlier work, then give the state that stays."""

    def wait() -> Snapshot:
        last: list[Snapshot] = [{}]

        def stays() -> bool:
            quiet = tail.batch() == [] and tail.batch() == []
            last.append(live_state(access, settings))
            return quiet and last[-1] == last[-2]

        eventually(stays, 120)
        return last[-1]

    return wait


def _files(folder: Path) -> list[Path]:
    # A database's -wal and -shm hold nothing that was committed and is not read through it.
    return [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".db-shm"]


def _tables(access: Access) -> Snapshot:
    client = access.client("dynamodb")
    found = {}
    for name in client.list_tables()["TableNames"]:
        pages = client.get_paginator("scan").paginate(TableName=name)
        rows = [
            json.dumps(item, sort_keys=True, default=repr)
            for page in pages
            for item in page["Items"]
        ]
        found[f"table {name}"] = _hash(sorted(rows))
    return found


def _buckets(access: Access) -> Snapshot:
    client = access.client("s3")
    return {
        f"bucket {bucket['Name']}": _hash(
            [
                (item["Key"], item["ETag"])
                for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket["Name"])
                for item in page.get("Contents", [])
            ]
        )
        for bucket in client.list_buckets()["Buckets"]
    }


def _hash(value: Any) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()


@pytest.mark.requirement("NEW-06", "E")
def test_a_replayed_story_has_the_same_effects_and_none_of_them_here(
    travel: Travel,
    access: Access,
    settings: LocalSettings,
    in_the_archive: Archived,
    tail: Tail,
    calm: Callable[[], Snapshot],
) -> None:
    flow = in_the_archive(travel("Replayed codes").correlation_id)
    before = calm()

    found = Replay(access, print)(flow)

    assert differences(found) == {}, found.report()
    assert {aspect.name for aspect in found.aspects} >= {"events", "artifacts", "content", "cost"}
    assert live_state(access, settings) == without_ended_sessions(before, settings)
    assert tail.batch() == []
    assert not settings.folder.shadow.exists()


@pytest.fixture
def call(settings: LocalSettings, tail: Tail) -> Iterator[Callable[[str], str]]:
    """Report a defect on the telephone; returns the flow's id when its fix is there."""
    with Desk.of(settings) as desk:
        ring = CloseTheLoop(desk, tail, lambda _: None, lambda _: None, lambda *_: None)
        yield lambda words: ring(CALLER, words).correlation_id


@pytest.mark.requirement("NEW-06", "E", "F")
def test_a_replayed_call_whose_first_event_comes_twice_has_the_same_effects(
    call: Callable[[str], str], access: Access, in_the_archive: Archived
) -> None:
    flow = in_the_archive(
        call(
            "When I enter the discount code TWICE15 at checkout, 15 % should come off the order "
            "total, but nothing happens."
        )
    )

    found = Replay(access, print)(flow, twice=True)

    assert differences(found) == {}, found.report()
    assert "CallEnded.v1" in found.report()["published"]
    assert {aspect.name for aspect in found.aspects} >= {"tickets", "comments", "content"}


@pytest.mark.requirement("NEW-06", "F")
def test_a_fault_in_the_shadow_is_shown_as_a_difference_and_the_shadow_is_gone_afterwards(
    travel: Travel, access: Access, settings: LocalSettings, in_the_archive: Archived
) -> None:
    flow = in_the_archive(travel("Faulty codes").correlation_id)

    def break_github(shadow: LocalSettings) -> None:
        fault = {"count": 1000, "status": 404, "path_contains": "/pulls", "method": "POST"}
        httpx.post(f"{shadow.github_url}/_local/faults", json=fault).raise_for_status()

    found = Replay(access, print, before=break_github)(flow)

    assert not found.same
    archived, shadow = differences(found)["outcomes"]
    assert archived == ["code completed"]
    assert shadow[0].startswith("code failed")
    assert not settings.folder.shadow.exists()


def test_a_shadow_whose_preparation_breaks_is_torn_down(
    travel: Travel, access: Access, settings: LocalSettings, in_the_archive: Archived
) -> None:
    flow = in_the_archive(travel("Interrupted", trigger="Generate Prototype").correlation_id)

    def interrupt(_said: str) -> None:
        if settings.folder.shadow.exists():
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Replay(access, interrupt)(flow)

    assert not settings.folder.shadow.exists()


def test_an_unknown_flow_boots_no_shadow(access: Access, settings: LocalSettings) -> None:
    with pytest.raises(ReplayRefusedError, match="nothing is known"):
        Replay(access, print)("no-such-flow")

    assert not settings.folder.shadow.exists()
