# ruff: noqa: T201, TID251 - a function for a test, without the layers of a service
"""Writes each bus event it gets into the table, with the time at which it got it."""

import json
import os
import threading
import time

import boto3


def consume(batch, context):
    """SQS batch of bus events; an event of project `fail` is refused."""
    table = boto3.resource("dynamodb").Table(os.environ["TABLE"])
    failed = []
    for record in batch["Records"]:
        event = json.loads(record["body"])
        metadata = event["detail"]["metadata"]
        if metadata.get("project_id") == "fail":
            failed.append({"itemIdentifier": record["messageId"]})
            continue
        item = {"pk": f"SEEN#{metadata['id']}", "sk": "SEEN", "at": str(time.time())}
        table.put_item(Item=item)
    return {"batchItemFailures": failed}


def answer(event, context):
    """Say what a handler can see."""
    print("asked", json.dumps(event))
    if event.get("fail"):
        raise RuntimeError("told to fail")
    if event.get("hang"):
        threading.Event().wait()
    custom = context.client_context.custom if context.client_context else None
    return {
        "custom": custom,
        "request_id": context.aws_request_id,
        "remaining": context.get_remaining_time_in_millis(),
        "names": sorted(os.environ),
        "endpoint": os.environ.get("AWS_ENDPOINT_URL_BEDROCK_AGENTCORE"),
    }


def refuse(batch, context):
    """Stream batch: report the first record whose `refuse` is set, as the outbox relay does."""
    for record in batch["Records"]:
        if "refuse" in record["dynamodb"]["NewImage"]:
            return {"batchItemFailures": [{"itemIdentifier": record["dynamodb"]["SequenceNumber"]}]}
    return {"batchItemFailures": []}


def door(event, context):
    """API Gateway proxy."""
    return {
        "statusCode": 200,
        "body": json.dumps({"path": event.get("path"), "body": event.get("body")}),
    }
