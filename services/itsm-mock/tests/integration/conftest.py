"""The service's AWS on moto: both tables, the queue, and a client whose calls can fail."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from io import StringIO
from typing import Any, ClassVar

import boto3
import pytest
from aws_lambda_powertools import Logger
from botocore.exceptions import ClientError, ReadTimeoutError
from openapi_schema_validator import OAS30Validator

from switchboard.itsm_mock import wiring
from switchboard.itsm_mock.adapters import openapi
from switchboard.itsm_mock.adapters.rest import DeskApi
from switchboard.itsm_mock.settings import WorkerSettings
from switchboard.itsm_mock.wiring import Ports

TICKETS, STATE = "poc-itsm-tickets", "poc-itsm-state"
SPEC = openapi.spec()


class Account:
    """An account whose clients are made once per run: making them is half of such a test's time."""

    made: ClassVar[dict[str, Any]] = {}

    def __init__(self, session: boto3.Session) -> None:
        self._session = session

    def client(self, service: str) -> Any:
        if service not in self.made:
            self.made[service] = self._session.client(service)
        return self.made[service]


@dataclass
class FailingTables:
    """DynamoDB whose next calls fail: throttled before, or with their answer lost afterwards.

    A transaction with a ClientRequestToken seen before is answered and not made again: so does
    DynamoDB for ten minutes (API reference, TransactWriteItems), and moto does not.
    """

    client: Any
    throttle: int = 0
    lose: int = 0
    calls: list[str] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        call = getattr(self.client, name)

        def guarded(**request: Any) -> Any:
            self.calls.append(name)
            if self.throttle > 0:
                self.throttle -= 1
                response: Any = {"Error": {"Code": "ThrottlingException", "Message": "slow down"}}
                raise ClientError(response, name)
            token = request.get("ClientRequestToken")
            answer = {} if token in self.tokens else call(**request)
            self.tokens |= {token} if token else set()
            if self.lose > 0:
                self.lose -= 1
                raise ReadTimeoutError(endpoint_url="https://dynamodb.example")
            return answer

        return guarded


class Pauses(list[float]):
    """A pause that takes no time and is remembered."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


class Api:
    """Requests as API Gateway hands them over; each answer is held against openapi.json."""

    def __init__(self, api: DeskApi) -> None:
        self._api = api
        self.headers: dict[str, str] = {}

    def __call__(
        self,
        method: str,
        resource: str,
        number: str | None = None,
        body: Any = None,
        headers: dict[str, str] | None = None,
        **query: str,
    ) -> tuple[int, Any]:
        answer = self._api(
            {
                "httpMethod": method,
                "resource": resource,
                "pathParameters": {"ticket_id": number} if number is not None else None,
                "queryStringParameters": query or None,
                "headers": headers,
                "body": body if isinstance(body, str | None) else json.dumps(body),
                "isBase64Encoded": False,
            }
        )
        value = json.loads(answer["body"])
        self._check(method, resource, answer["statusCode"], value)
        self.headers = answer["headers"]
        return answer["statusCode"], value

    def _check(self, method: str, resource: str, status: int, value: Any) -> None:
        responses = SPEC["paths"][resource][method.lower()]["responses"]
        schema = responses[str(status)]["content"]["application/json"]["schema"]
        OAS30Validator(schema | {"components": SPEC["components"]}).validate(value)


def _create(client: Any, name: str, keys: list[str], index: list[str] | None = None) -> None:
    names = {*keys, *(index or [])}
    options: Any = {}
    if index:
        options["GlobalSecondaryIndexes"] = [
            {
                "IndexName": "CallerIdIndex",
                "KeySchema": _schema(index),
                "Projection": {"ProjectionType": "ALL"},
            }
        ]
    client.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in names],
        KeySchema=_schema(keys),
        **options,
    )


def _schema(keys: list[str]) -> list[Any]:
    kinds = zip(keys, ("HASH", "RANGE"), strict=False)
    return [{"AttributeName": key, "KeyType": kind} for key, kind in kinds]


@pytest.fixture
def aws(aws: boto3.Session) -> Account:
    return Account(aws)


@pytest.fixture
def dynamodb(aws: Account) -> FailingTables:
    client = aws.client("dynamodb")
    _create(client, TICKETS, ["ticket_id"], ["caller_id", "created_at"])
    _create(client, STATE, ["pk", "sk"])
    return FailingTables(client)


@pytest.fixture
def settings(aws: Account) -> WorkerSettings:
    sqs = aws.client("sqs")
    return WorkerSettings(
        TABLE_NAME=TICKETS,
        REGION="us-east-1",
        STATE_TABLE_NAME=STATE,
        QUEUE_URL=sqs.create_queue(QueueName="events")["QueueUrl"],
        DLQ_URL=sqs.create_queue(QueueName="dead")["QueueUrl"],
    )


@pytest.fixture
def pauses() -> Pauses:
    return Pauses()


@pytest.fixture
def ports(settings: WorkerSettings, dynamodb: Any, clock: Any, pauses: Pauses) -> Ports:
    return Ports.on_aws(settings, dynamodb, clock, pauses)


@pytest.fixture
def api(ports: Ports) -> Api:
    return Api(wiring.api(ports))


@pytest.fixture
def outbox(dynamodb: FailingTables) -> Callable[[], list[str]]:
    """The events that the relay would publish."""

    def detail_types() -> list[str]:
        items = dynamodb.client.scan(TableName=STATE)["Items"]
        return sorted(item["detail_type"]["S"] for item in items if item["sk"]["S"] == "OUTBOX")

    return detail_types


class Log(StringIO):
    """What was logged, in a place of the test's own."""

    def logger(self) -> Logger:
        return Logger(service=f"test-{id(self)}", stream=self)


@pytest.fixture
def log() -> Log:
    return Log()
