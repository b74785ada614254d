"""Git over HTTP: `git clone`, `fetch` and `push` on the same repositories (smart protocol).

Anybody on this machine may clone. A push needs a token as the password: the person's
(`<home>/github/human.json`) or an installation's, which may not touch the default branch.
"""

import base64
import binascii
import gzip
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, cast

from dulwich.objects import ObjectID
from dulwich.protocol import ReceivableProtocol
from dulwich.refs import Ref
from dulwich.repo import Repo
from dulwich.server import (
    Backend,
    BackendRepo,
    Handler,
    ReceivePackHandler,
    UploadPackHandler,
)
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from switchboard.local.github.accounts import Caller
from switchboard.local.github.call import Hub
from switchboard.local.github.errors import GitHubError

SERVICES = ("git-upload-pack", "git-receive-pack")
READER = Caller("anonymous", "User")
NO_CACHE = {"Cache-Control": "no-cache, max-age=0, must-revalidate"}
_REPOSITORY = re.compile(r"[^/]+\.git|[^/]+")

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class _One(Backend):
    """A backend of exactly one repository."""

    repo: Repo

    def open_repository(self, path: str) -> BackendRepo:  # noqa: ARG002 - dulwich calls it so
        """The repository, whatever the path says."""
        return cast("BackendRepo", self.repo)


def _receiver(caller: Caller, protected: bytes) -> type[ReceivePackHandler]:
    class GuardedReceivePack(ReceivePackHandler):
        """Refuses what branch protection refuses."""

        def _on_update(self, ref_name: Ref, old_sha: ObjectID, new_sha: ObjectID) -> bytes | None:
            if caller.is_app and ref_name == protected:
                return b"protected branch hook declined"
            return super()._on_update(ref_name, old_sha, new_sha)

    return GuardedReceivePack


@dataclass(frozen=True)
class SmartHttp:
    """The three requests a git client makes."""

    hub: Hub

    def routes(self) -> list[Route]:
        """Advertisement and the two services."""
        base = "/{owner}/{name}.git"
        return [
            Route(f"{base}/info/refs", self._guarded(self.advertise), methods=["GET"]),
            Route(f"{base}/{{service}}", self._guarded(self.serve), methods=["POST"]),
        ]

    def _guarded(self, act: Callable[[Request], Any]) -> Callable[[Request], Any]:
        async def answer(request: Request) -> Response:
            try:
                answered: Response = await act(request)
            except GitHubError as error:
                headers = {"WWW-Authenticate": "Basic"} if error.status == UNAUTHORIZED else {}
                return PlainTextResponse(error.message, error.status, headers)
            return answered

        return answer

    def _caller(self, request: Request, service: str) -> Caller:
        scheme, _, value = request.headers.get("authorization", "").partition(" ")
        if not value and service == "git-upload-pack":
            return READER
        if not value:
            # git sends the credentials it has only when it is asked for them
            raise GitHubError(UNAUTHORIZED, "Authentication required to push.")
        try:
            raw = base64.b64decode(value).decode() if scheme.lower() == "basic" else value
        except (binascii.Error, UnicodeDecodeError):
            raise GitHubError(UNAUTHORIZED, "Bad credentials") from None
        caller = self.hub.accounts.by_token(raw.rpartition(":")[2])
        full_name = "{owner}/{name}".format(**request.path_params)
        if not caller.may_see(full_name):
            raise GitHubError(404, "Repository not found.")
        caller.require("contents", "write" if service == "git-receive-pack" else "read")
        return caller

    def _path(self, request: Request) -> Path:
        path = self.hub.repositories.path(request.path_params["owner"], request.path_params["name"])
        if not (path / "HEAD").exists():
            raise GitHubError(404, "Repository not found.")
        return path

    async def advertise(self, request: Request) -> Response:
        """What the repository has."""
        service = request.query_params.get("service", "")
        if service not in SERVICES:
            raise GitHubError(403, "Only the smart protocol is served.")
        caller, path = self._caller(request, service), self._path(request)
        raw = await run_in_threadpool(_run, path, service, caller, b"", advertise=True)
        return Response(raw, headers=NO_CACHE, media_type=f"application/x-{service}-advertisement")

    async def serve(self, request: Request) -> Response:
        """Send a pack or take one."""
        service = request.path_params["service"]
        if service not in SERVICES:
            raise GitHubError(404, "Not Found")
        if request.headers.get("content-type") != f"application/x-{service}-request":
            raise GitHubError(415, "Wrong content type.")
        caller, path = self._caller(request, service), self._path(request)
        body = await request.body()
        if request.headers.get("content-encoding") == "gzip":
            body = gzip.decompress(body)
        raw = await run_in_threadpool(_run, path, service, caller, body, advertise=False)
        logger.debug("git request served", extra={"service": service, "bytes": len(raw)})
        return Response(raw, headers=NO_CACHE, media_type=f"application/x-{service}-result")


UNAUTHORIZED = 401


def _run(path: Path, service: str, caller: Caller, body: bytes, *, advertise: bool) -> bytes:
    """One stateless request, from bytes to bytes."""
    out = BytesIO()
    with Repo(str(path)) as repo:
        head = repo.refs.read_ref(Ref(b"HEAD")) or b""
        protected = head.removeprefix(b"ref: ")
        kind: Any = UploadPackHandler if service == SERVICES[0] else _receiver(caller, protected)
        protocol = ReceivableProtocol(BytesIO(body).read, out.write)
        handler: Handler = kind(
            _One(repo), [b"/"], protocol, stateless_rpc=True, advertise_refs=advertise
        )
        if advertise:
            protocol.write_pkt_line(f"# service={service}\n".encode())
            protocol.write_pkt_line(None)
        handler.handle()
    return out.getvalue()
