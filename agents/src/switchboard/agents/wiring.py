"""Where settings, clients and adapters meet.

Strands, MCP and boto3 are imported when the first run starts: `/ping` answers in a third of
the time.
"""

import time
from functools import cache
from typing import TYPE_CHECKING

from bedrock_agentcore import BedrockAgentCoreApp

from switchboard.agents.log import set_up_logging
from switchboard.agents.models import build_model
from switchboard.agents.runtime import AgentRuntime
from switchboard.agents.settings import Settings

if TYPE_CHECKING:
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
    from switchboard.agents.usage import Clocks
    from switchboard.events.envelope import utc_now

    # Nobody else reports the outcome, so the call that does is retried for long.
    retries = Config(retries={"mode": "standard", "total_max_attempts": 8})
    return RunAgent(
        agent=definition_of(settings.AGENT),
        model_id=settings.MODEL_ID,
        model=lambda: build_model(settings.MODEL_ID),
        tools=GatewayTools(
            settings.GATEWAY_MCP_ENDPOINT,
            IdentityTokens(settings.GATEWAY_OAUTH_PROVIDER, settings.GATEWAY_OAUTH_SCOPE),
        ),
        bus=EventBridgeBus(boto3.client("events", config=retries), settings.EVENT_BUS_NAME),
        clocks=Clocks(wall=time.perf_counter, cpu=time.process_time),
        now=utc_now,
    )


def serve() -> None:
    """Run the agent's server until the process is stopped."""
    settings = Settings.from_env()
    set_up_logging(settings.LOG_LEVEL)
    app(settings).run(port=settings.PORT, host=settings.bind_host)
