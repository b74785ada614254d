"""All REST routes, at `/` and (as on an enterprise server) at `/api/v3`."""

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route

from switchboard.local.github import files_api, git_api, pull_api
from switchboard.local.github.accounts import APP_LOGIN, INSTALLATION_ID, Caller
from switchboard.local.github.call import (
    AccountAct,
    Call,
    Hub,
    Reply,
    RepositoryEndpoint,
    View,
    error_response,
    only_app,
    read_call,
    respond,
)
from switchboard.local.github.errors import GitHubError, not_found

APP = Caller("app", "App")


def _repository(call: Call, view: View) -> Reply:
    write = not call.caller.is_app or call.caller.permissions.get("contents") == "write"
    default = view.git.default_branch
    return Reply(call.hub.shapes.repository(view.full_name, default, write=write))


REPOSITORY = RepositoryEndpoint("GET", "", _repository, "metadata")


def _app(call: Call) -> Reply:
    return Reply(call.hub.shapes.app(call.hub.owner, call.hub.accounts.app_id))


def _installation(call: Call) -> Reply:
    owner, name = call.path.get("owner"), call.path.get("repo")
    known = call.hub.repositories.names()
    if name is not None and (owner, name) not in known:
        raise not_found()
    if owner is not None and owner not in {account for account, _name in known}:
        raise not_found()
    if call.path.get("id", INSTALLATION_ID) != INSTALLATION_ID:
        raise not_found()
    return Reply(call.hub.shapes.installation(owner or call.hub.owner, call.hub.accounts.app_id))


def _installations(call: Call) -> Reply:
    return call.page_of([_installation(call).body])


def _access_token(call: Call) -> Reply:
    if call.path["id"] != INSTALLATION_ID:
        raise not_found()
    known = [f"{owner}/{name}" for owner, name in call.hub.repositories.names()]
    token = call.hub.accounts.mint(call.fields, known)
    shown = {
        "token": token["token"],
        "expires_at": token["expires_at"].replace("+00:00", "Z"),
        "permissions": token["permissions"],
        "repository_selection": "all" if token["repositories"] is None else "selected",
    }
    if token["repositories"] is not None:
        shown["repositories"] = _repositories(call, token["repositories"])
    return Reply(shown, 201)


def _repositories(call: Call, names: list[str]) -> list[dict[str, Any]]:
    found = []
    for full_name in names:
        with call.hub.repositories.open(*full_name.split("/")) as git:
            found.append(call.hub.shapes.repository(full_name, git.default_branch))
    return found


def _installation_repositories(call: Call) -> Reply:
    only_app(call.caller)
    names = [f"{owner}/{name}" for owner, name in call.hub.repositories.names()]
    visible = _repositories(call, [name for name in names if call.caller.may_see(name)])
    reply = call.page_of(visible)
    return Reply({"total_count": len(visible), "repositories": reply.body}, headers=reply.headers)


def _user(call: Call) -> Reply:
    return Reply(call.hub.shapes.account(call.caller.login))


def _account(call: Call) -> Reply:
    login = call.path["login"]
    people = {person["login"] for person in call.hub.store.list("person")}
    if login not in {*people, APP_LOGIN, call.hub.owner}:
        raise not_found()
    return Reply(call.hub.shapes.account(login))


def _rate_limit(_call: Call) -> Reply:
    core = {"limit": 5000, "remaining": 5000, "reset": 0, "used": 0, "resource": "core"}
    return Reply({"resources": {"core": core}, "rate": core})


def _guarded(hub: Hub, act: AccountAct, *, by_app: bool) -> Callable[[Request], Any]:
    async def answer(request: Request) -> Response:
        header = request.headers.get("authorization")
        headers = hub.rate_headers(header or "")
        try:
            if by_app:
                hub.accounts.check_jwt(header)
            caller = APP if by_app else hub.accounts.require(header)
            return respond(act(await read_call(hub, caller, request)), headers)
        except GitHubError as error:
            return error_response(error, headers)

    return answer


def _bound(hub: Hub, endpoint: RepositoryEndpoint) -> Callable[[Request], Any]:
    async def answer(request: Request) -> Response:
        return await endpoint(hub, request)

    return answer


ACCOUNT_ENDPOINTS: list[tuple[str, str, AccountAct, bool]] = [
    ("GET", "/app", _app, True),
    ("GET", "/app/installations", _installations, True),
    ("GET", "/app/installations/{id:int}", _installation, True),
    ("POST", "/app/installations/{id:int}/access_tokens", _access_token, True),
    ("GET", "/repos/{owner}/{repo}/installation", _installation, True),
    ("GET", "/orgs/{owner}/installation", _installation, True),
    ("GET", "/users/{owner}/installation", _installation, True),
    ("GET", "/installation/repositories", _installation_repositories, False),
    ("GET", "/user", _user, False),
    ("GET", "/users/{login}", _account, False),
    ("GET", "/rate_limit", _rate_limit, False),
]


def is_api(path: str) -> bool:
    """Whether a path belongs to REST (not to git or to the pages)."""
    heads = ("/repos/", "/app", "/installation", "/orgs/", "/users/", "/api/v3/")
    return path.startswith(heads) or path in ("/user", "/rate_limit")


def routes(hub: Hub) -> list[BaseRoute]:
    """The routes; REST wins over the pages of an owner with the same name."""

    async def unknown(_request: Request) -> Response:
        return error_response(not_found())

    known: list[BaseRoute] = [
        Route(path, _guarded(hub, act, by_app=by_app), methods=[method])
        for method, path, act, by_app in ACCOUNT_ENDPOINTS
    ]
    for endpoint in [REPOSITORY, *git_api.ENDPOINTS, *files_api.ENDPOINTS, *pull_api.ENDPOINTS]:
        path = "/repos/{owner}/{repo}" + endpoint.path
        known.append(Route(path, _bound(hub, endpoint), methods=[endpoint.method]))
    every = ["GET", "POST", "PUT", "PATCH", "DELETE"]
    known.append(Route("/repos/{rest:path}", unknown, methods=every))
    return [*known, Mount("/api/v3", routes=known)]
