"""Amazon Connect as one ASGI app: OIDC issuer, AWS APIs, and the door for calls."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator

from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from switchboard.contact_flows.test_cases.model import CaseFormatError
from switchboard.local.agentcore.aws_answers import AwsError, answer_error
from switchboard.local.connect import wiring
from switchboard.local.connect.calls.board import CallError
from switchboard.local.connect.calls.door import answer_call_error
from switchboard.local.connect.desk import NotDeployedError
from switchboard.local.connect.wiring import Front, Outside
from switchboard.local.settings import LocalSettings
from switchboard.local.standin.body import LOCAL_ERRORS
from switchboard.local.standin.serving import LOOPBACK_HOSTS

logger = logging.getLogger(__name__)

LOOK_SECONDS = 2.0
"""How often idle calls are looked for."""


def create_app(settings: LocalSettings, outside: Outside | None = None) -> Starlette:
    """Serve what a boto3 client finds at AWS_ENDPOINT_URL_CONNECT, and `/calls` for people.

    Args:
        settings: ports and state folder.
        outside: functions, model and tools; the real ones by default.
    """
    front = wiring.build(settings, outside or Outside())

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        front.events.start()
        front.workers.submit(front.prepare)
        watching = asyncio.create_task(_watch(front))
        try:
            yield
        finally:
            watching.cancel()
            await asyncio.to_thread(front.close)

    return Starlette(
        routes=[
            Route("/ping", _alive),
            *front.issuer.routes(),
            *front.door.routes(),
            Route(
                "/{rest:path}",
                front.api.__call__,
                methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
            ),
        ],
        # A page on the internet that resolves its own name to 127.0.0.1 must not reach this door.
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=LOOPBACK_HOSTS)],
        exception_handlers={
            **LOCAL_ERRORS,
            ValidationError: _bad_call,
            AwsError: answer_error,
            CallError: answer_call_error,
            CaseFormatError: answer_call_error,
            NotDeployedError: answer_call_error,
        },
        lifespan=lifespan,
    )


async def _watch(front: Front) -> None:
    """Idle calls end; calls that a kill has cut off are told to be over."""
    while True:
        for work in (front.board.finish_cut_off, front.board.end_idle):
            try:
                await asyncio.get_running_loop().run_in_executor(front.workers, work)
            except Exception:  # the outermost edge: the watch goes on
                logger.exception("watching calls failed")
        await asyncio.sleep(LOOK_SECONDS)


async def _alive(_request: Request) -> Response:
    return JSONResponse({"status": "Healthy"})


async def _bad_call(_request: Request, error: Exception) -> Response:
    """400 in one sentence per fault, without what was said."""
    if not isinstance(error, ValidationError):
        raise error
    faults = [
        f"{'.'.join(map(str, fault['loc'])) or 'body'}: {fault['msg']}"
        for fault in error.errors(include_input=False, include_url=False)
    ]
    problem = {
        "code": "BAD_BODY",
        "message": "; ".join(faults),
        "remediation": 'a call: {"from": "+15555550100"}; a turn: {"say": "..."}, {"keys": "1"}, '
        '{"silence": true} or {"hang_up": true}',
    }
    return JSONResponse({"error": problem}, 400)
