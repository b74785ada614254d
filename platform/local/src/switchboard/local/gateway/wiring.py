"""Where the gateway meets the engine."""

import boto3
from botocore.config import Config

from switchboard.local.gateway.adapters.lambda_functions import LambdaFunctions
from switchboard.local.settings import ACCOUNT, REGION, LocalSettings

PARALLEL_CALLS = 16
FUNCTION_SECONDS = 300


def functions(settings: LocalSettings) -> LambdaFunctions:
    """Functions on the engine; one client with a connection per parallel call.

    No retries: a tool call is repeated by the agent, under the effect ledger, or not at all.
    """
    config = Config(
        max_pool_connections=PARALLEL_CALLS,
        connect_timeout=2,
        read_timeout=FUNCTION_SECONDS,
        retries={"max_attempts": 0},
    )
    session = boto3.Session(ACCOUNT, "local", region_name=REGION)
    return LambdaFunctions(
        session.client("lambda", endpoint_url=settings.engine_url, config=config)
    )
