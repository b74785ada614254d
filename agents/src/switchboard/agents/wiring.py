"""Where settings, clients and adapters meet.

Strands, MCP and boto3 are imported when the first run starts: `/ping` answers in a third of
the time.
"""

import time
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from bedrock_agentcore import BedrockAgentCoreApp

from switchboard.agents.log import set_up_logging
from switchboard.agents.models import ModelChoice, build_model
from switchboard.agents.runtime import AgentRuntime
from switchboard.agents.settings import Settings

if TYPE_CHECKING:
    from strands.models.model import Model

    from switchboard.agents.remembering import Memory
    from switchboard.agents.run import RunAgent


def app(settings: Settings) -> BedrockAgentCoreApp:
    """The server of the agent the settings name."""
    server = BedrockAgentCoreApp()

    @cache
    def work() -> "RunAgent":
        return run_agent(settings)

    AgentRuntime(server, settings.AGENT, work)
    return server


def run_agent(settings: Settings) -> "RunAgent":
    """The use case on real adapters (or on whatever the endpoint variables point to)."""
    import boto3
    from botocore.config import Config

    from switchboard.agents.definition import definition_of
    from switchboard.agents.event_bus import EventBridgeBus
    from switchboard.agents.gateway import GatewayTools, IdentityTokens
    from switchboard.agents.run import RunAgent
    from switchboard.agents.tracing import set_up_tracing
    from switchboard.agents.usage import Clocks
    from switchboard.events.envelope import utc_now

    model = settings.model_choice(_model_key(settings))
    spans = settings.spans
    set_up_tracing(spans)
    # Nobody else reports the outcome, so the call that does is retried for long.
    retries = Config(retries={"mode": "standard", "total_max_attempts": 8})
    return RunAgent(
        agent=definition_of(settings.AGENT),
        model_id=model.name,
        model=_model(settings, model),
        tools=GatewayTools(
            settings.GATEWAY_MCP_ENDPOINT,
            IdentityTokens(settings.GATEWAY_OAUTH_PROVIDER, settings.GATEWAY_OAUTH_SCOPE),
        ),
        bus=EventBridgeBus(boto3.client("events", config=retries), settings.EVENT_BUS_NAME),
        clocks=Clocks(wall=time.perf_counter, cpu=time.process_time),
        now=utc_now,
        # a run that is recorded remembers nothing, so that the same story asks the same again
        memory=None if settings.MODEL_CASSETTES else _memory(settings),
        spans=spans,
    )


def _model(settings: Settings, choice: ModelChoice) -> "Callable[[], Model]":
    if not settings.MODEL_CASSETTES:
        return lambda: build_model(choice)
    from switchboard.agents.cassettes import with_cassettes

    return with_cassettes(
        settings.MODEL_CASSETTES, settings.AGENT, choice.name, lambda: build_model(choice)
    )


def _model_key(settings: Settings) -> Callable[[], str] | None:
    if not settings.MODEL_API_KEY_SECRET_ARN:
        return None
    import boto3

    from switchboard.agents.model_key import key_from

    return key_from(boto3.client("secretsmanager"), settings.MODEL_API_KEY_SECRET_ARN)


def _memory(settings: Settings) -> "Memory | None":
    """A memory that answers late costs a run seconds, so it is asked once and not for long."""
    if not settings.MEMORY_ID:
        return None
    import boto3
    from botocore.config import Config

    from switchboard.agents.agentcore_memory import AgentCoreMemory
    from switchboard.events.envelope import utc_now

    patience = Config(
        retries={"mode": "standard", "total_max_attempts": 2}, connect_timeout=3, read_timeout=10
    )
    client = boto3.client("bedrock-agentcore", config=patience)
    return AgentCoreMemory(client, settings.MEMORY_ID, utc_now)


def serve() -> None:
    """Run the agent's server until the process is stopped."""
    settings = Settings.from_env()
    set_up_logging(settings.LOG_LEVEL)
    app(settings).run(port=settings.PORT, host=settings.bind_host)
