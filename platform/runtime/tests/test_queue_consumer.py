"""A batch from the queue: good messages are handled once, bad ones wait or are buried."""

import json
from io import StringIO
from typing import Any

import pytest
from aws_lambda_powertools import Logger

from switchboard.events.content import ContentChangedV1
from switchboard.events.envelope import Event, new_event, utc_now
from switchboard.runtime.log import service_logger
from switchboard.runtime.queue_consumer import MessageConsumer, QueueConsumer


class Hidden:
    """Visibility in memory."""

    def __init__(self) -> None:
        self.hidden: list[tuple[str, int]] = []
        self.buried: list[str] = []

    def hide(self, receipt_handle: str, seconds: int) -> None:
        self.hidden.append((receipt_handle, seconds))

    def bury(self, body: str, reason: str) -> None:
        self.buried.append(reason)


def message(number: int, *, received: int = 1, body: str | None = None) -> dict[str, Any]:
    data = ContentChangedV1(
        source_event_id=f"e{number}",
        shape="seed",
        page_id=f"page-{number}",
        workspace_id="ws",
        occurred_at=utc_now(),
    )
    event = new_event(data, service="ingress", correlation_id="c")
    content = {"detail-type": event.detail_type, "detail": json.loads(event.detail())}
    return {
        "messageId": f"m{number}",
        "receiptHandle": f"r{number}",
        "body": body or json.dumps(content),
        "attributes": {"ApproximateReceiveCount": str(received)},
    }


class Pages:
    """Handles events, except those of pages it does not like."""

    def __init__(self, dislikes: str = "") -> None:
        self.dislikes = dislikes
        self.seen: list[str] = []

    def __call__(self, event: Event[Any]) -> None:
        if event.data.page_id == self.dislikes:
            raise RuntimeError("notion is down")
        self.seen.append(event.data.page_id)


def consumer(pages: Pages, hidden: Hidden) -> QueueConsumer:
    return QueueConsumer({"ContentChanged.v1": pages}, hidden, service_logger("test"))


def test_only_the_failed_message_of_a_batch_is_tried_again() -> None:
    pages, hidden = Pages(dislikes="page-2"), Hidden()

    answer = consumer(pages, hidden)({"Records": [message(1), message(2), message(3)]})

    assert answer == {"batchItemFailures": [{"itemIdentifier": "m2"}]}
    assert pages.seen == ["page-1", "page-3"]


@pytest.mark.requirement("ERR-04", "F")
def test_a_failing_message_waits_30_60_120_seconds_and_is_then_buried_with_its_reason() -> None:
    hidden = Hidden()
    handle = consumer(Pages(dislikes="page-1"), hidden)

    answers = [handle({"Records": [message(1, received=n)]}) for n in (1, 2, 3, 4)]

    assert [seconds for _, seconds in hidden.hidden] == [30, 60, 120]
    assert hidden.buried == ["RuntimeError: notion is down"]
    assert [len(answer["batchItemFailures"]) for answer in answers] == [1, 1, 1, 0]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("{not json", "JSONDecodeError"),
        ('"just text"', "TypeError"),
        ('{"detail": {}}', "KeyError"),
        ('{"detail-type": "Nonsense.v1", "detail": {}}', "UnknownEventError"),
        ('{"detail-type": "ContentChanged.v1", "detail": {"data": 1}}', "MalformedEventError"),
    ],
)
def test_a_message_that_can_never_succeed_is_buried_at_once(body: str, reason: str) -> None:
    pages, hidden = Pages(), Hidden()

    answer = consumer(pages, hidden)({"Records": [message(1, body=body), message(2)]})

    assert answer == {"batchItemFailures": []}
    assert hidden.buried[0].startswith(reason)
    assert pages.seen == ["page-2"]


def test_messages_of_another_form_are_read_by_their_own_parser_and_fail_the_same_way() -> None:
    seen: list[int] = []
    hidden = Hidden()
    consume = MessageConsumer(
        lambda body: int(json.loads(body)["number"]),
        lambda number: seen.append(10 // number),
        lambda number: {"number": number},
        visibility=hidden,
        logger=service_logger("test"),
    )

    answer = consume(
        {
            "Records": [
                message(1, body='{"number": "5"}'),
                message(2, body='{"number": "0"}'),
                message(3, body='{"other": "5"}'),
            ]
        }
    )

    assert answer == {"batchItemFailures": [{"itemIdentifier": "m2"}]}
    assert seen == [2]
    assert hidden.hidden == [("r2", 30)]
    assert hidden.buried == ["KeyError: 'number'"]


def test_the_log_of_a_poison_message_says_what_does_not_fit_but_not_what_people_said() -> None:
    lines = StringIO()
    logger = Logger(service="poison-test", stream=lines)
    secret = "what a caller said"
    body = json.dumps({"detail-type": "ContentChanged.v1", "detail": {"data": secret}})

    QueueConsumer({}, Hidden(), logger)({"Records": [message(1, body=body)]})

    assert "does not fit its contract: metadata" in lines.getvalue()
    assert secret not in lines.getvalue()
