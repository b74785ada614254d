"""What a consumer of events measures of itself, as the lines CloudWatch reads."""

import json
from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError

from switchboard.runtime.log import service_logger
from switchboard.runtime.metrics import ComponentMetrics
from switchboard.runtime.queue_consumer import MessageConsumer, SqsVisibility


@pytest.fixture(autouse=True)
def _as_deployed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The stack sets it in every function."""
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "completion")


@pytest.fixture
def visibility(aws: boto3.Session) -> SqsVisibility:
    """A queue and its DLQ."""
    sqs = aws.client("sqs")
    urls = [sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("inbox", "dlq")]
    return SqsVisibility(sqs, *urls)


def record(body: str, received: int = 4) -> dict[str, Any]:
    return {
        "messageId": "m",
        "receiptHandle": "r",
        "body": body,
        "attributes": {"ApproximateReceiveCount": str(received)},
    }


def refuse(message: Any) -> None:
    if message == "bad":
        raise RuntimeError("notion is down")


def measured(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """The metric lines; log lines stand between them."""
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line]
    return [line for line in lines if "_aws" in line]


@pytest.mark.requirement("OBS-07", "U")
def test_every_piece_of_work_counts_for_its_component_and_so_does_its_failure(
    visibility: SqsVisibility, capsys: pytest.CaptureFixture[str]
) -> None:
    consume = MessageConsumer(
        json.loads,
        refuse,
        lambda _: {},
        visibility=visibility,
        logger=service_logger("completion"),
    )

    consume({"Records": [record('"good"'), record('"bad"'), record("{poison")]})

    work = [line for line in measured(capsys) if "ComponentErrors" in line]
    assert [line["ComponentErrors"] for line in work] == [[0.0], [1.0], [1.0]]
    assert {line["service"] for line in work} == {"completion"}
    assert work[0]["_aws"]["CloudWatchMetrics"][0]["Dimensions"] == [["service"]]


@pytest.mark.requirement("OBS-08", "U")
def test_the_depth_of_the_dlq_is_measured_with_every_message_that_goes_there(
    visibility: SqsVisibility, capsys: pytest.CaptureFixture[str]
) -> None:
    visibility.bury("one", "ValueError: first")
    visibility.bury("two", "ValueError: second")

    depths = [line["DlqDepth"] for line in measured(capsys)]
    assert depths == [[1.0], [2.0]]


@pytest.mark.requirement("OBS-08", "U")
def test_a_depth_that_cannot_be_read_does_not_bury_a_message_twice(
    capsys: pytest.CaptureFixture[str], visibility: SqsVisibility, monkeypatch: pytest.MonkeyPatch
) -> None:
    client: Any = visibility._client
    monkeypatch.setattr(client, "get_queue_attributes", _no_answer)

    visibility.bury("one", "ValueError: first")

    assert [line["DlqDepth"] for line in measured(capsys)] == [[1.0]]


def _no_answer(**_: Any) -> None:
    raise EndpointConnectionError(endpoint_url="http://sqs")


def test_a_line_names_namespace_and_unit(capsys: pytest.CaptureFixture[str]) -> None:
    ComponentMetrics().worked(failed=False)

    (line,) = measured(capsys)
    (metrics,) = line["_aws"]["CloudWatchMetrics"]
    assert metrics["Namespace"] == "Switchboard"
    assert {metric["Unit"] for metric in metrics["Metrics"]} == {"Count"}
