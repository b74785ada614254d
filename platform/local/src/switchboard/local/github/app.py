"""The GitHub stand-in as one ASGI app; run it in one process with one worker."""

import base64
import binascii
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from pydantic import BaseModel, ConfigDict
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from switchboard.local.github import api, board
from switchboard.local.github.accounts import Accounts
from switchboard.local.github.call import Hub, error_response
from switchboard.local.github.errors import GitHubError
from switchboard.local.github.seed import (
    OWNER,
    create_repository,
    open_store,
    repositories,
    seed_repositories,
)
from switchboard.local.github.shapes import Shapes
from switchboard.local.github.smart_http import SmartHttp
from switchboard.local.settings import LocalSettings
from switchboard.local.standin.body import BadBodyError, read_json
from switchboard.local.standin.faults import Fault, Faults
from switchboard.local.standin.serving import application

MESSAGES = {
    401: "Bad credentials",
    403: "You have exceeded a secondary rate limit. Please wait before you try again.",
    404: "Not Found",
    429: "API rate limit exceeded",
    500: "Server Error",
    502: "Server Error",
    503: "Service Unavailable",
}


class NewRepository(BaseModel):
    """A repository made by hand; `files` are texts by path (`base64:` before binary ones)."""

    model_config = ConfigDict(extra="forbid")

    owner: str = OWNER
    name: str
    files: dict[str, str]


def create_app(settings: LocalSettings) -> Starlette:
    """The app on the repositories in `<home>/github`, seeded when they are new."""
    store = open_store(settings)
    app = seed_repositories(settings, store)
    accounts = Accounts(store, app.app_id, app.public_key)
    hub = Hub(repositories(settings), store, accounts, Shapes(settings.github_url), OWNER)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        store.close()

    faults = Faults(_fault_answer, covers=api.is_api)
    routes: list[Any] = [
        *_doors(hub),
        *api.routes(hub),
        *SmartHttp(hub).routes(),
        *board.Board(hub).routes(),
    ]
    return application(routes, faults, lifespan, {GitHubError: _refused})


def _fault_answer(fault: Fault) -> Response:
    message = MESSAGES.get(fault.status, "Injected fault")
    waits = fault.status not in (401, 404) and fault.retry_after is not None
    headers = {"Retry-After": str(fault.retry_after)} if waits else None
    return error_response(GitHubError(fault.status, message), headers)


async def _refused(_request: Request, error: Exception) -> Response:
    if not isinstance(error, GitHubError):
        raise TypeError("not an error of the API") from error
    return error_response(error)


def _doors(hub: Hub) -> list[Route]:
    async def create(request: Request) -> Response:
        """`POST /_local/repos`: another repository, for experiments and tests."""
        wanted = NewRepository.model_validate(await read_json(request))
        files = {path: _bytes(text) for path, text in wanted.files.items()}
        made = create_repository(hub.repositories, wanted.owner, wanted.name, files)
        body = {"full_name": f"{wanted.owner}/{wanted.name}", "created": made}
        return JSONResponse(body, 201 if made else 200)

    return [Route("/_local/repos", create, methods=["POST"])]


def _bytes(text: str) -> bytes:
    if not text.startswith("base64:"):
        return text.encode()
    try:
        return base64.b64decode(text.removeprefix("base64:"))
    except binascii.Error as error:
        raise BadBodyError(f"A file is not valid Base64: {error}") from error
