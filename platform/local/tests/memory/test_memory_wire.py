"""boto3's own client against the memory stand-in: what AWS would refuse is refused."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from switchboard.local.agentcore.memory_store import MemoryStore, Session

MEMORY = "switchboard_dev-0123456789"
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
WHERE = {"memoryId": MEMORY, "actorId": "proj-demo", "sessionId": "inv-1"}


def _said(text: str = "hello", role: str = "USER") -> list[Any]:
    return [{"conversational": {"role": role, "content": {"text": text}}}]


def test_an_event_is_kept_and_shown_with_its_time_and_metadata(client: Any) -> None:
    metadata = {"turn": {"stringValue": "3"}}
    made = client.create_event(**WHERE, eventTimestamp=NOW, payload=_said(), metadata=metadata)

    [event] = client.list_events(**WHERE)["events"]
    assert event["eventId"] == made["event"]["eventId"]
    assert (event["eventTimestamp"], event["metadata"]) == (NOW, metadata)
    assert event["payload"] == _said()


def test_the_same_client_token_is_the_same_event(client: Any) -> None:
    for _ in range(2):
        client.create_event(**WHERE, eventTimestamp=NOW, payload=_said(), clientToken="once")

    assert len(client.list_events(**WHERE)["events"]) == 1


def test_a_record_says_where_it_comes_from(client: Any) -> None:
    client.create_event(**WHERE, eventTimestamp=NOW, payload=_said("A code works once."))

    [record] = client.retrieve_memory_records(
        memoryId=MEMORY,
        namespace="/projects/proj-demo/facts/",
        searchCriteria={"searchQuery": "codes", "topK": 3},
    )["memoryRecordSummaries"]
    assert record["content"] == {"text": "A code works once."}
    assert record["namespaces"] == ["/projects/proj-demo/facts/"]
    assert record["memoryStrategyId"].startswith("facts-")
    assert record["createdAt"] == NOW


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"memoryId": "switchboard_dev-9999999999"}, "ResourceNotFoundException"),
        ({"actorId": " "}, "ValidationException"),
        ({"sessionId": "with/slash"}, "ValidationException"),
        ({"payload": [{"blob": {"any": "thing"}}]}, "ValidationException"),
        ({"payload": _said(role="SOMEBODY")}, "ValidationException"),
        ({"payload": _said("x" * 100_001)}, "ValidationException"),
        ({"metadata": {str(n): {"stringValue": "x"} for n in range(16)}}, "ValidationException"),
    ],
)
def test_what_is_no_event_is_refused(client: Any, changes: dict[str, Any], code: str) -> None:
    event = {**WHERE, "eventTimestamp": NOW, "payload": _said(), **changes}

    with pytest.raises(ClientError) as caught:
        client.create_event(**event)

    assert caught.value.response["Error"]["Code"] == code


def test_a_search_without_a_query_is_refused(client: Any) -> None:
    with pytest.raises(ClientError, match="searchQuery"):
        client.retrieve_memory_records(memoryId=MEMORY, searchCriteria={"searchQuery": "codes"})


def test_what_was_kept_is_there_after_a_restart(client: Any, folder: Path) -> None:
    client.create_event(**WHERE, eventTimestamp=NOW, payload=_said("A code works once."))

    again = MemoryStore(folder)

    assert len(again.events(Session(MEMORY, "proj-demo", "inv-1"), 0, 10)) == 1
    assert again.search(MEMORY, "/projects/proj-demo/facts/", "code", 5, None)
    again.close()
