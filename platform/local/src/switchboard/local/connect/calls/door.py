"""The door for calls: JSON in, a stream of lines (NDJSON) out, as `lines` describes them.

POST /calls {"from": "+15555550100", "to"?: number}    the call is answered: lines
POST /calls/{contact_id}/turn                          exactly one of
     {"say": text} {"keys": "1042#"} {"silence": true} {"hang_up": true}     lines
GET  /calls/{contact_id}                               transcript, attributes, state
GET  /calls                                            who is on the line, and who was
"""

import asyncio
import json
import logging
import re
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from switchboard.contact_flows.test_cases.model import CaseFormatError
from switchboard.local.connect.calls.board import Board, CallError
from switchboard.local.connect.calls.caller_input import TurnBody, audible
from switchboard.local.connect.calls.rehearsal import Rehearsal, deployed_names, read
from switchboard.local.connect.contacts import Contacts
from switchboard.local.connect.desk import Desk, NotDeployedError
from switchboard.local.connect.lines import Line, Tell, failed
from switchboard.local.standin.body import BadBodyError, read_json
from switchboard.local.standin.serving import LOOPBACK_HOSTS

logger = logging.getLogger(__name__)

NDJSON = "application/x-ndjson"
MAX_BODY_BYTES = 400_000
E164 = re.compile(r"\+[1-9]\d{6,14}")
ANONYMOUS = "anonymous"
BROKEN = (
    "CALL_FAILED",
    "the call cannot go on: an error of the local Amazon Connect",
    "see .switchboard/logs/serve.log, and place the call again",
)
Result = TypeVar("Result")


class RingBody(BaseModel):
    """Who rings whom; a caller is a number, or a name in a test, or anonymous."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    caller: str = Field(default=ANONYMOUS, alias="from", max_length=64)
    to: str | None = Field(default=None, max_length=64)

    @field_validator("caller")
    @classmethod
    def _plain(cls, value: str) -> str:
        plain = audible(value)
        if value.startswith("+") and not E164.fullmatch(value):
            raise ValueError("a telephone number is E.164: '+', country code, number, no blanks")
        if not plain or plain != value:
            raise ValueError("who rings is a number, a short name, or 'anonymous'")
        return value


class CaseBody(RingBody):
    """A Connect test case: its text, its JSON, or the name of a deployed one."""

    name: str = Field(default="case", max_length=200)
    case: str | dict[str, Any] | None = None

    @property
    def content(self) -> str | None:
        """Its text."""
        return json.dumps(self.case) if isinstance(self.case, dict) else self.case


class CallDoor:
    """Serves `/calls`; calls run in threads, the door only passes their lines on."""

    def __init__(
        self, desk: Desk, board: Board, contacts: Contacts, workers: ThreadPoolExecutor
    ) -> None:
        """Calls of `board` at `desk` in threads of `workers`."""
        self._desk = desk
        self._board = board
        self._contacts = contacts
        self._workers = workers

    def routes(self) -> list[Route]:
        """All of them."""
        return [
            Route("/calls", self.ring, methods=["POST"]),
            Route("/calls", self.list, methods=["GET"]),
            Route("/calls/{contact_id}", self.show, methods=["GET"]),
            Route("/calls/{contact_id}/turn", self.turn, methods=["POST"]),
            Route("/desk", self.desk, methods=["GET"]),
            Route("/cases", self.rehearse, methods=["POST"]),
            Route("/cases", self.cases, methods=["GET"]),
        ]

    async def ring(self, request: Request) -> Response:
        """Place a call."""
        body = RingBody.model_validate(await _body(request))
        rung = await self._inside(lambda: self._board.ring(body.caller, body.to))
        return self._lines(lambda tell: self._board.begin(rung, tell), status=201)

    async def turn(self, request: Request) -> Response:
        """Do something in a call."""
        contact_id = request.path_params["contact_id"]
        given = TurnBody.model_validate(await _body(request)).input(contact_id)
        taken = await self._inside(lambda: self._board.reserve(contact_id, given))
        return self._lines(lambda tell: self._board.turn(taken, given, tell))

    async def show(self, request: Request) -> Response:
        """What was said and done so far."""
        contact_id = request.path_params["contact_id"]
        return JSONResponse(await self._inside(lambda: self._board.record(contact_id)))

    async def list(self, _request: Request) -> Response:
        """Who is on the line, and the ids of the calls that ended last, newest first."""
        return JSONResponse({"live": self._board.live(), "over": self._contacts.over()})

    async def desk(self, _request: Request) -> Response:
        """The line that a call without a number rings; 503 says what is missing."""
        line = await self._inside(self._desk.line)
        return JSONResponse({"number": line.number, "flow": line.flow_name})

    async def rehearse(self, request: Request) -> Response:
        """Let a test case ring."""
        body = CaseBody.model_validate(await _body(request))
        case = await self._inside(lambda: read(self._desk, body.name, body.content))
        rung = await self._inside(lambda: self._board.ring(body.caller, body.to))
        return self._lines(Rehearsal(body.name, case, rung, self._board), status=201)

    async def cases(self, _request: Request) -> Response:
        """Names of deployed test cases."""
        return JSONResponse({"cases": await self._inside(lambda: deployed_names(self._desk))})

    async def _inside(self, work: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._workers, work)

    def _lines(self, work: Callable[[Tell], None], status: int = 200) -> Response:
        """What the work tells, as it tells it; it goes on when nobody listens any more."""
        loop = asyncio.get_running_loop()
        told: asyncio.Queue[Line | None] = asyncio.Queue()

        def tell(line: Line) -> None:
            loop.call_soon_threadsafe(told.put_nowait, line)

        done = loop.run_in_executor(self._workers, _told_when_it_fails, work, tell)
        done.add_done_callback(lambda _: told.put_nowait(None))

        async def stream() -> AsyncIterator[str]:
            while (line := await told.get()) is not None:
                yield json.dumps(line, ensure_ascii=False) + "\n"

        return StreamingResponse(stream(), status, media_type=NDJSON)


def _told_when_it_fails(work: Callable[[Tell], None], tell: Tell) -> None:
    try:
        work(tell)
    except Exception:  # the outermost edge of a request: whoever reads the lines must hear of it
        logger.exception("work on a call failed")
        tell(failed(*BROKEN))


async def _body(request: Request) -> dict[str, object]:
    origin = urlsplit(request.headers.get("origin") or "").hostname
    if origin not in {None, *LOOPBACK_HOSTS}:
        # A page on the internet may post to this machine without being asked.
        raise BadBodyError(f"calls are not placed for {origin}")
    if int(request.headers.get("content-length") or 0) > MAX_BODY_BYTES:
        raise BadBodyError(f"the body is larger than {MAX_BODY_BYTES} bytes")
    return await read_json(request)


async def answer_call_error(_request: Request, error: Exception) -> Response:
    """Exception handler for `CallError`, `CaseFormatError` and `NotDeployedError`."""
    if isinstance(error, CallError):
        status, code, remedy = error.status, error.code, error.remedy
    elif isinstance(error, CaseFormatError):
        status, code, remedy = 400, "BAD_CASE", "see the scenarios of services/voice"
    elif isinstance(error, NotDeployedError):
        status, code, remedy = 503, "NOT_DEPLOYED", error.remedy
    else:
        raise error
    problem = {"code": code, "message": str(error), "remediation": remedy}
    return JSONResponse({"error": problem}, status)
