"""What the doors of knowledge syncs answer."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from switchboard.ingress.adapters.memory_sync import MemorySyncJobs
from switchboard.ingress.adapters.sync_door import SyncDoor
from switchboard.ingress.domain.report_sync import ReportSync

Ask = Callable[..., dict[str, Any]]


@pytest.fixture
def ask(knowledge: Any) -> Ask:
    """A request to one of the doors; answers status and body."""

    def send(resource: str, body: Any = None, **changes: Any) -> dict[str, Any]:
        report = ReportSync(MemorySyncJobs(knowledge.rows))
        door = SyncDoor(knowledge.door(), report, knowledge.logger)
        text = body if isinstance(body, str) else json.dumps(body)
        answer = door({"resource": resource, "body": text, **changes})
        return {"http": answer["statusCode"], **json.loads(answer["body"])}

    return send


def test_a_page_is_asked_for_and_its_sync_can_be_followed(
    ask: Ask, knowledge: Any, known: Any
) -> None:
    knowledge.write(1, row=False, children=(2,))
    knowledge.write(2, under=1)
    link = f"https://www.notion.so/Page-{known.page_id(1).replace('-', '')}"

    begun = ask("/sync/page", {"page_id": link, "project_id": knowledge.project})
    before = _status(ask, begun["job_id"])
    knowledge.run()
    after = _status(ask, begun["job_id"])

    assert begun == {"http": 202, "job_id": begun["job_id"]}
    assert before["status"] == "queued"
    assert after | {"requested_at": "", "completed_at": ""} == {
        "http": 200,
        "job_id": begun["job_id"],
        "project_id": knowledge.project,
        "target": {"type": "page", "id": known.page_id(1)},
        "started_by": "api",
        "status": "completed",
        "requested_at": "",
        "completed_at": "",
        "progress": {"found": 2, "changed": 2, "unchanged": 0, "removed": 0, "failed": 0},
        "failures": [],
    }
    assert after["completed_at"]
    assert before["completed_at"] is None


@pytest.mark.parametrize("name", ["database_id", "data_source_id"])
def test_a_database_is_asked_for_by_either_id(ask: Ask, knowledge: Any, name: str) -> None:
    knowledge.fill(3)
    given = knowledge.database if name == "database_id" else knowledge.stories

    begun = ask("/sync/database", {name: given, "project_id": knowledge.project})
    knowledge.run()

    assert _status(ask, begun["job_id"])["progress"]["changed"] == 3


def test_failures_are_told_with_their_reasons(ask: Ask, knowledge: Any, known: Any) -> None:
    begun = ask("/sync/page", {"page_id": known.page_id(1), "project_id": knowledge.project})
    knowledge.run()

    status = _status(ask, begun["job_id"])

    assert status["status"] == "failed"
    assert status["failures"] == [
        {
            "type": "page",
            "id": known.page_id(1),
            "code": "PAGE_NOT_FOUND",
            "reason": "Notion has no such page, or does not show it",
        }
    ]


def test_a_running_job_shows_what_is_done_so_far(ask: Ask, knowledge: Any) -> None:
    knowledge.fill(2)
    begun = ask(
        "/sync/database",
        {"database_id": knowledge.database, "project_id": knowledge.project},
    )
    for _ in range(2):
        body, _delay = knowledge.queue.messages.pop(0)
        knowledge.worker()({"Records": [_record(body)]})

    status = _status(ask, begun["job_id"])

    assert (status["status"], status["progress"]["found"]) == ("running", 2)


@pytest.mark.requirement("ING-20", "C")
@pytest.mark.requirement("ERR-01", "C")
@pytest.mark.parametrize(
    ("resource", "body", "http", "code"),
    [
        ("/sync/page", {"page_id": "hello", "project_id": "proj-demo"}, 400, "INVALID_ARGUMENTS"),
        ("/sync/page", {"project_id": "proj-demo"}, 400, "INVALID_ARGUMENTS"),
        ("/sync/page", {"page_id": "PAGE", "project_id": ""}, 400, "INVALID_ARGUMENTS"),
        ("/sync/page", {"page_id": "PAGE", "project_id": "p", "x": 1}, 400, "INVALID_ARGUMENTS"),
        ("/sync/page", "no json", 400, "INVALID_ARGUMENTS"),
        ("/sync/page", "", 400, "INVALID_ARGUMENTS"),
        ("/sync/page", {"page_id": "PAGE", "project_id": "nowhere"}, 404, "UNKNOWN_PROJECT"),
        ("/sync/database", {"project_id": "proj-demo"}, 400, "INVALID_ARGUMENTS"),
        (
            "/sync/database",
            {"project_id": "p", "database_id": "PAGE", "data_source_id": "PAGE"},
            400,
            "INVALID_ARGUMENTS",
        ),
    ],
)
def test_what_cannot_be_synced_is_refused_in_the_common_format(
    ask: Ask, known: Any, resource: str, body: Any, http: int, code: str
) -> None:
    if isinstance(body, dict):
        body = {name: known.page_id(1) if v == "PAGE" else v for name, v in body.items()}

    answer = ask(resource, body)

    assert (answer["http"], answer["error"]["code"]) == (http, code)
    assert set(answer["error"]) == {"code", "message", "invocation_id", "remediation"}
    assert answer["error"]["remediation"]


def test_a_project_without_a_knowledge_base_is_a_conflict_with_a_remedy(
    ask: Ask, knowledge: Any, known: Any
) -> None:
    knowledge.configure(None)

    answer = ask("/sync/page", {"page_id": known.page_id(1), "project_id": knowledge.project})

    assert (answer["http"], answer["error"]["code"]) == (409, "NO_KNOWLEDGE_BASE")
    assert knowledge.knowledge_base in answer["error"]["remediation"]


def test_a_repeated_request_with_the_same_key_gets_the_same_job(
    ask: Ask, knowledge: Any, known: Any
) -> None:
    body = {"page_id": known.page_id(1), "project_id": knowledge.project}
    other = {"page_id": known.page_id(2), "project_id": knowledge.project}
    headers = {"IDEMPOTENCY-KEY": "key-1"}

    first = ask("/sync/page", body, headers=headers)
    again = ask("/sync/page", body, headers=headers)
    conflict = ask("/sync/page", other, headers=headers)
    long = ask("/sync/page", body, headers={"Idempotency-Key": "x" * 201})

    assert first == again
    assert (conflict["http"], conflict["error"]["code"]) == (409, "IDEMPOTENCY_CONFLICT")
    assert long["http"] == 400


def test_an_unknown_job_is_not_found(ask: Ask) -> None:
    answer = _status(ask, "01JD0000000000000000000000")

    assert (answer["http"], answer["error"]["code"]) == (404, "JOB_NOT_FOUND")


def test_a_fault_behind_the_door_is_an_error_that_says_nothing_of_it(
    ask: Ask, knowledge: Any, known: Any
) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("a detail of ours")

    knowledge.queue.send = broken

    answer = ask("/sync/page", {"page_id": known.page_id(1), "project_id": knowledge.project})

    assert (answer["http"], answer["error"]["code"]) == (500, "INTERNAL_ERROR")
    assert "detail" not in json.dumps(answer)


def _status(ask: Ask, job_id: str) -> dict[str, Any]:
    return ask("/sync/status/{job_id}", pathParameters={"job_id": job_id})


def _record(body: str) -> dict[str, Any]:
    return {
        "messageId": "m",
        "receiptHandle": "r",
        "body": body,
        "attributes": {"ApproximateReceiveCount": "1"},
    }
