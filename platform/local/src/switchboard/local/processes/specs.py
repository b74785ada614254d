"""What is started: the engine in its own environment, and one process for all stand-ins."""

import sys
from collections.abc import Mapping
from pathlib import Path

from switchboard.local import engine
from switchboard.local.processes import engine_environment
from switchboard.local.processes.ports import Port
from switchboard.local.processes.supervisor import ProcessSpec
from switchboard.local.settings import ACCOUNT, HOST, REGION, LocalSettings

ENGINE = "engine"
SERVE = "serve"
NAMES = (SERVE, ENGINE)
"""In the order in which they are stopped: agents first, then what keeps their state."""
WARM_SECONDS = 120
"""How long a function's second and further processes stay; the first one always stays."""
NO_DOCKER = "unix:///nonexistent/switchboard.sock"
"""ministack removes containers of other runs when it finds a Docker daemon: it shall find none."""


def engine_spec(settings: LocalSettings, environment: Mapping[str, str]) -> ProcessSpec:
    """The AWS engine."""
    home = settings.folder
    state = home.engine_state
    return ProcessSpec(
        ENGINE,
        [str(engine_environment.python(home)), "-m", f"{engine.__name__}.runner"],
        {
            **environment,
            **settings.aws_environment,
            "PYTHONPATH": str(Path(engine.__file__).parents[3]),
            "GATEWAY_PORT": str(settings.port_engine),
            "BIND_HOST": HOST,
            "MINISTACK_ACCOUNT_ID": ACCOUNT,
            "MINISTACK_REGION": REGION,
            "PERSIST_STATE": "1",
            "STATE_DIR": str(state / "state"),
            "S3_PERSIST": "1",
            "S3_DATA_DIR": str(state / "s3"),
            "LAMBDA_EXECUTOR": "local",
            "LAMBDA_WARM_TTL_SECONDS": str(WARM_SECONDS),
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            "DOCKER_HOST": NO_DOCKER,
            "LOG_LEVEL": "WARNING",
            "SWITCHBOARD_ENGINE_REGISTRY": str(home.registry),
            "SWITCHBOARD_ENGINE_BUNDLES": str(state / "bundles"),
            "SWITCHBOARD_ENGINE_JOURNAL": str(home.aws_journal),
            "SWITCHBOARD_TRACES_FOLDER": str(home.traces),
            "SWITCHBOARD_ENGINE_GATEWAY_URL": settings.mcp_url,
        },
        (Port(settings.port_engine, "engine"),),
    )


def serve_spec(settings: LocalSettings, environment: Mapping[str, str]) -> ProcessSpec:
    """The stand-ins: AgentCore, gateway, Notion, GitHub, prototypes, Connect."""
    return ProcessSpec(
        SERVE,
        [sys.executable, "-m", "switchboard.local.serve"],
        {**environment, **settings.as_environment()},
        (
            Port(settings.port_agentcore, "agentcore"),
            Port(settings.port_gateway, "gateway"),
            Port(settings.port_notion, "notion"),
            Port(settings.port_github, "github"),
            Port(settings.port_prototypes, "prototypes"),
            Port(settings.port_connect, "connect"),
        ),
    )
