"""After a deployment the parts meet: secrets, webhook subscription, the project's configuration."""

import json
import os
import secrets as randomness
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Event
from typing import Any

import httpx
from botocore.exceptions import ClientError
from mypy_boto3_dynamodb import DynamoDBClient
from mypy_boto3_ssm import SSMClient

from switchboard.local.deployment.secrets import Secrets, SecretValues
from switchboard.local.home import Home

POLL_SECONDS = 0.05
SYNC_SECONDS = 60

Report = Callable[[str], None]


class IntroductionError(RuntimeError):
    """A part does not know another one in time; the message says where to look."""


@dataclass(frozen=True)
class Introduction:
    """Makes the deployed services and the stand-ins know each other."""

    home: Home
    notion_url: str
    stage: str
    ssm: SSMClient
    dynamodb: DynamoDBClient
    secrets: Secrets
    clock: Callable[[], float] = time.monotonic
    pause: Callable[[float], object] = Event().wait

    @cached_property
    def workspace(self) -> dict[str, Any]:
        """Ids and token of the seeded Notion workspace, written by its stand-in."""
        return self._written(self.home.notion_workspace)

    def introduce(self, local_url: Callable[[str], str], report: Report, *, fresh: bool) -> str:
        """Fill the secrets, subscribe ingress, wait for the project; returns the webhook's URL.

        `fresh`: stacks were created, so the project has to be announced.

        Raises:
            IntroductionError: the project's configuration did not arrive.
        """
        webhook = self._webhook_secret()
        self.secrets.put(
            SecretValues(
                notion_token=self.workspace["token"],
                github_app=self._written(self.home.github_app),
                webhook=webhook,
            )
        )
        url = f"{local_url(self._parameter('ingress/api/url'))}/webhook/notion"
        self._door("subscribe", {"url": url, "verification_token": webhook["verification_token"]})
        if fresh or not self._project_is_known():
            self._announce(report)
        return url

    def _announce(self, report: Report) -> None:
        project = self.workspace["project_id"]
        report(f"announcing the project {project}")
        self._door("touch", {"page_id": self.workspace["project_page_id"]})
        end = self.clock() + SYNC_SECONDS
        while not self._project_is_known():
            if self.clock() > end:
                raise IntroductionError(
                    f"the configuration of {project} did not reach the orchestrator within "
                    f"{SYNC_SECONDS} s; what ingress did is in its log: {self.home.logs}/engine.log"
                )
            self.pause(POLL_SECONDS)

    def _project_is_known(self) -> bool:
        table = self._parameter("orchestrator/table/name")
        key = {"pk": f"PROJECT#{self.workspace['project_id']}", "sk": "CONFIG"}
        found = self.dynamodb.get_item(
            TableName=table, Key={name: {"S": value} for name, value in key.items()}
        )
        return "Item" in found

    def _webhook_secret(self) -> dict[str, Any]:
        """Made once for a state folder; both ends of the webhook get it."""
        path = self.home.root / "webhook.json"
        if not path.exists():
            made = {
                "verification_token": f"secret_{randomness.token_hex(16)}",
                "automation_secret": randomness.token_hex(16),
                "armed_until": None,
            }
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(json.dumps(made))
        secret: dict[str, Any] = json.loads(path.read_text())
        return secret

    def _written(self, path: Path) -> dict[str, Any]:
        """A file that a stand-in writes at its start."""
        try:
            value: dict[str, Any] = json.loads(path.read_text())
        except FileNotFoundError as error:
            raise IntroductionError(
                f"{path} is not there: the stand-in that writes it did not start; "
                f"see {self.home.logs}/serve.log"
            ) from error
        return value

    def _parameter(self, name: str) -> str:
        path = f"/switchboard/{self.stage}/{name}"
        try:
            return self.ssm.get_parameter(Name=path)["Parameter"]["Value"]
        except ClientError as error:
            raise IntroductionError(f"no stack has published {path}") from error

    def _door(self, name: str, body: dict[str, Any]) -> None:
        try:
            answer = httpx.post(f"{self.notion_url}/_local/{name}", json=body, timeout=15)
        except httpx.TransportError as error:
            raise IntroductionError(f"the Notion stand-in does not answer: {error}") from error
        if answer.is_error:
            raise IntroductionError(f"{answer.request.url}: {answer.status_code} {answer.text}")
