"""The public doors of the running platform: its parameters, bus, queues and APIs."""

import json
from collections.abc import Callable
from functools import cached_property
from typing import Any
from urllib.parse import quote

import httpx
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import BotoCoreError, ClientError
from mypy_boto3_events import EventBridgeClient
from mypy_boto3_sqs import SQSClient
from mypy_boto3_ssm import SSMClient

from switchboard.local import wiring
from switchboard.local.cli.console import CommandError
from switchboard.local.embedded import api_url
from switchboard.local.settings import ACCOUNT, REGION, LocalSettings

NOT_RUNNING = CommandError("the local platform is not running", "start it: hatch run up")


class ApiError(RuntimeError):
    """A door answered with an error; `body` is what it said."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        """Keep status and body."""
        super().__init__(f"{status}: {json.dumps(body)}")
        self.status = status
        self.body = body


class Access:
    """Clients and signed requests for one running platform."""

    def __init__(self, settings: LocalSettings, build: Callable[[str], Any]) -> None:
        """`build(name)` makes a boto3 client for the platform."""
        self.settings = settings
        self._build = build
        self._made: dict[str, Any] = {}
        self._http = httpx.Client(timeout=30)

    def close(self) -> None:
        """Close every connection."""
        self._http.close()
        for client in self._made.values():
            client.close()

    @classmethod
    def of_running_platform(cls) -> "Access":
        """The platform this checkout runs.

        Raises:
            CommandError: it is not running.
        """
        settings = LocalSettings.from_env()
        access = cls(settings, lambda name: wiring.client(name, settings))
        try:
            access.parameter("platform/bus/name")
        except (BotoCoreError, ClientError) as error:
            raise NOT_RUNNING from error
        return access

    @cached_property
    def events(self) -> EventBridgeClient:
        """EventBridge."""
        client: EventBridgeClient = self.client("events")
        return client

    @cached_property
    def queues(self) -> SQSClient:
        """SQS."""
        client: SQSClient = self.client("sqs")
        return client

    @cached_property
    def _parameters(self) -> SSMClient:
        client: SSMClient = self.client("ssm")
        return client

    def client(self, name: str) -> Any:
        """A boto3 client for the platform, made once."""
        if name not in self._made:
            self._made[name] = self._build(name)
        return self._made[name]

    def parameter(self, name: str) -> str:
        """A value that a service published, e.g. `orchestrator/api/url`."""
        path = f"/switchboard/{self.settings.environment}/{name}"
        return self._parameters.get_parameter(Name=path)["Parameter"]["Value"]

    def call(
        self, service: str, method: str, path: str, body: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """A signed request to a service's API; returns the JSON body.

        Raises:
            ApiError: the door answered with a status of 400 or more.
        """
        url = api_url(self.settings, self.parameter(f"{service}/api/url")) + quote(
            path, safe="/?=&"
        )
        content = json.dumps(body).encode() if body is not None else b""
        request = AWSRequest(method=method, url=url, data=content, headers={})
        request.headers["Content-Type"] = "application/json"
        SigV4Auth(Credentials(ACCOUNT, "local"), "execute-api", REGION).add_auth(request)
        answer = self._http.request(method, url, content=content, headers=dict(request.headers))
        try:
            value: dict[str, Any] = answer.json()
        except ValueError:
            value = {"message": answer.text}
        if answer.is_error:
            raise ApiError(answer.status_code, value)
        return value
