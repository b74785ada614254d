# ruff: noqa: T201, TID251 - a function for a test, without the layers of a service
"""Writes each bus event it gets into the table, with the time at which it got it."""

import base64
import json
import os
import threading
import time
import urllib.request

import boto3

TABLES = {}


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


def desk_api(event, context):
    """API Gateway proxy of the desk: one read of the table, then what was asked comes back."""
    if "fail" in (event.get("body") or ""):
        raise RuntimeError("told to fail")
    table = TABLES.setdefault("one", boto3.resource("dynamodb").Table(os.environ["TABLE"]))
    table.get_item(Key={"pk": "TICKET", "sk": "TICKET"})
    asked = {key: event.get(key) for key in ("httpMethod", "resource", "pathParameters", "body")}
    return {
        "statusCode": 200,
        "body": json.dumps({**asked, "query": event.get("queryStringParameters")}),
    }


def bind(event, context):
    """Gateway interceptor: the caller is the contact of the verified token."""
    request = event["mcp"]["gatewayRequest"]
    token = request["headers"]["authorization"].split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    body = request["body"]
    body["params"]["arguments"]["caller"] = claims["contact_id"]
    return {"interceptorOutputVersion": "1.0", "mcp": {"transformedGatewayRequest": {"body": body}}}


def make(event, context):
    """Custom resource: says what it was given, or fails as it is told to."""
    properties = event["ResourceProperties"]
    if properties.get("Crash"):
        raise RuntimeError("told to crash")
    name = f"made-for-{properties.get('Gateway', 'nobody')}"
    answer = {
        "Status": "FAILED" if properties.get("Refuse") else "SUCCESS",
        "Reason": "told to refuse",
        "PhysicalResourceId": event.get("PhysicalResourceId") or name,
        "Data": {"Greeting": f"{event['RequestType']}: {properties.get('Greeting')}"},
        **{key: event[key] for key in ("StackId", "RequestId", "LogicalResourceId")},
    }
    request = urllib.request.Request(
        event["ResponseURL"], json.dumps(answer).encode(), {"content-type": ""}, method="PUT"
    )
    urllib.request.urlopen(request, timeout=5).close()
