"""Where Connect's parts meet the engine, the model and the tool gateway."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import boto3
import httpx
from botocore.config import Config

from switchboard.local.agentcore.identity import SigningKey
from switchboard.local.agentcore.registry import Registry
from switchboard.local.connect.agent.adapters.bedrock import BedrockModel
from switchboard.local.connect.agent.adapters.gateway import GatewayTools
from switchboard.local.connect.agent.ports import Model, ToolServer
from switchboard.local.connect.api.assistants import Assistants
from switchboard.local.connect.api.contacts import ConnectApi
from switchboard.local.connect.api.dispatch import Dispatcher
from switchboard.local.connect.api.gateways import Gateways
from switchboard.local.connect.api.runtimes import DeployedRuntimes
from switchboard.local.connect.associations import Associations
from switchboard.local.connect.calls.board import IDLE_SECONDS, Board
from switchboard.local.connect.calls.door import CallDoor
from switchboard.local.connect.calls.functions import LambdaFunctions
from switchboard.local.connect.calls.world import Functions, World
from switchboard.local.connect.contacts import Contacts
from switchboard.local.connect.desk import Desk
from switchboard.local.connect.events import ContactEvents
from switchboard.local.connect.oidc import Issuer
from switchboard.local.connect.sessions import Sessions
from switchboard.local.engine.registry import Registry as WritableRegistry
from switchboard.local.settings import ACCOUNT, REGION, LocalSettings
from switchboard.local.standin.documents import DocumentStore

PARALLEL_CALLS = 64
"""Calls that are worked on at the same moment; more may be on the line."""
MODEL_SECONDS = 60
TOOL_SECONDS = 30


@dataclass(frozen=True)
class Outside:
    """What a test puts in place of what is outside; None is the real thing."""

    functions: Functions | None = None
    model: Model | None = None
    server: ToolServer | None = None
    events: Any = None
    """A client with `put_events`."""
    idle_seconds: float = IDLE_SECONDS


@dataclass(frozen=True)
class Front:
    """Everything that the stand-in serves, and what it has to close."""

    issuer: Issuer
    api: Dispatcher
    door: CallDoor
    board: Board
    contacts: Contacts
    events: ContactEvents
    workers: ThreadPoolExecutor
    http: httpx.Client
    functions: Functions

    def prepare(self) -> None:
        """What the first caller would otherwise wait for."""
        if isinstance(self.functions, LambdaFunctions):
            self.functions.prepare()

    def close(self) -> None:
        """Hang up for everybody, tell the bus, and close what is open."""
        self.board.close()
        self.workers.shutdown(wait=False, cancel_futures=True)
        self.events.close()
        self.http.close()
        self.contacts.close()
        if isinstance(self.functions, LambdaFunctions):
            self.functions.close()


def build(settings: LocalSettings, outside: Outside) -> Front:
    """Build it on the state folder and the ports of `settings`."""
    home = settings.folder
    desk = Desk(Registry(home.registry), Associations(home.connect / "associations.json"))
    key = SigningKey.kept_in(home.connect / "key.pem")
    issuer = Issuer(desk, key, settings.connect_url, time.time)
    sessions, contacts = Sessions(_new_id), Contacts(DocumentStore(home.connect / "contacts.db"))
    http = httpx.Client(
        timeout=httpx.Timeout(TOOL_SECONDS, connect=2),
        limits=httpx.Limits(max_connections=PARALLEL_CALLS),
    )
    events = ContactEvents(outside.events or _client("events", settings.engine_url, 10))
    functions = outside.functions or LambdaFunctions(
        lambda seconds: _client("lambda", settings.engine_url, seconds)
    )
    world = World(
        desk=desk,
        functions=functions,
        model=outside.model
        or BedrockModel(_client("bedrock-runtime", settings.agentcore_url, MODEL_SECONDS)),
        server=outside.server or GatewayTools(http, settings.mcp_url),
        sessions=sessions,
        token=issuer.token,
        publish=events.publish,
        now=_now,
    )
    board = Board(world, contacts, _new_id, idle_seconds=outside.idle_seconds)
    workers = ThreadPoolExecutor(PARALLEL_CALLS, thread_name_prefix="call")
    deployed = WritableRegistry(home.registry)
    operations = (
        *ConnectApi(desk, contacts).operations(),
        *Assistants(desk, sessions).operations(),
        *Gateways(deployed).operations(),
        *DeployedRuntimes(deployed).operations(),
    )
    return Front(
        issuer,
        Dispatcher(operations),
        CallDoor(desk, board, contacts, workers),
        board,
        contacts,
        events,
        workers,
        http,
        functions,
    )


def _client(name: str, url: str, seconds: float) -> Any:
    """A client that asks once: what failed is decided by the flow, not repeated beneath it."""
    config = Config(
        max_pool_connections=PARALLEL_CALLS,
        connect_timeout=2,
        read_timeout=seconds,
        retries={"max_attempts": 0},
    )
    session: Any = boto3.Session(ACCOUNT, "local", region_name=REGION)
    return session.client(name, endpoint_url=url, config=config)


def _new_id() -> str:
    return str(uuid4())


def _now() -> datetime:
    return datetime.now(UTC)
