"""Where the parts of the AgentCore front meet the engine's clients."""

import logging
import time
from dataclasses import dataclass
from pathlib import Path

import httpx

from switchboard.events.trace_export import FOLDER
from switchboard.local.agentcore.agent_process import Launcher
from switchboard.local.agentcore.bundles import Bundles, S3Objects
from switchboard.local.agentcore.code_interpreter_door import CodeInterpreterDoor
from switchboard.local.agentcore.identity import IssueToken, SigningKey, WorkloadTokens
from switchboard.local.agentcore.identity_door import IdentityDoor
from switchboard.local.agentcore.inbound import Inbound
from switchboard.local.agentcore.isolation import Isolation
from switchboard.local.agentcore.journal import Journal
from switchboard.local.agentcore.memory_door import MemoryDoor
from switchboard.local.agentcore.memory_store import MemoryStore
from switchboard.local.agentcore.registry import Registry
from switchboard.local.agentcore.runtime_door import RuntimeDoor
from switchboard.local.agentcore.runtimes import Runtimes
from switchboard.local.agentcore.sandbox import Sandboxes
from switchboard.local.agentcore.secret_store import SecretsManager
from switchboard.local.agentcore.sessions import Session, SessionPool, Timing
from switchboard.local.engine.uses import Uses
from switchboard.local.knowledge.door import KnowledgeDoor
from switchboard.local.knowledge.index import Index
from switchboard.local.model.cassettes import CassetteSwitch
from switchboard.local.model.door import ModelDoor
from switchboard.local.settings import LocalSettings
from switchboard.local.wiring import client

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Front:
    """Everything the AgentCore front serves."""

    runtime: RuntimeDoor
    identity: IdentityDoor
    interpreters: CodeInterpreterDoor
    model: ModelDoor
    knowledge: KnowledgeDoor
    memory: MemoryDoor
    pool: SessionPool
    sandboxes: Sandboxes
    http: httpx.AsyncClient


def build(settings: LocalSettings, timing: Timing) -> Front:
    """Build the front on the state folder and the engine of `settings`."""
    home = settings.folder
    registry = Registry(home.registry)
    cassettes = CassetteSwitch.in_home(home.root)
    runtimes = Runtimes(registry, settings.environment, cassettes.variables)
    tokens = WorkloadTokens()
    key = SigningKey.kept_in(home.root / "identity" / "key.pem")
    objects = S3Objects(client("s3", settings))
    launcher = Launcher(
        bundles=Bundles(objects, home.root / "runtimes"),
        aws_environment={**settings.aws_environment, FOLDER: str(home.traces)},
        sessions_folder=home.root / "sessions",
        logs_folder=home.logs / "sessions",
        uses=Uses(home.aws_journal),
    )
    launcher.end_leftovers()

    def forget_tokens(ended: Session) -> None:
        tokens.revoke(ended.tokens)

    journal = Journal(home.root / "journal" / "sessions.jsonl")
    pool = SessionPool(runtimes, launcher, journal, forget_tokens, timing)
    http = httpx.AsyncClient(timeout=None, limits=httpx.Limits(max_connections=None))  # noqa: S113 - an agent may answer for hours
    home.root.mkdir(parents=True, exist_ok=True)
    isolation = Isolation(home.root, Path.home())
    if not isolation.isolated:
        logger.warning("no namespaces on this system: sandboxed code has limits only")
    sandboxes = Sandboxes(home.root / "sandbox", isolation)
    return Front(
        runtime=RuntimeDoor(runtimes, pool, tokens, http, Inbound(settings.engine_url)),
        identity=IdentityDoor(
            registry,
            tokens,
            IssueToken(key, settings.agentcore_url, time.time),
            key,
            SecretsManager(client("secretsmanager", settings)),
        ),
        interpreters=CodeInterpreterDoor(registry, sandboxes),
        model=ModelDoor(Journal(home.root / "journal" / "model.jsonl")),
        knowledge=KnowledgeDoor(registry, Index(home.root / "knowledge" / "index.db")),
        memory=MemoryDoor(registry, MemoryStore(home.root / "memory")),
        pool=pool,
        sandboxes=sandboxes,
        http=http,
    )
