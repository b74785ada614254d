"""How every stand-in is put together: loopback hosts only, faults first, live pages."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import Lifespan

from switchboard.local.standin.body import LOCAL_ERRORS
from switchboard.local.standin.faults import Faults

# A page on the internet that resolves its own name to 127.0.0.1 must not reach the doors.
LOOPBACK_HOSTS = ["127.0.0.1", "localhost"]
ASSETS = Path(__file__).parent / "assets"


def application(
    routes: Sequence[BaseRoute],
    faults: Faults,
    lifespan: Lifespan[Starlette],
    errors: dict[Any, Any],
) -> Starlette:
    """A Starlette app with the doors that all stand-ins share."""
    return Starlette(
        routes=[
            *faults.routes(),
            Route("/_local/live.js", _asset),
            Route("/_local/pages.css", _asset),
            *routes,
        ],
        middleware=[
            Middleware(TrustedHostMiddleware, allowed_hosts=LOOPBACK_HOSTS),
            Middleware(faults.middleware),
        ],
        exception_handlers={**LOCAL_ERRORS, **errors},
        lifespan=lifespan,
    )


async def _asset(request: Request) -> Response:
    name = request.url.path.rsplit("/", 1)[-1]
    return FileResponse(ASSETS / name, headers={"Cache-Control": "no-cache"})
