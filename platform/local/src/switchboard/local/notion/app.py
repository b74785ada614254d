"""The Notion stand-in as one ASGI app; run it in one process with one worker."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from http import HTTPStatus

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

from switchboard.local.notion import api, board
from switchboard.local.notion.delivery import PAUSES, Deliverer, Sleep
from switchboard.local.notion.doors import Doors
from switchboard.local.notion.errors import NotionError
from switchboard.local.notion.events import Outbox
from switchboard.local.notion.seed import open_store, seed_workspace
from switchboard.local.notion.state import NotionState
from switchboard.local.settings import LocalSettings
from switchboard.local.standin.faults import Fault, Faults
from switchboard.local.standin.serving import application

CODES = {
    401: ("unauthorized", "API token is invalid."),
    409: ("conflict_error", "Conflict occurred while saving. Please try again."),
    429: ("rate_limited", "This request exceeds the number of requests allowed. Slow down."),
    500: ("internal_server_error", "Unexpected error occurred."),
    502: ("bad_gateway", "Notion encountered an issue while attempting this request."),
    503: ("service_unavailable", "Notion is unavailable. Please try again later."),
    504: ("gateway_timeout", "Notion timed out while attempting this request."),
    529: ("service_overload", "Notion is overloaded. Please try again later."),
}


def create_app(
    settings: LocalSettings, pauses: Sequence[float] = PAUSES, sleep: Sleep = asyncio.sleep
) -> Starlette:
    """The app on the workspace in `<home>/notion`, seeded when it is new.

    `pauses` are the seconds before webhook attempts 2 to 8.
    """
    store = open_store(settings)
    seed_workspace(settings, store)
    outbox = Outbox(store)
    state = NotionState(store, outbox, settings.notion_url)
    deliverer = Deliverer(outbox, pauses, sleep)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        await deliverer.start()
        yield
        await deliverer.stop()
        store.close()

    routes = [*api.routes(state), *Doors(state, deliverer).routes(), *board.Board(state).routes()]
    faults = Faults(_fault_answer, covers=lambda path: path.startswith("/v1/"))
    return application(routes, faults, lifespan, {NotionError: _refused})


def _fault_answer(fault: Fault) -> Response:
    code, message = CODES.get(fault.status, ("internal_server_error", "Injected fault."))
    waits = fault.status in (429, 529) or fault.status >= HTTPStatus.INTERNAL_SERVER_ERROR
    headers = (
        {"Retry-After": str(fault.retry_after)} if waits and fault.retry_after is not None else None
    )
    return api.error_response(NotionError(fault.status, code, message), headers)


async def _refused(_request: Request, error: Exception) -> Response:
    """The person's doors refuse with the same words as the API."""
    if not isinstance(error, NotionError):
        raise TypeError("not an error of the API") from error
    return api.error_response(error)
