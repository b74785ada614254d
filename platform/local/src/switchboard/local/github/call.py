"""One API request: who calls, which repository, what is asked; errors, paging and rate limits."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from switchboard.local.github.accounts import Accounts, Caller, Clock, now
from switchboard.local.github.errors import GitHubError, forbidden, not_found
from switchboard.local.github.git_shapes import GitShapes
from switchboard.local.github.pull_shapes import PullShapes
from switchboard.local.github.pulls import Pulls
from switchboard.local.github.repositories import Repositories
from switchboard.local.github.repository import GitRepository
from switchboard.local.github.reviews import Reviews
from switchboard.local.github.shapes import Shapes
from switchboard.local.standin.documents import DocumentStore

DOCUMENTATION = "https://docs.github.com/rest"
LIMIT = 5000
WINDOW_SECONDS = 3600
LARGEST_PAGE = 100
USUAL_PAGE = 30


@dataclass(frozen=True)
class Hub:
    """Everything the stand-in has: repositories, documents, credentials, shapes."""

    repositories: Repositories
    store: DocumentStore
    accounts: Accounts
    shapes: Shapes
    owner: str
    clock: Clock = now
    used: dict[str, int] = field(default_factory=dict)

    @contextmanager
    def view(self, owner: str, name: str) -> Iterator["View"]:
        """One repository with its pull requests.

        Raises:
            GitHubError: 404.
        """
        full_name = f"{owner}/{name}"
        with self.repositories.open(owner, name) as git:
            pulls = Pulls(self.store, full_name, git, self.clock)
            shapes = GitShapes(self.shapes, full_name)
            yield View(full_name, git, pulls, Reviews(pulls), shapes, PullShapes(shapes, pulls))

    def rate_headers(self, token: str) -> dict[str, str]:
        """What is left of the hour, counted for each token."""
        seconds = int(self.clock().timestamp())
        window = seconds // WINDOW_SECONDS
        key = f"{window}:{token}"
        self.used[key] = self.used.get(key, 0) + 1
        return {
            "x-ratelimit-limit": str(LIMIT),
            "x-ratelimit-remaining": str(max(0, LIMIT - self.used[key])),
            "x-ratelimit-used": str(self.used[key]),
            "x-ratelimit-reset": str((window + 1) * WINDOW_SECONDS),
            "x-ratelimit-resource": "core",
            "x-github-media-type": "github.v3; format=json",
        }


@dataclass(frozen=True)
class View:
    """One open repository."""

    full_name: str
    git: GitRepository
    pulls: Pulls
    reviews: Reviews
    shapes: GitShapes
    pull_shapes: PullShapes


@dataclass(frozen=True)
class Call:
    """What an endpoint gets."""

    hub: Hub
    caller: Caller
    path: dict[str, Any]
    query: dict[str, str]
    body: Any
    accept: str
    url: str

    @property
    def fields(self) -> dict[str, Any]:
        """The body as an object."""
        return self.body if isinstance(self.body, dict) else {}

    def wants(self, media_type: str) -> bool:
        """Whether another representation is asked for, e.g. `diff`."""
        return f"github.{media_type}" in self.accept or f"github.v3.{media_type}" in self.accept

    def page_of(self, results: list[Any]) -> "Reply":
        """The page of a list that is asked for, with a Link header to its neighbours."""
        size = min(_positive(self.query.get("per_page"), USUAL_PAGE), LARGEST_PAGE)
        page = _positive(self.query.get("page"), 1)
        last = max(1, -(-len(results) // size))
        links = [
            f'<{self._page_url(number)}>; rel="{name}"'
            for name, number, there in (
                ("prev", page - 1, page > 1),
                ("next", page + 1, page < last),
                ("last", last, page < last),
                ("first", 1, page > 1),
            )
            if there
        ]
        headers = {"Link": ", ".join(links)} if links else {}
        return Reply(results[(page - 1) * size : page * size], headers=headers)

    def _page_url(self, page: int) -> str:
        kept = [f"{name}={value}" for name, value in self.query.items() if name != "page"]
        return f"{self.url}?{'&'.join([*kept, f'page={page}'])}"


def _positive(text: str | None, usual: int) -> int:
    return int(text) if text and text.isdigit() and int(text) > 0 else usual


@dataclass(frozen=True)
class Reply:
    """An answer: JSON, or text when `media_type` says so."""

    body: Any
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    media_type: str | None = None


RepositoryAct = Callable[[Call, View], Reply]
AccountAct = Callable[[Call], Reply]


@dataclass(frozen=True)
class RepositoryEndpoint:
    """An endpoint below `/repos/{owner}/{repo}` and the permission an app needs for it."""

    method: str
    path: str
    act: RepositoryAct
    permission: str = "contents"

    async def __call__(self, hub: Hub, request: Request) -> Response:
        """Authenticate, authorise, open the repository, answer."""
        header = request.headers.get("authorization")
        try:
            caller = hub.accounts.require(header)
            owner, name = request.path_params["owner"], request.path_params["repo"]
            if not caller.may_see(f"{owner}/{name}"):
                raise not_found()
            caller.require(self.permission, "read" if self.method == "GET" else "write")
            call = await read_call(hub, caller, request)
            with hub.view(owner, name) as view, hub.store.transaction():
                reply = self.act(call, view)
        except GitHubError as error:
            return error_response(error, hub.rate_headers(header or ""))
        return respond(reply, hub.rate_headers(header or ""))


async def read_call(hub: Hub, caller: Caller, request: Request) -> Call:
    """The request as a call.

    Raises:
        GitHubError: 400, the body is no JSON.
    """
    raw = await request.body()
    try:
        body = json.loads(raw) if raw else {}
    except ValueError:
        raise GitHubError(400, "Problems parsing JSON") from None
    return Call(
        hub,
        caller,
        request.path_params,
        dict(request.query_params),
        body,
        request.headers.get("accept", ""),
        f"{hub.shapes.url}{request.url.path}",
    )


def respond(reply: Reply, headers: dict[str, str]) -> Response:
    """A reply as HTTP."""
    every = {**headers, **reply.headers}
    if reply.status == NO_CONTENT:
        return Response(status_code=NO_CONTENT, headers=every)
    if reply.media_type:
        return Response(reply.body, reply.status, every, media_type=reply.media_type)
    return JSONResponse(reply.body, reply.status, every)


NO_CONTENT = 204


def error_response(error: GitHubError, headers: dict[str, str] | None = None) -> Response:
    """The body of every answer that is not a success."""
    body: dict[str, Any] = {"message": error.message}
    if error.errors is not None:
        body["errors"] = error.errors
    body |= {"documentation_url": DOCUMENTATION, "status": str(error.status)}
    return JSONResponse(body, error.status, headers)


def protect(call: Call, view: View, ref: str) -> None:
    """Keep apps away from the default branch: changes come by pull request.

    Raises:
        GitHubError: 422.
    """
    default = f"refs/heads/{view.git.default_branch}"
    if call.caller.is_app and ref == default:
        raise GitHubError(
            422,
            "Protected branch update failed for "
            f"{default}: changes must be made through a pull request.",
        )


def only_app(caller: Caller) -> None:
    """Some endpoints are for installations.

    Raises:
        GitHubError: 403.
    """
    if not caller.is_app:
        raise forbidden("You must authenticate with an installation access token")
