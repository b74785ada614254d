from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_sqs as sqs
from aws_cdk.assertions import Template

from switchboard.constructs.queue_source import SendOnlyDlq, feed

Add = Callable[[lambda_.Function, sqs.Queue], None]
MAPPING = "AWS::Lambda::EventSourceMapping"


def resources_of(add: Add) -> dict[str, Any]:
    """A stack with a function and a queue, and what `add` does with them."""
    stack = cdk.Stack(cdk.App(), "Shop")
    code = lambda_.Code.from_inline("def handler(event, context): pass")
    function = lambda_.Function(
        stack, "Work", runtime=lambda_.Runtime.PYTHON_3_12, code=code, handler="index.handler"
    )
    add(function, sqs.Queue(stack, "Jobs"))
    found: dict[str, Any] = Template.from_stack(stack).to_json()["Resources"]
    return found


def mapping(resources: dict[str, Any]) -> dict[str, Any]:
    return {name: item for name, item in resources.items() if item["Type"] == MAPPING}


def actions(resources: dict[str, Any]) -> list[Any]:
    (policy,) = [item for item in resources.values() if item["Type"] == "AWS::IAM::Policy"]
    return [item["Action"] for item in policy["Properties"]["PolicyDocument"]["Statement"]]


@pytest.mark.requirement("NEW-12", "S")
def test_a_fed_function_may_do_what_lambda_asks_for_and_no_more() -> None:
    fed = resources_of(lambda function, queue: feed(function, queue, batch_size=5))

    assert actions(fed) == [["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]]


def test_the_mapping_is_the_one_that_cdks_own_event_source_makes() -> None:
    """Another logical id would replace a deployed mapping, which AWS refuses while it is there."""
    source = {"batch_size": 5, "report_batch_item_failures": True}

    ours = resources_of(lambda function, queue: feed(function, queue, batch_size=5))
    cdks = resources_of(
        lambda function, queue: function.add_event_source(sources.SqsEventSource(queue, **source))
    )

    assert mapping(ours) == mapping(cdks)


@pytest.mark.requirement("NEW-12", "S")
def test_a_stream_that_gives_up_may_only_send_to_its_dead_letter_queue() -> None:
    def add(function: lambda_.Function, queue: sqs.Queue) -> None:
        key = dynamodb.Attribute(name="pk", type=dynamodb.AttributeType.STRING)
        image = dynamodb.StreamViewType.NEW_IMAGE
        table = dynamodb.Table(queue.stack, "Table", partition_key=key, stream=image)
        latest = lambda_.StartingPosition.LATEST
        function.add_event_source(
            sources.DynamoEventSource(
                table, starting_position=latest, on_failure=SendOnlyDlq(queue)
            )
        )

    found = resources_of(add)

    assert "sqs:SendMessage" in actions(found)
    assert not [action for action in actions(found) if "sqs:Get" in str(action)]
    (made,) = mapping(found).values()
    assert "OnFailure" in made["Properties"]["DestinationConfig"]
