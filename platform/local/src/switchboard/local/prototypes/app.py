"""The CloudFront stand-in as one ASGI app."""

from collections.abc import Callable
from datetime import datetime

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from switchboard.local import wiring
from switchboard.local.prototypes.edge import HEADERS, Answer, Edge, denied, now
from switchboard.local.prototypes.origin import Origin, OriginUnavailableError, S3Origin
from switchboard.local.settings import LocalSettings
from switchboard.local.standin.serving import LOOPBACK_HOSTS

SAFE = ("GET", "HEAD")
EVERY = [*SAFE, "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


def create_app(
    settings: LocalSettings,
    origin: Origin | None = None,
    clock: Callable[[], datetime] = now,
) -> Starlette:
    """The app in front of the engine's prototype bucket."""
    edge = Edge(origin or _engine_origin(settings), clock)

    async def answer(request: Request) -> Response:
        if request.method not in SAFE:
            return _response(denied())
        uri = request.scope.get("raw_path", request.url.path.encode()).decode("latin-1")
        try:
            found = await run_in_threadpool(edge, uri)
        except OriginUnavailableError:
            text = b"The prototype bucket cannot be read. Is the platform deployed?"
            found = Answer(502, text, "text/plain; charset=utf-8")
        return _response(found)

    return Starlette(
        routes=[Route("/{path:path}", answer, methods=EVERY)],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=LOOPBACK_HOSTS)],
    )


def _engine_origin(settings: LocalSettings) -> Origin:
    parameter = f"/switchboard/{settings.environment}/platform/prototypes/bucket"
    return S3Origin(wiring.client("s3", settings), wiring.client("ssm", settings), parameter)


def _response(answer: Answer) -> Response:
    return Response(answer.body, answer.status, HEADERS, media_type=answer.content_type)
