"""The queue's Lambda on moto: facts of other services become changes of tickets, once each."""

import json
from typing import Any

import pytest
from aws_lambda_powertools import Logger

from switchboard.events.catalogue import consumed_by
from switchboard.itsm_mock import handler, wiring
from switchboard.runtime.queue_consumer import SqsVisibility

CALLER = "+15555550100"
CALL = "5f0a3c52-8c1d-4f5e-9a77-2b1f4d3c6e10"
REPORT = {
    "caller_id": CALLER,
    "issue_description": "The checkout ignores my discount code.",
    "contact_id": CALL,
}


class Worker:
    """The queue's door, with the batches SQS hands to Lambda."""

    def __init__(self, ports: Any, aws: Any, settings: Any, record_of: Any) -> None:
        self._sqs = aws.client("sqs")
        self._dlq = settings.DLQ_URL
        self._record_of = record_of
        self.visibility = SqsVisibility(self._sqs, settings.QUEUE_URL, settings.DLQ_URL)
        self.hidden: list[int] = []
        self.visibility.hide = lambda _, seconds: self.hidden.append(seconds)  # type: ignore[method-assign]
        self.inbox = wiring.inbox(ports, self.visibility)

    def __call__(self, *events: Any, received: int = 1) -> int:
        """Deliver one batch; tell how many of it come again."""
        records = [self._record_of(event) for event in events]
        for record in records:
            record["attributes"]["ApproximateReceiveCount"] = str(received)
        return len(self.inbox({"Records": records})["batchItemFailures"])

    def buried(self) -> list[str]:
        messages = self._sqs.receive_message(
            QueueUrl=self._dlq, MessageAttributeNames=["All"], MaxNumberOfMessages=10
        ).get("Messages", [])
        return [item["MessageAttributes"]["reason"]["StringValue"] for item in messages]


@pytest.fixture
def worker(ports: Any, aws: Any, settings: Any, record_of: Any) -> Worker:
    return Worker(ports, aws, settings, record_of)


@pytest.fixture
def ticket_id(api: Any) -> str:
    found: str = api("POST", "/tickets", body=REPORT)[1]["ticket_id"]
    return found


def test_from_the_story_to_the_fix_the_ticket_tells_it_all(
    api: Any, worker: Worker, make: Any, clock: Any, ticket_id: str, outbox: Any
) -> None:
    events = [
        make.story(ticket_id),
        make.started(clock.tick(minutes=1)),
        make.completed(clock.tick(minutes=2)),
    ]

    assert worker(*events) == 0

    _, ticket = api("GET", "/tickets/{ticket_id}", ticket_id, caller=CALLER)
    assert (ticket["state"], ticket["hold_reason"]) == ("on_hold", "fix_in_review")
    assert ticket["spoken_status"] == "A fix is ready and in review."
    assert "https://github.example/acme/shop/pull/12" in ticket["latest_comment"]["text"]
    told = outbox()
    assert told.count("TicketCommented.v1") == told.count("TicketStatusChanged.v1") == 2
    assert worker(*events) == 0
    assert outbox() == told


def test_work_told_before_its_story_comes_again_and_then_counts(
    api: Any, worker: Worker, make: Any, ticket_id: str
) -> None:
    completed = make.completed()

    assert worker(completed) == 1
    assert worker.hidden == [30]
    assert worker(make.story(ticket_id), completed) == 0

    _, ticket = api("GET", "/tickets/{ticket_id}", ticket_id)
    assert ticket["hold_reason"] == "fix_in_review"


def test_a_story_that_never_comes_leaves_its_reason_in_the_dlq(
    worker: Worker, make: Any, ticket_id: str
) -> None:
    assert worker(make.completed(), received=4) == 0

    (reason,) = worker.buried()
    assert reason.startswith("StoryNotKnownError: page")


def test_a_hand_off_opens_one_ticket_for_its_call(api: Any, worker: Worker, make: Any) -> None:
    escalated = make.escalated()

    assert worker(escalated, escalated, make.ended(outcome="escalated")) == 0

    _, tickets = api("GET", "/tickets", caller=CALLER)
    (ticket,) = tickets
    assert ticket["contact_id"] == CALL
    _, inside = api("GET", "/internal/tickets/{ticket_id}", ticket["ticket_id"])
    assert len(inside["work_notes"]) == 1


def test_a_table_that_fails_for_good_sends_the_event_back_to_the_queue(
    worker: Worker, make: Any, dynamodb: Any, api: Any
) -> None:
    dynamodb.throttle = 4

    assert worker(make.escalated()) == 1
    assert worker(make.escalated()) == 0
    assert len(api("GET", "/tickets", caller=CALLER)[1]) == 1


@pytest.mark.parametrize(
    "body", ["{", "[]", json.dumps({"detail-type": "TicketCreated.v1", "detail": {}})]
)
def test_what_can_never_be_understood_goes_to_the_dlq_at_once(worker: Worker, body: str) -> None:
    record = {"messageId": "m", "receiptHandle": "r", "body": body, "attributes": {}}

    assert worker.inbox({"Records": [record]}) == {"batchItemFailures": []}
    assert len(worker.buried()) == 1


def test_the_worker_handles_exactly_what_the_catalogue_sends_it(worker: Worker) -> None:
    assert set(worker.inbox.handled) == set(consumed_by("itsm-mock"))


def test_no_caller_stands_in_the_log_of_an_event(
    ports: Any, worker: Worker, make: Any, record_of: Any, log: Any
) -> None:
    inbox = wiring.inbox(ports, worker.visibility, log.logger())

    inbox({"Records": [record_of(make.escalated())]})

    lines = log.getvalue()
    assert "event followed" in lines
    assert f'"correlation_id":"{CALL}"' in lines
    assert CALLER not in lines


def test_both_functions_start_from_their_environment(
    monkeypatch: pytest.MonkeyPatch, settings: Any, dynamodb: Any
) -> None:
    for name, value in settings.model_dump().items():
        monkeypatch.setenv(name, value)
    handler._api.cache_clear()
    handler._inbox.cache_clear()
    listing = {
        "httpMethod": "GET",
        "resource": "/tickets",
        "queryStringParameters": {"caller": CALLER},
    }

    assert handler.api(listing, Logger)["body"] == "[]"
    assert handler.worker({"Records": []}, Logger) == {"batchItemFailures": []}
