"""A flow is one tree of spans: who relayed an event, who worked on it, what that led to."""

import json
from typing import Any

import pytest

from switchboard.events import trace
from switchboard.events.content import ContentChangedV1
from switchboard.events.envelope import Event, new_event, utc_now
from switchboard.events.trace import MemorySpans
from switchboard.runtime.log import service_logger
from switchboard.runtime.outbox import OutboxRelay, outbox_row
from switchboard.runtime.queue_consumer import QueueConsumer


class Willing:
    """A bus that takes everything, and visibility nobody needs."""

    def put(self, entries: Any) -> None:
        assert entries

    def hide(self, receipt_handle: str, seconds: int) -> None:
        assert receipt_handle
        assert seconds

    def bury(self, body: str, reason: str) -> None:
        raise AssertionError(reason)


def change(correlation_id: str = "flow") -> Event[ContentChangedV1]:
    data = ContentChangedV1(
        source_event_id="e", shape="seed", page_id="p", workspace_id="w", occurred_at=utc_now()
    )
    return new_event(data, service="ingress", correlation_id=correlation_id)


def relay(event: Event[Any], spans: MemorySpans) -> dict[str, Any]:
    row = outbox_row(event)
    image = {key: {"S": str(value)} for key, value in row.items()}
    record = {"eventName": "INSERT", "dynamodb": {"SequenceNumber": "1", "NewImage": image}}
    willing: Any = Willing()
    return OutboxRelay(willing, "bus", spans)({"Records": [record]})


def consume(service: str, event: Event[Any], spans: MemorySpans, handle: Any) -> dict[str, Any]:
    handlers = {event.detail_type: handle}
    consumer = QueueConsumer(handlers, Willing(), service_logger(service), spans)
    body = {"detail-type": event.detail_type, "detail": json.loads(event.detail())}
    record = {
        "messageId": "m",
        "receiptHandle": "r",
        "body": json.dumps(body),
        "attributes": {"ApproximateReceiveCount": "1"},
    }
    return consumer({"Records": [record]})


def test_sending_and_working_hang_together_over_two_services_without_anything_passed_on() -> None:
    spans, first = MemorySpans(), change()
    second = first.cause(first.data, service="orchestrator")

    relay(first, spans)
    consume("orchestrator", first, spans, lambda _: None)
    relay(second, spans)
    consume("completion", second, spans, lambda _: None)

    sent, worked, sent_on, delivered = spans.spans
    assert {span.trace_id for span in spans.spans} == {trace.trace_id("flow")}
    assert [span.service for span in spans.spans] == [
        "ingress",
        "orchestrator",
        "orchestrator",
        "completion",
    ]
    assert sent.parent_id == trace.root("flow")
    assert worked.parent_id == sent.span_id
    assert sent_on.parent_id == worked.span_id
    assert delivered.parent_id == sent_on.span_id
    assert all(span.end >= span.start for span in spans.spans)


def test_work_that_failed_is_a_span_with_the_type_of_its_error() -> None:
    spans = MemorySpans()

    answer = consume("completion", change(), spans, _fail)

    assert answer["batchItemFailures"]
    assert [span.error for span in spans.spans] == ["RuntimeError"]
    assert "notion" not in json.dumps(spans.spans[0].as_otlp())


def _fail(_: object) -> None:
    raise RuntimeError("notion is down")


@pytest.mark.parametrize("detail", ["{", '"text"', "{}", '{"metadata": {}}'])
def test_an_event_of_another_form_is_relayed_without_a_span(detail: str) -> None:
    spans: Any = MemorySpans()
    image = {"sk": "OUTBOX", "source": "s", "detail_type": "d", "detail": detail}
    record = {
        "eventName": "INSERT",
        "dynamodb": {
            "SequenceNumber": "1",
            "NewImage": {key: {"S": value} for key, value in image.items()},
        },
    }
    willing: Any = Willing()

    answer = OutboxRelay(willing, "bus", spans)({"Records": [record]})

    assert answer == {"batchItemFailures": []}
    assert spans.spans == []
