"""One engine for all tests of this folder, with the probe stack deployed to it."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from socket import create_server
from threading import Event
from typing import Any

import httpx
import psutil
import pytest

from switchboard.local import embedded, wiring
from switchboard.local.deployment.deployer import Deployer
from switchboard.local.home import repository_root
from switchboard.local.processes import engine_environment, specs
from switchboard.local.processes.supervisor import Supervisor
from switchboard.local.settings import LocalSettings, user_environment

STACK = "switchboard-dev-probe"


@dataclass
class Engine:
    """A running engine, as the supervisor runs it, and clients for it."""

    settings: LocalSettings
    assembly: Path

    def __post_init__(self) -> None:
        self.supervisor = Supervisor(self.settings.folder)
        self.clients: dict[str, Any] = {}

    def start(self) -> None:
        environment = user_environment()
        engine_environment.ensure(self.settings.folder, environment, print)
        spec = specs.engine_spec(self.settings, {**environment, "AWS_PROFILE": "mine"})
        quick = {**spec.environment, "SWITCHBOARD_ENGINE_SAVE_SECONDS": "0.2"}
        self.supervisor.start(replace(spec, environment=quick))
        self.supervisor.wait_until(specs.ENGINE, self.answers, 30)

    def answers(self) -> bool:
        try:
            httpx.get(f"{self.settings.engine_url}/_localstack/health", timeout=5)
        except httpx.TransportError:
            return False
        return True

    def process(self) -> psutil.Process:
        found = self.supervisor.find(specs.ENGINE)
        assert found is not None
        return found

    def client(self, name: str) -> Any:
        if name not in self.clients:
            self.clients[name] = wiring.client(name, self.settings)
        return self.clients[name]

    @cached_property
    def outputs(self) -> dict[str, str]:
        stacks = self.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"]
        return {
            item["OutputKey"].removesuffix("Output"): item["OutputValue"]
            for item in stacks[0]["Outputs"]
        }

    def deploy(self) -> list[str]:
        self.deployer.bootstrap()
        return [item.outcome for item in self.deployer.deploy(self.assembly, {}, print)]

    @cached_property
    def deployer(self) -> Deployer:
        return embedded.deployer(self.settings)

    def invoke(self, payload: dict[str, Any], **options: Any) -> dict[str, Any]:
        answer = self.client("lambda").invoke(
            FunctionName=self.outputs["Answer"], Payload=json.dumps(payload), **options
        )
        body: dict[str, Any] = json.loads(answer["Payload"].read())
        return body

    def secret(self, output: str, key: str = "key") -> str:
        """A value of the secret that an output names."""
        found = self.client("secretsmanager").get_secret_value(SecretId=self.outputs[output])
        return str(json.loads(found["SecretString"])[key])

    def received(self, queue: str) -> list[Any]:
        """Up to ten messages of a queue that an output names."""
        answer = self.client("sqs").receive_message(
            QueueUrl=self.outputs[queue], MaxNumberOfMessages=10, VisibilityTimeout=60
        )
        return [json.loads(message["Body"]) for message in answer.get("Messages", [])]

    def publish(self, event_id: str, project: str = "proj") -> None:
        """Write an outbox row, as a service does."""
        detail = json.dumps({"metadata": {"id": event_id, "project_id": project}, "data": {}})
        self.client("dynamodb").put_item(
            TableName=self.outputs["Table"],
            Item={
                "pk": {"S": f"OUTBOX#{event_id}"},
                "sk": {"S": "OUTBOX"},
                "source": {"S": "switchboard.probe"},
                "detail_type": {"S": "InvocationDelivered.v1"},
                "detail": {"S": detail},
            },
        )

    def row(self, partition_key: str, sort_key: str) -> dict[str, Any] | None:
        key = {"pk": {"S": partition_key}, "sk": {"S": sort_key}}
        answer = self.client("dynamodb").get_item(TableName=self.outputs["Table"], Key=key)
        found: dict[str, Any] | None = answer.get("Item")
        return found

    def seen(self, event_id: str) -> bool:
        """Whether the consumer has written its row."""
        return self.row(f"SEEN#{event_id}", "SEEN") is not None


@pytest.fixture(scope="session")
def assembly() -> Path:
    """The synthesized probe stack; its bundle is kept between runs."""
    out = repository_root() / "build" / "engine-tests" / "cdk.out"
    script = Path(__file__).with_name("probe_stack.py")
    environment = {**user_environment(), "CDK_VALIDATION": "false"}
    subprocess.run(
        [sys.executable, str(script), str(out)], check=True, env=environment, capture_output=True
    )
    return out


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory, assembly: Path) -> Iterator[Engine]:
    with create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    home = tmp_path_factory.mktemp("home")
    running = Engine(LocalSettings(home=home, port_engine=port), assembly)
    running.start()
    running.deploy()
    yield running
    running.supervisor.stop(specs.ENGINE, 30)


@pytest.fixture
def until() -> Callable[[Callable[[], Any], float], Any]:
    """Wait for a condition and return its value."""

    def wait(condition: Callable[[], Any], timeout: float = 30) -> Any:
        end = time.monotonic() + timeout
        pause = Event()
        while time.monotonic() < end:
            if value := condition():
                return value
            pause.wait(0.02)
        raise AssertionError(f"not within {timeout} s")

    return wait
