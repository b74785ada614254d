"""The gateway as an ASGI app: MCP streamable HTTP at `/mcp`."""

import contextlib
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from switchboard.local.agentcore.journal import Journal
from switchboard.local.agentcore.registry import Registry
from switchboard.local.embedded import api_url
from switchboard.local.engine.uses import Uses
from switchboard.local.gateway import wiring
from switchboard.local.gateway.api_keys import ApiKeys
from switchboard.local.gateway.authorizer import Authorizer
from switchboard.local.gateway.call_operation import CallOperation
from switchboard.local.gateway.call_tool import CallTool
from switchboard.local.gateway.deployed import Deployed
from switchboard.local.gateway.issuers import Issuers, Keys
from switchboard.local.gateway.outside import Outside
from switchboard.local.gateway.server import AuthorizationMiddleware, GatewayServer
from switchboard.local.gateway.tools import ReadTarget
from switchboard.local.settings import LocalSettings
from switchboard.local.standin.serving import LOOPBACK_HOSTS

MAX_BODY_BYTES = 6 * 1024 * 1024
"""AgentCore Gateway's payload limit."""


def create_app(settings: LocalSettings, outside: Outside | None = None) -> Starlette:
    """Serve the deployed gateways; the audience of the caller's token says which one is meant.

    Args:
        settings: ports and state folder.
        outside: what is called; the engine and its APIs by default.
    """
    home = settings.folder
    workers = ThreadPoolExecutor(wiring.PARALLEL_CALLS, thread_name_prefix="gateway")
    registry = Registry(home.registry)
    ports = outside or wiring.outside(settings)
    uses = Uses(home.aws_journal)
    call_tool = CallTool(
        ports.functions,
        CallOperation(ports.http_targets, ApiKeys(ports.read_secret)),
        Journal(home.root / "journal" / "tools.jsonl"),
        uses,
    )
    issuers = Issuers(identity=settings.agentcore_url, connect=settings.connect_url)
    read_target = ReadTarget(registry, ports.documents, partial(api_url, settings))
    authorizer = Authorizer(Deployed(registry, read_target), issuers, Keys(issuers))
    server = GatewayServer(call_tool, workers, uses)
    mcp = server.mcp.streamable_http_app(
        json_response=True, stateless_http=True, max_request_body_size=MAX_BODY_BYTES
    )

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        # A mounted app's own lifespan is not run by Starlette.
        async with mcp.router.lifespan_context(mcp):
            yield
        workers.shutdown(cancel_futures=True)
        ports.functions.close()
        ports.http_targets.close()

    async def metadata(_request: Request) -> Response:
        return JSONResponse(
            {"resource": settings.mcp_url, "authorization_servers": [settings.agentcore_url]}
        )

    return Starlette(
        routes=[
            Route("/ping", _alive),
            Route("/.well-known/oauth-protected-resource", metadata),
            Mount("/", app=mcp),
        ],
        middleware=[
            Middleware(TrustedHostMiddleware, allowed_hosts=LOOPBACK_HOSTS),
            Middleware(AuthorizationMiddleware, authorizer=authorizer, url=settings.gateway_url),
        ],
        lifespan=lifespan,
    )


async def _alive(_request: Request) -> Response:
    return JSONResponse({"status": "Healthy"})
