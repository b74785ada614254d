"""A queue that feeds a function, and a queue for what failed, with no permission too many.

CDK's own `SqsEventSource`, `SqsDlq` and `grant_send_messages` grant GetQueueUrl (and more), which
nothing here calls: every queue is known by its URL (NEW-12).
"""

from typing import Any

import aws_cdk as cdk
import jsii
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs

READ = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
"""What Lambda asks for to poll a queue (Developer Guide, event source of SQS)."""
SEND = "sqs:SendMessage"


def feed(function: lambda_.Function, queue: sqs.IQueue, **options: Any) -> None:
    """Give the function the queue's messages, in batches that may fail partly.

    `options`: those of `add_event_source_mapping`. The construct is called as CDK's own event
    source calls it, so that a deployed mapping stays the one it is.
    """
    function.add_event_source_mapping(
        f"SqsEventSource:{cdk.Names.node_unique_id(queue.node)}",
        event_source_arn=queue.queue_arn,
        report_batch_item_failures=True,
        **options,
    )
    allow(function, queue, *READ)


def allow(grantee: iam.IGrantable, queue: sqs.IQueue, *actions: str) -> None:
    """Let somebody do exactly this with a queue."""
    queue.grant(grantee, *actions)


@jsii.implements(lambda_.IEventSourceDlq)
class SendOnlyDlq:
    """Where Lambda sends the records of a stream that it gives up."""

    def __init__(self, queue: sqs.IQueue) -> None:
        """Send to `queue`."""
        self._queue = queue

    def bind(
        self, _target: lambda_.IEventSourceMapping, target_handler: lambda_.IFunction
    ) -> lambda_.DlqDestinationConfig:
        """Called by the event source."""
        allow(target_handler, self._queue, SEND)
        return lambda_.DlqDestinationConfig(destination=self._queue.queue_arn)
