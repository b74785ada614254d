"""The embedded platform as a whole: up, down, status, reset.

`up` starts the engine and the stand-ins while the CDK apps are synthesized, deploys what changed,
fills the secrets, subscribes ingress to the Notion stand-in and waits until the project is known.
"""

import contextlib
import re
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass

import httpx

from switchboard.local import wiring
from switchboard.local.connect.client import CallRefusedError, Desk
from switchboard.local.deployment.deployer import Deployed, Deployer
from switchboard.local.deployment.introduction import Introduction
from switchboard.local.deployment.model import AgentsModel
from switchboard.local.deployment.secrets import Secrets
from switchboard.local.deployment.stage import Stage
from switchboard.local.deployment.stamp import Stamp
from switchboard.local.deployment.synthesis import Synthesizer
from switchboard.local.home import Home, repository_root
from switchboard.local.processes import engine_environment, specs
from switchboard.local.processes.lock import exclusive
from switchboard.local.processes.supervisor import ProcessStatus, Supervisor
from switchboard.local.settings import LOCAL_MODEL, LocalSettings, user_environment

Report = Callable[[str], None]

START_SECONDS = 60
STOP_SECONDS = 30
"""The engine writes its state when it is asked to stop."""
EXECUTE_API = re.compile(r"https?://([^./]+)\.execute-api\.[^/]+(?:/([^/]+))?/?(.*)")
KEPT = ("engine-*", "cdk.out")
"""What a reset leaves: nothing that was entered or done, only what takes long to make again."""


@dataclass(frozen=True)
class Running:
    """A platform that is up."""

    settings: LocalSettings
    deployed: list[Deployed]
    webhook_url: str
    desk_number: str
    """What a caller rings; empty when the desk cannot be rung."""
    seconds: float


@dataclass(frozen=True)
class Status:
    """What runs and what is deployed."""

    processes: list[ProcessStatus]
    stacks: list[str]
    home: str

    @property
    def is_up(self) -> bool:
        """Whether every process runs."""
        return {item.name for item in self.processes} >= set(specs.NAMES)


def api_url(settings: LocalSettings, url: str) -> str:
    """Where a deployed API answers locally, without a trailing slash.

    Its own URL (`https://<id>.execute-api.<region>.amazonaws.com/<stage>/`) is what the stacks
    publish; only its host is not of this machine.
    """
    found = EXECUTE_API.fullmatch(url)
    if found is None:
        return url.rstrip("/")
    api, stage, path = found.groups()
    return f"{settings.engine_url}/_aws/execute-api/{api}/{stage or '$default'}/{path}".rstrip("/")


def up(
    report: Report, settings: LocalSettings | None = None, ready: Stamp | None = None
) -> Running:
    """Bring everything up; what runs or is deployed already is left alone.

    With `ready` nothing is synthesized: the assemblies that this stamp tells of lie in the home.

    Raises:
        BusyError, PortTakenError, EngineInstallError, ProcessEndedError, SynthesisError,
        DeployError: each says what to do.
    """
    chosen = settings or LocalSettings.from_env()
    start = time.monotonic()
    with exclusive(chosen.folder):
        preparation = _stage(chosen).prepare(report, ready)
        _start(chosen, report)
        introduction = _introduction(chosen)
        deployed = _stage(chosen).deploy(preparation, _parameters(chosen, introduction), report)
        webhook = introduction.introduce(
            lambda url: api_url(chosen, url), report, fresh=_fresh(deployed)
        )
        _tell_engine(chosen, "save")
        _tell_engine(chosen, "warm")
    number = _desk_number(chosen, report)
    return Running(chosen, deployed, webhook, number, time.monotonic() - start)


def down(settings: LocalSettings | None = None) -> list[str]:
    """Stop everything, the engine last so that it saves what the others did; returns the names.

    A shadow that a replay kept, or is working in, ends with it.
    """
    chosen = settings or LocalSettings.from_env()
    supervisor = Supervisor(chosen.folder)
    with exclusive(chosen.folder):
        for name in specs.NAMES:
            Supervisor(Home(chosen.folder.shadow)).stop(name, STOP_SECONDS)
        stopped = [name for name in specs.NAMES if supervisor.stop(name, STOP_SECONDS)]
        supervisor.sweep()
    return stopped


def status(settings: LocalSettings | None = None) -> Status:
    """What runs now."""
    chosen = settings or LocalSettings.from_env()
    last = Stamp.read(chosen.folder.stamp)
    return Status(
        processes=Supervisor(chosen.folder).status(),
        stacks=last.stacks if last else [],
        home=str(chosen.home),
    )


def reset(settings: LocalSettings | None = None) -> None:
    """Stop everything and forget all state; the engine's environment and bundles are kept."""
    chosen = settings or LocalSettings.from_env()
    down(chosen)
    kept = {path for pattern in KEPT for path in chosen.home.glob(pattern)}
    for path in chosen.home.iterdir():
        if path in kept:
            continue
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def _start(settings: LocalSettings, report: Report) -> None:
    supervisor = Supervisor(settings.folder)
    environment = user_environment()
    supervisor.sweep()
    serving = specs.serve_spec(settings, environment)
    supervisor.start(serving)
    engine_environment.ensure(settings.folder, environment, report)
    supervisor.start(specs.engine_spec(settings, environment))
    health = f"{settings.engine_url}/_localstack/health"
    supervisor.wait_until(specs.ENGINE, lambda: _answers(health), START_SECONDS)
    for port in serving.ports:
        url = f"http://127.0.0.1:{port.number}/"
        supervisor.wait_until(specs.SERVE, lambda url=url: _answers(url), START_SECONDS)  # type: ignore[misc]


def _tell_engine(settings: LocalSettings, what: str) -> None:
    # Neither is needed: state is saved now and then, functions start with their first event.
    with contextlib.suppress(httpx.HTTPError):
        httpx.post(f"{settings.engine_url}/_switchboard/{what}", timeout=10)


def _desk_number(settings: LocalSettings, report: Report) -> str:
    """The number of the desk: everything else works without one, so its lack is only said."""
    try:
        with Desk.of(settings) as desk:
            return desk.number()
    except CallRefusedError as error:
        report(f"the desk cannot be rung: {error}")
        return ""


def _answers(url: str) -> bool:
    try:
        httpx.get(url, timeout=5)
    except httpx.TransportError:
        return False
    return True


def _stage(settings: LocalSettings) -> Stage:
    environment = {**user_environment(), **settings.as_environment()}
    return Stage(
        root=repository_root(),
        home=settings.folder,
        synthesizer=Synthesizer(settings.folder.assemblies, settings.environment, environment),
        deployer=deployer(settings),
    )


def deployer(settings: LocalSettings) -> Deployer:
    """The deployer for the engine of these settings."""
    return Deployer(
        cloudformation=wiring.client("cloudformation", settings),
        s3=wiring.client("s3", settings),
        ssm=wiring.client("ssm", settings),
        endpoint=settings.engine_url,
    )


def _introduction(settings: LocalSettings) -> Introduction:
    ssm = wiring.client("ssm", settings)
    return Introduction(
        home=settings.folder,
        notion_url=settings.notion_url,
        stage=settings.environment,
        ssm=ssm,
        dynamodb=wiring.client("dynamodb", settings),
        secrets=Secrets(ssm, wiring.client("secretsmanager", settings), settings.environment),
    )


def _parameters(settings: LocalSettings, introduction: Introduction) -> dict[str, str]:
    """CloudFormation parameters that differ from their defaults on this machine."""
    return {
        "NotionApiUrl": settings.notion_url,
        "NotionWorkspaceId": introduction.workspace["workspace_id"],
        "GithubApiUrl": settings.github_url,
        "PrototypesUrl": settings.prototypes_url,
        "ProjectsDataSourceId": introduction.workspace["projects_data_source_id"],
        "ModelId": LOCAL_MODEL,
        "KnowledgeBase": "on",
        "RunLimitSeconds": str(settings.run_limit_seconds),
        **AgentsModel(settings, wiring.client("secretsmanager", settings)).parameters(),
    }


def _fresh(deployed: list[Deployed]) -> bool:
    return any(item.outcome == "created" for item in deployed)
