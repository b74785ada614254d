"""Where the gateway meets the engine and the APIs it calls."""

import httpx
from botocore.credentials import Credentials

from switchboard.local import wiring
from switchboard.local.agentcore.secret_store import SecretsManager
from switchboard.local.gateway.adapters.httpx_targets import HttpxTargets
from switchboard.local.gateway.adapters.lambda_functions import LambdaFunctions
from switchboard.local.gateway.adapters.s3_documents import S3Documents
from switchboard.local.gateway.outside import Outside
from switchboard.local.settings import ACCOUNT, LocalSettings

PARALLEL_CALLS = 32
"""Twenty callers of the desk, and the agents beside them."""
FUNCTION_SECONDS = 300
API_SECONDS = 30
"""An API Gateway stage answers within 29."""


def functions(settings: LocalSettings) -> LambdaFunctions:
    """Functions on the engine; a connection per parallel call.

    No retries: a tool call is repeated by the agent, under the effect ledger, or not at all.
    """
    credentials = Credentials(ACCOUNT, "local")
    return LambdaFunctions(_http(FUNCTION_SECONDS), settings.engine_url, credentials)


def http_targets() -> HttpxTargets:
    """APIs over HTTP, one connection per parallel call; no retries, as for functions.

    No redirects: what an API is called with, its key too, is for the deployed address alone.
    """
    return HttpxTargets(_http(API_SECONDS))


def _http(seconds: float) -> httpx.Client:
    limits = httpx.Limits(max_connections=PARALLEL_CALLS, max_keepalive_connections=PARALLEL_CALLS)
    timeout = httpx.Timeout(seconds, connect=2)
    return httpx.Client(limits=limits, timeout=timeout, trust_env=False)


def outside(settings: LocalSettings) -> Outside:
    """What the gateway calls, on the engine and at its APIs."""
    return Outside(
        functions=functions(settings),
        http_targets=http_targets(),
        documents=S3Documents(wiring.client("s3", settings)),
        read_secret=SecretsManager(wiring.client("secretsmanager", settings)).text,
    )
