"""What the engine's services ask of the caller of a request."""

from collections.abc import Callable
from urllib.parse import unquote

from switchboard.local.engine.need import ANY, Need, Needs, Request, named, pass_role

_ITEM_ACTIONS = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
    "Get": "GetItem",
}


def _dynamodb(request: Request) -> Needs:
    body, action = request.body, f"dynamodb:{request.operation}"
    if "TransactItems" in body:
        for item in body["TransactItems"]:
            for kind, what in item.items():
                table = named(request, what.get("TableName", ""), "table/")
                yield Need(f"dynamodb:{_ITEM_ACTIONS.get(kind, kind)}", table)
    elif "RequestItems" in body:
        for table in body["RequestItems"]:
            yield Need(action, named(request, table, "table/"))
    elif "TableName" in body:
        table = named(request, body["TableName"], "table/")
        index = body.get("IndexName")
        yield Need(action, f"{table}/index/{index}" if index else table)


def _sqs(request: Request) -> Needs:
    url = request.body.get("QueueUrl") or request.body.get("QueueName") or ""
    queue = request.arn(url.rsplit("/", 1)[-1]) if url else ANY
    yield Need(f"sqs:{request.operation.removesuffix('Batch')}", queue)


def _events(request: Request) -> Needs:
    entries = request.body.get("Entries")
    for bus in dict.fromkeys(entry.get("EventBusName", "default") for entry in entries or ()):
        yield Need("events:PutEvents", named(request, bus, "event-bus/"))


def _secretsmanager(request: Request) -> Needs:
    name = request.body.get("SecretId", "")
    suffix = "" if name.startswith("arn:") else "-??????"
    yield Need(f"secretsmanager:{request.operation}", named(request, name, "secret:") + suffix)


def _ssm(request: Request) -> Needs:
    names = request.body.get("Names") or [request.body.get("Name", "")]
    for name in names:
        yield Need(f"ssm:{request.operation}", named(request, name.removeprefix("/"), "parameter/"))


_S3_ACTIONS = {"HeadObject": "GetObject", "ListObjectsV2": "ListBucket"}


def _s3(request: Request) -> Needs:
    action = _S3_ACTIONS.get(request.operation, request.operation)
    resource = f"arn:aws:s3:::{unquote(request.path).strip('/')}"
    yield Need(f"s3:{action}", resource)
    if "x-amz-tagging" in request.headers and request.operation == "PutObject":
        yield Need("s3:PutObjectTagging", resource)


def _lambda(request: Request) -> Needs:
    if request.operation == "Invoke":
        yield Need("lambda:InvokeFunction", named(request, request.part(3), "function:"))


def _scheduler(request: Request) -> Needs:
    group = request.body.get("GroupName") or request.query.get("groupName") or "default"
    schedule = request.arn(f"schedule/{group}/{request.part(2)}")
    yield Need(f"scheduler:{request.operation}", schedule)
    if role := (request.body.get("Target") or {}).get("RoleArn"):
        yield pass_role(role, "scheduler.amazonaws.com")


def _iam(request: Request) -> Needs:
    if request.operation == "CreateServiceLinkedRole":
        service = (request.body.get("AWSServiceName") or ["*"])[0]
        role = f"arn:aws:iam::{request.account}:role/aws-service-role/{service}/*"
        yield Need("iam:CreateServiceLinkedRole", role)


ENGINE: dict[str, Callable[[Request], Needs]] = {
    "dynamodb": _dynamodb,
    "sqs": _sqs,
    "events": _events,
    "secretsmanager": _secretsmanager,
    "ssm": _ssm,
    "s3": _s3,
    "lambda": _lambda,
    "scheduler": _scheduler,
    "iam": _iam,
}
"""By signing name."""
