"""The whole worker on moto: SQS records in, table, outbox, schedule and AgentCore calls out."""

import json
import threading
from collections.abc import Callable
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest

from switchboard.events.catalogue import consumed_by, parse_event
from switchboard.orchestrator import handler, wiring
from switchboard.orchestrator.domain.lifecycle import requested
from switchboard.orchestrator.domain.model import Invocation
from switchboard.orchestrator.domain.ports import Change, LedgerMove
from switchboard.orchestrator.wiring import Limits, Orchestrator, Ports
from switchboard.runtime.queue_consumer import SqsVisibility


class Service:
    """The orchestrator over moto, fed with messages as SQS hands them over."""

    def __init__(self, aws: Any, settings: Any, clients: Any, clock: Any) -> None:
        self.settings = settings
        self.sqs = aws.client("sqs")
        self.scheduler = aws.client("scheduler")
        self.dynamodb = clients.dynamodb
        self.ports = Ports.on_aws(settings, clients, clock)
        self.orchestrator = Orchestrator(self.ports, Limits.of(settings))
        visibility = SqsVisibility(self.sqs, settings.QUEUE_URL, settings.DLQ_URL)
        self.inbox = self.orchestrator.inbox(visibility)

    def send(self, body: str) -> None:
        self.sqs.send_message(QueueUrl=self.settings.QUEUE_URL, MessageBody=body)

    def event(self, event: Any) -> None:
        self.send(json.dumps({"detail-type": event.detail_type, "detail": event.detail()}))

    def work(self) -> list[str]:
        """Handle what is visible and return the ids to be retried; the rest is deleted."""
        messages = self.sqs.receive_message(
            QueueUrl=self.settings.QUEUE_URL,
            MaxNumberOfMessages=10,
            MessageSystemAttributeNames=["ApproximateReceiveCount"],
        ).get("Messages", [])
        records = [
            {
                "messageId": message["MessageId"],
                "receiptHandle": message["ReceiptHandle"],
                "body": message["Body"],
                "attributes": message["Attributes"],
            }
            for message in messages
        ]
        failures = self.inbox({"Records": records})["batchItemFailures"]
        failed = [failure["itemIdentifier"] for failure in failures]
        for message in messages:
            if message["MessageId"] not in failed:
                self.sqs.delete_message(
                    QueueUrl=self.settings.QUEUE_URL, ReceiptHandle=message["ReceiptHandle"]
                )
        return failed

    def told(self) -> list[Any]:
        items = self.dynamodb.scan(TableName="state")["Items"]
        rows = [item for item in items if item["sk"]["S"] == "OUTBOX"]
        events = [parse_event(row["detail_type"]["S"], row["detail"]["S"]) for row in rows]
        return sorted(events, key=lambda event: event.metadata.id)

    def dead(self) -> list[Any]:
        return list(
            self.sqs.receive_message(
                QueueUrl=self.settings.DLQ_URL,
                MessageAttributeNames=["All"],
                MaxNumberOfMessages=10,
            ).get("Messages", [])
        )

    def record(self, invocation_id: str) -> Invocation:
        found = self.ports.invocations.get(invocation_id)
        assert found is not None
        return found


@pytest.fixture
def service(aws: Any, settings: Any, clients: Any, clock: Any, make: Any) -> Service:
    built = Service(aws, settings, clients, clock)
    built.event(make.event(make.project(), "ingress"))
    assert built.work() == []
    return built


def test_a_story_runs_from_request_to_receipt(
    service: Service, make: Any, agentcore: Any, clock: Any
) -> None:
    request = make.request()
    invocation_id = request.data.invocation_id
    service.event(request)
    assert service.work() == []
    assert service.record(invocation_id).status == "running"
    assert agentcore.invocations[0]["payload"]["invocation_id"] == invocation_id

    clock.tick(36)
    service.event(make.completed(invocation_id))
    assert service.work() == []

    record = service.record(invocation_id)
    started, completed = service.told()
    assert (started.detail_type, completed.detail_type) == (
        "InvocationStarted.v1",
        "InvocationCompleted.v1",
    )
    assert completed.data.receipt == record.receipt
    ledger = service.ports.ledgers.get("proj-demo", "2026-02")
    assert ledger.spent == ledger.committed == record.cost_usd > 0
    (schedule,) = service.scheduler.list_schedules(GroupName="timers")["Schedules"]
    assert schedule["Name"] == f"run-{invocation_id}-1"


def test_the_handlers_are_those_that_the_catalogue_names(service: Service) -> None:
    assert set(service.inbox._consumer._handlers) == set(consumed_by("orchestrator"))


def test_a_timer_from_the_schedule_ends_a_silent_run(
    service: Service, make: Any, agentcore: Any, clock: Any
) -> None:
    request = make.request()
    service.event(request)
    service.work()
    name = f"run-{request.data.invocation_id}-1"
    schedule = service.scheduler.get_schedule(GroupName="timers", Name=name)

    clock.tick(3600)
    service.send(schedule["Target"]["Input"])

    assert service.work() == []
    record = service.record(request.data.invocation_id)
    assert record.error is not None
    assert record.error.code == "AGENT_TIMEOUT"
    assert agentcore.stopped == [record.session_id]


def test_a_transient_start_error_hides_the_message_and_leaves_the_record_queued(
    service: Service, make: Any, agentcore: Any
) -> None:
    agentcore.fail_next = [(503, "ServiceUnavailableException")]
    request = make.request()
    service.event(request)

    assert len(service.work()) == 1
    assert service.work() == []  # hidden for 30 seconds
    record = service.record(request.data.invocation_id)
    assert (record.status, record.attempts) == ("queued", 1)


@pytest.mark.parametrize(
    "body",
    [
        "not json",
        "[]",
        '{"detail-type": "DeadlineReached"}',
        '{"detail-type": "DeadlineReached", "detail": null}',
        '{"detail-type": "InvocationRequested.v1", "detail": {"metadata": {}}}',
        '{"detail-type": "TicketCreated.v1", "detail": {}}',
    ],
)
def test_a_message_that_nobody_can_read_is_buried_with_its_reason(
    service: Service, body: str
) -> None:
    service.send(body)

    assert service.work() == []
    (dead,) = service.dead()
    assert dead["Body"] == body
    assert dead["MessageAttributes"]["reason"]["StringValue"]


def test_a_timer_that_keeps_failing_is_buried_after_its_fourth_delivery(
    service: Service, make: Any
) -> None:
    body = json.dumps({"detail-type": "DeadlineReached", "detail": {"invocation_id": "01NO"}})
    record = {"messageId": "m", "receiptHandle": "r", "body": body}

    answer = service.inbox({"Records": [record | {"attributes": {"ApproximateReceiveCount": "4"}}]})

    assert answer == {"batchItemFailures": []}
    (dead,) = service.dead()
    assert "There is no invocation 01NO" in dead["MessageAttributes"]["reason"]["StringValue"]


@pytest.mark.requirement("NEW-03", "F")
def test_24_starts_at_once_against_48_of_50_spent_start_exactly_two_on_dynamodb(
    service: Service, make: Any, agentcore: Any, clock: Any
) -> None:
    spent = LedgerMove("proj-demo", "2026-02", "mock", spent=Decimal(48), accepted=48)
    earlier = requested(make.request(), clock()).model_copy(update={"due_at": None})
    service.ports.invocations.commit(Change(earlier, ledger=spent))
    gate = threading.Barrier(24)

    def one() -> None:
        event = make.request()
        gate.wait()
        service.orchestrator.start(event)

    _together(one, 24)

    ledger = service.ports.ledgers.get("proj-demo", "2026-02")
    assert len(agentcore.invocations) == 2
    assert (ledger.committed, ledger.spent, ledger.reserved) == (50, 48, 2)
    refused = [event for event in service.told() if event.detail_type == "InvocationFailed.v1"]
    assert len(refused) == 22
    assert {event.data.error.code for event in refused} == {"BUDGET_EXCEEDED"}


def _together(work: Callable[[], None], count: int) -> None:
    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.requirement("ERR-10", "U")
def test_every_log_line_about_an_invocation_is_json_with_its_id(
    service: Service, make: Any, agentcore: Any
) -> None:
    output = StringIO()
    for stream in wiring.logger.handlers:
        stream.setStream(output)
    agentcore.fail_next = [(503, "ServiceUnavailableException")]
    request = make.request()
    service.event(request)

    service.work()

    lines = [json.loads(line) for line in output.getvalue().splitlines()]
    assert {line["level"] for line in lines} >= {"INFO", "WARNING"}
    assert {line["invocation_id"] for line in lines} == {request.data.invocation_id}
    assert {line["correlation_id"] for line in lines} == {request.data.invocation_id}


@pytest.fixture
def lines() -> Callable[[], list[dict[str, Any]]]:
    """What is logged from now on."""
    output = StringIO()
    for stream in wiring.logger.handlers:
        stream.setStream(output)
    return lambda: [json.loads(line) for line in output.getvalue().splitlines()]


def silent_run_of_a_call(service: Service, make: Any) -> str:
    """A run whose flow began with a call, and whose agent says nothing."""
    data = make.request().data
    service.event(make.event(data, "ingress", "call-1"))
    service.work()
    return str(data.invocation_id)


@pytest.mark.requirement("ERR-10", "U")
def test_a_timer_rings_in_the_flow_of_its_invocation(
    service: Service, make: Any, clock: Any, agentcore: Any, lines: Any
) -> None:
    invocation_id = silent_run_of_a_call(service, make)
    before = len(lines())
    (name,) = [one["Name"] for one in service.scheduler.list_schedules()["Schedules"]]
    timer = service.scheduler.get_schedule(GroupName="timers", Name=name)
    clock.tick(7_200)
    agentcore.fail_next = [(403, "AccessDeniedException")]

    service.send(timer["Target"]["Input"])
    service.work()

    logged = lines()[before:]
    assert {line["invocation_id"] for line in logged} == {invocation_id}
    assert {line["correlation_id"] for line in logged} == {"call-1"}
    assert service.told()[-1].metadata.correlation_id == "call-1"


@pytest.mark.requirement("ERR-10", "U")
def test_the_sweep_and_a_cancel_log_in_the_flow_of_the_invocation(
    service: Service, make: Any, clock: Any, lines: Any
) -> None:
    invocation_id = silent_run_of_a_call(service, make)
    before = len(lines())
    request = {
        "httpMethod": "POST",
        "resource": "/invocation/{id}/cancel",
        "pathParameters": {"id": invocation_id},
    }

    assert service.orchestrator.api()(request)["statusCode"] == 202
    clock.tick(7_200)
    service.orchestrator.sweep()()

    logged = lines()[before:]
    assert "overdue invocation found" in {line["message"] for line in logged}
    assert {line["invocation_id"] for line in logged} == {invocation_id}
    assert {line["correlation_id"] for line in logged} == {"call-1"}


def test_a_timer_of_an_earlier_release_names_its_invocation_only(
    service: Service, make: Any, clock: Any
) -> None:
    invocation_id = silent_run_of_a_call(service, make)
    clock.tick(7_200)

    detail = {"invocation_id": invocation_id}
    service.send(json.dumps({"detail-type": "DeadlineReached", "detail": detail}))
    service.work()

    assert service.told()[-1].detail_type == "InvocationFailed.v1"


def test_the_lambda_entry_points_build_themselves_from_the_environment(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in service.settings.model_dump().items():
        monkeypatch.setenv(name, str(value))
    for warm in (handler._worker, handler._api, handler._sweep):
        warm.cache_clear()

    assert handler.worker({"Records": []}, None) == {"batchItemFailures": []}
    assert handler.reconcile({}, None) == {"overdue": 0}
    answer = handler.api({"httpMethod": "GET", "resource": "/nowhere"}, None)
    assert answer["statusCode"] == 404
    for warm in (handler._worker, handler._api, handler._sweep):
        warm.cache_clear()
