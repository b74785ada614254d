"""The AgentCore front as one ASGI app: runtimes, identity, memory, Bedrock."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from switchboard.local.agentcore import wiring
from switchboard.local.agentcore.aws_answers import AwsError, NotFoundError, answer_error
from switchboard.local.agentcore.sessions import Timing
from switchboard.local.settings import LocalSettings
from switchboard.local.standin.serving import LOOPBACK_HOSTS


def create_app(settings: LocalSettings, timing: Timing | None = None) -> Starlette:
    """Serve what a boto3 client finds at AWS_ENDPOINT_URL_BEDROCK_AGENTCORE and _BEDROCK_RUNTIME.

    Args:
        settings: ports and state folder.
        timing: clock and intervals of the session pool; tests pass their own.
    """
    front = wiring.build(settings, timing or Timing())

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        watching = asyncio.create_task(front.pool.watch())
        try:
            yield
        finally:
            front.pool.begin_close()
            await watching
            await front.pool.close()
            await front.http.aclose()
            await asyncio.to_thread(front.sandboxes.close)
            front.knowledge.close()
            front.memory.close()

    return Starlette(
        routes=[
            Route("/ping", _alive),
            *front.identity.routes(),
            *front.interpreters.routes(),
            *front.knowledge.routes(),
            *front.memory.routes(),
            Route("/runtimes/{rest:path}", front.runtime.__call__, methods=["POST"]),
            Route("/model/{rest:path}", front.model.__call__, methods=["POST"]),
            Route("/{rest:path}", _unknown, methods=["GET", "POST", "PUT", "DELETE"]),
        ],
        # A page on the internet that resolves its own name to 127.0.0.1 must not reach this door.
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=LOOPBACK_HOSTS)],
        exception_handlers={AwsError: answer_error},
        lifespan=lifespan,
    )


async def _alive(_request: Request) -> Response:
    return JSONResponse({"status": "Healthy"})


async def _unknown(request: Request) -> Response:
    raise NotFoundError(f"{request.method} {request.url.path} is not served locally")
