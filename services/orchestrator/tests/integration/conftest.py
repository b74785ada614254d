"""The service's AWS on moto, and an AgentCore that answers a real boto3 client on the wire."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from threading import Lock
from typing import Any, ClassVar
from urllib.parse import parse_qs, unquote, urlsplit

import boto3
import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config
from botocore.loaders import create_loader
from moto.core.models import botocore_stubber
from urllib3.response import HTTPResponse

from switchboard.orchestrator.settings import WorkerSettings
from switchboard.orchestrator.wiring import Clients

ACCOUNT = "111122223333"
RUNTIME = f"arn:aws:bedrock-agentcore:us-east-1:{ACCOUNT}:runtime/switchboard_code_dev-abc"
AGENT_PARAMETERS = "/switchboard/dev/agents"
SERVICE_MODELS = create_loader()
ROLE = f"arn:aws:iam::{ACCOUNT}:role/timers"


@dataclass
class AgentCoreWire:
    """The data plane of AgentCore as botocore sees it: paths, headers, error types."""

    runtimes: set[str] = field(default_factory=lambda: {RUNTIME})
    invocations: list[dict[str, Any]] = field(default_factory=list)
    sessions: set[str] = field(default_factory=set)
    stopped: list[str] = field(default_factory=list)
    fail_next: list[tuple[int, str]] = field(default_factory=list)
    """Status and error type of the next answers."""
    acknowledge: Callable[[dict[str, Any]], Any] = lambda _: {"status": "accepted"}

    def answer(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        parts = urlsplit(request.url)
        _, _, arn, action = parts.path.split("/")
        session = request.headers["X-Amzn-Bedrock-AgentCore-Runtime-Session-Id"]
        session = session.decode() if isinstance(session, bytes) else session
        if self.fail_next:
            return _error(request, *self.fail_next.pop(0))
        if unquote(arn) not in self.runtimes:
            return _error(request, 404, "ResourceNotFoundException")
        if action == "stopruntimesession":
            return self._stop(request, session)
        payload = json.loads(request.body)
        self.invocations.append(
            {
                "session": session,
                "payload": payload,
                "qualifier": parse_qs(parts.query)["qualifier"],
                "user": _text(request.headers.get("X-Amzn-Bedrock-AgentCore-Runtime-User-Id")),
            }
        )
        self.sessions.add(session)
        return _response(request, 200, {}, json.dumps(self.acknowledge(payload)))

    def _stop(self, request: AWSPreparedRequest, session: str) -> AWSResponse:
        if session not in self.sessions:
            return _error(request, 404, "ResourceNotFoundException")
        self.sessions.discard(session)
        self.stopped.append(session)
        return _response(request, 200, {}, json.dumps({"runtimeSessionId": session}))


def _text(value: bytes | str | None) -> str | None:
    return value.decode() if isinstance(value, bytes) else value


def _error(request: AWSPreparedRequest, status: int, kind: str) -> AWSResponse:
    return _response(request, status, {"x-amzn-ErrorType": kind}, json.dumps({"message": kind}))


def _response(
    request: AWSPreparedRequest, status: int, headers: dict[str, str], body: str
) -> AWSResponse:
    raw = HTTPResponse(BytesIO(body.encode()), headers, status, preload_content=False)
    return AWSResponse(request.url, status, {"content-type": "application/json", **headers}, raw)


class Account:
    """An account whose clients are made once per run: making them is half of such a test's time."""

    made: ClassVar[dict[str, Any]] = {}

    def __init__(self, session: boto3.Session) -> None:
        self._session = session

    def client(self, service: str) -> Any:
        if service not in self.made:
            self.made[service] = self._session.client(service)
        return self.made[service]

    def new_client(self, service: str) -> Any:
        """A client of the test's own, to change its behaviour; it tries each call once."""
        return self._session.client(service, config=Config(retries={"max_attempts": 0}))


@pytest.fixture
def aws(aws: boto3.Session) -> Account:
    aws._session.register_component("data_loader", SERVICE_MODELS)
    return Account(aws)


@pytest.fixture
def agentcore(aws: Account) -> AgentCoreWire:
    return AgentCoreWire()


@pytest.fixture
def agentcore_client(aws: Account, agentcore: AgentCoreWire) -> Any:
    client = aws.new_client("bedrock-agentcore")
    # Every before-send handler is called, and moto's raises for operations that it does not know.
    client.meta.events.unregister("before-send", botocore_stubber)
    client.meta.events.register("before-send", agentcore.answer)
    return client


class OneAtATime:
    """moto's transactions are not thread-safe; DynamoDB's are."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._lock = Lock()

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._client, name)
        if name not in {"transact_write_items", "get_item", "put_item"}:
            return call

        def locked(*args: Any, **options: Any) -> Any:
            with self._lock:
                return call(*args, **options)

        return locked


def _key(name: str, kind: str) -> Any:
    return {"AttributeName": name, "KeyType": kind}


@pytest.fixture
def dynamodb(aws: Account) -> Any:
    client = aws.client("dynamodb")
    names = ("pk", "sk", "project_id", "listed_at", "open_status", "due_at")
    client.create_table(
        TableName="state",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in names],
        KeySchema=[_key("pk", "HASH"), _key("sk", "RANGE")],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "by_project",
                "KeySchema": [_key("project_id", "HASH"), _key("listed_at", "RANGE")],
                "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["listed"]},
            },
            {
                "IndexName": "by_due",
                "KeySchema": [_key("open_status", "HASH"), _key("due_at", "RANGE")],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            },
        ],
    )
    return OneAtATime(client)


@pytest.fixture
def ssm(aws: Account) -> Any:
    """Parameter store with one runtime, that of the code agent."""
    client = aws.client("ssm")
    name = f"{AGENT_PARAMETERS}/code/runtime-arn"
    client.put_parameter(Name=name, Value=RUNTIME, Type="String")
    return client


@pytest.fixture
def settings(aws: Account, dynamodb: Any) -> Iterator[WorkerSettings]:
    sqs, scheduler = aws.client("sqs"), aws.client("scheduler")
    key = aws.client("secretsmanager").create_secret(Name="receipts", SecretString="k" * 64)
    aws.client("s3").create_bucket(Bucket="content")
    scheduler.create_schedule_group(Name="timers")
    return WorkerSettings(
        TABLE_NAME="state",
        CONTENT_BUCKET="content",
        AGENT_PARAMETERS=AGENT_PARAMETERS,
        TIMER_GROUP="timers",
        TIMER_ROLE_ARN=ROLE,
        TIMER_QUEUE_ARN=f"arn:aws:sqs:us-east-1:{ACCOUNT}:inbox",
        RECEIPT_KEY_SECRET_ARN=key["ARN"],
        QUEUE_URL=sqs.create_queue(QueueName="inbox")["QueueUrl"],
        DLQ_URL=sqs.create_queue(QueueName="dead")["QueueUrl"],
    )


@pytest.fixture
def clients(aws: Account, dynamodb: Any, ssm: Any, agentcore_client: Any) -> Clients:
    return Clients(
        dynamodb,
        aws.client("scheduler"),
        ssm,
        aws.client("s3"),
        agentcore_client,
        aws.client("secretsmanager"),
    )
