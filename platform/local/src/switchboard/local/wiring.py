"""Where the local platform's settings and clients meet."""

from typing import Any

import boto3
from botocore.config import Config

from switchboard.local.settings import ACCOUNT, REGION, LocalSettings

AGENTCORE = {"bedrock-agentcore", "bedrock-runtime", "bedrock-agent", "bedrock-agent-runtime"}
"""Services the AgentCore front serves; the engine serves the others."""
CONTROL = "bedrock-agentcore-control"
"""Served beside Amazon Connect's API."""


def client(name: str, settings: LocalSettings) -> Any:
    """A boto3 client for the running local platform, whatever AWS account the user works with."""
    url = settings.agentcore_url if name in AGENTCORE else settings.engine_url
    if name == CONTROL:
        url = settings.connect_url
    session: Any = boto3.Session(ACCOUNT, "local", region_name=REGION)
    config = Config(
        connect_timeout=2,
        read_timeout=60,
        retries={"max_attempts": 1},
        s3={"addressing_style": "path"},
    )
    return session.client(name, endpoint_url=url, config=config)
