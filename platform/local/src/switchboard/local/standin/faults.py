"""The fault door of a stand-in: make the next requests fail the way the real service does."""

from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from switchboard.local.standin.body import read_json


class Fault(BaseModel):
    """The next `count` requests whose path contains `path_contains` are answered `status`.

    `lose_answer` lets the request take effect first: the caller sees an error although the work
    was done, which is what a lost acknowledgement looks like.
    """

    model_config = ConfigDict(extra="forbid")

    count: int = Field(default=1, ge=0, le=10_000)
    status: int = Field(ge=400, le=599)
    retry_after: int | None = Field(default=1, ge=0)
    path_contains: str = ""
    method: str = ""
    lose_answer: bool = False

    def hits(self, method: str, path: str) -> bool:
        return (
            self.count > 0
            and self.path_contains in path
            and self.method.upper() in ("", method.upper())
        )


@dataclass(frozen=True)
class Seen:
    """One request to the stand-in's API, for tests that count calls."""

    method: str
    path: str
    status: int


class Faults:
    """Pending faults and the last requests; `answer` words the failure as the real service does."""

    def __init__(
        self, answer: Callable[[Fault], Response], *, covers: Callable[[str], bool]
    ) -> None:
        self._answer = answer
        self._covers = covers
        self._pending: list[Fault] = []
        self._seen: deque[Seen] = deque(maxlen=2000)

    def take(self, method: str, path: str) -> Fault | None:
        """Use up one failure when a pending fault covers this request."""
        for fault in self._pending:
            if fault.hits(method, path):
                fault.count -= 1
                self._pending = [left for left in self._pending if left.count > 0]
                return fault
        return None

    def middleware(self, app: ASGIApp) -> ASGIApp:
        """The app behind the faults; only paths the stand-in `covers` can fail."""

        async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http" or not self._covers(scope["path"]):
                await app(scope, receive, send)
                return
            method, path = scope["method"], scope["path"]
            fault = self.take(method, path)
            if fault is None:
                await app(scope, receive, self._noting(method, path, send))
                return
            if fault.lose_answer:
                await app(scope, receive, _nowhere)
            self._seen.append(Seen(method, path, fault.status))
            await self._answer(fault)(scope, receive, send)

        return guarded

    def _noting(self, method: str, path: str, send: Send) -> Send:
        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._seen.append(Seen(method, path, message["status"]))
            await send(message)

        return noting

    def routes(self) -> list[Route]:
        """`POST`, `GET` and `DELETE /_local/faults`; `GET /_local/requests`."""
        return [
            Route("/_local/faults", self._add, methods=["POST"]),
            Route("/_local/faults", self._show, methods=["GET"]),
            Route("/_local/faults", self._clear, methods=["DELETE"]),
            Route("/_local/requests", self._requests, methods=["GET"]),
        ]

    async def _add(self, request: Request) -> Response:
        self._pending.append(Fault.model_validate(await read_json(request)))
        return self._pending_json(201)

    async def _show(self, _request: Request) -> Response:
        return self._pending_json(200)

    async def _clear(self, _request: Request) -> Response:
        self._pending.clear()
        return self._pending_json(200)

    async def _requests(self, _request: Request) -> Response:
        results: list[dict[str, Any]] = [asdict(seen) for seen in self._seen]
        return JSONResponse({"results": results})

    def _pending_json(self, status: int) -> Response:
        return JSONResponse({"pending": [fault.model_dump() for fault in self._pending]}, status)


async def _nowhere(_message: Message) -> None:
    """Where a lost answer goes."""
