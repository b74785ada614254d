import json
from types import SimpleNamespace

import pytest

from switchboard.local.engine.need import Need
from switchboard.local.engine.uses import Uses, note_targets

ROLE = "arn:aws:iam::111122223333:role/worker"
CONFIG = {
    "FunctionName": "work",
    "FunctionArn": "arn:aws:lambda:us-east-1:111122223333:function:work",
    "Role": ROLE,
    "LoggingConfig": {"LogGroup": "/ours/work"},
}
QUEUE = "arn:aws:sqs:us-east-1:111122223333:inbox"
STREAM = "arn:aws:dynamodb:us-east-1:111122223333:table/t/stream/1"


@pytest.fixture
def uses(tmp_path):
    return Uses(tmp_path / "journal" / "aws.jsonl")


@pytest.fixture
def noted(tmp_path):
    """The needs in the journal, all of the one role."""

    def read():
        path = tmp_path / "journal" / "aws.jsonl"
        lines = (
            [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
        )
        assert {line["role"] for line in lines} <= {"worker"}
        return [tuple(need) for line in lines for need in line["needs"]]

    return read


def test_a_need_is_noted_once(uses, noted):
    need = Need("s3:GetObject", "arn:aws:s3:::b/k")

    uses.note(ROLE, [need])
    uses.note(ROLE, [need])
    uses.note("", [Need("a:B")])

    assert noted() == [("s3:GetObject", "arn:aws:s3:::b/k")]


def test_a_batch_was_read_by_lambda_with_the_functions_role(uses, noted):
    for source, arn in (("aws:sqs", QUEUE), ("aws:dynamodb", STREAM), ("aws:kinesis", "x")):
        uses.of_batch(CONFIG, {"Records": [{"eventSource": source, "eventSourceARN": arn}]})
    for event in (None, {}, {"Records": []}, {"Records": ["text"]}, {"Records": "text"}):
        uses.of_batch(CONFIG, event)

    assert noted() == [
        ("sqs:ReceiveMessage", QUEUE),
        ("sqs:DeleteMessage", QUEUE),
        ("sqs:GetQueueAttributes", QUEUE),
        ("dynamodb:DescribeStream", STREAM),
        ("dynamodb:GetRecords", STREAM),
        ("dynamodb:GetShardIterator", STREAM),
        ("dynamodb:ListStreams", "*"),
    ]


def test_a_function_with_a_log_group_of_its_own_writes_it(uses, noted):
    uses.of_function(CONFIG)
    uses.of_function({**CONFIG, "LoggingConfig": {}})
    uses.of_function({**CONFIG, "LoggingConfig": {"LogGroup": "/aws/lambda/work"}})

    stream = "arn:aws:logs:us-east-1:111122223333:log-group:/ours/work:log-stream:own"
    assert noted() == [("logs:CreateLogStream", stream), ("logs:PutLogEvents", stream)]


def test_a_schedule_that_fires_sends_with_the_role_it_names(uses, noted):
    reached = []
    eventbridge = SimpleNamespace(_invoke_target=lambda target, *more: reached.append(target))
    note_targets(eventbridge, uses)

    for target in ({"Arn": QUEUE, "RoleArn": ROLE}, {"Arn": QUEUE}, {}):
        eventbridge._invoke_target(target, {}, {})

    assert noted() == [("sqs:SendMessage", QUEUE)]
    assert len(reached) == 3
