"""GitHub's REST API through PyGithub's requester, as a GitHub App (API version of PyGithub 2.10).

App flow: RS256 JWT -> `GET /repos/{o}/{r}/installation` -> `POST /app/installations/{id}/
access_tokens`, narrowed to the one repository and the permissions the tools need. 5xx and broken
connections are retried three times, after 2, 4 and 8 s (ERR-06); PyGithub's own retries and
throttles are off.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import requests
from github import Auth, Github, GithubException
from github.Requester import Requester

from switchboard.tools.backoff import Backoff, Sleep
from switchboard.tools.errors import AuthFailedError, FailedError, RateLimitedError, ToolError
from switchboard.tools.github.api import GithubError, RepositoryApi

WAITS = (2.0, 4.0, 8.0)
"""Seconds (F16)."""
PERMISSIONS = {
    "contents": "write",
    "pull_requests": "write",
    "metadata": "read",
    "statuses": "read",
}
"""No `workflows`, no `administration`: an agent cannot change what a merge would run."""
RENEW_BEFORE = timedelta(minutes=5)

_UNAUTHORIZED, _FORBIDDEN, _TOO_MANY, _SERVER_ERROR = 401, 403, 429, 500
_BROKEN = (requests.exceptions.ConnectionError, requests.exceptions.Timeout)


@dataclass(frozen=True)
class AppCredentials:
    """How the App proves itself."""

    app_id: str
    private_key: str = field(repr=False)
    """PEM."""


def _nobody() -> None:
    """For those who keep no credential."""


@dataclass(frozen=True)
class _Session:
    requester: Requester
    expires_at: datetime


@dataclass
class AppRepositories:
    """Repositories the App is installed on; one token and one connection for each."""

    base_url: str
    credentials: Callable[[], AppCredentials]
    """Reads them as they are now."""
    now: Callable[[], datetime]
    sleep: Sleep
    refused: Callable[[], None] = _nobody
    """Called when GitHub does not take the credentials, so that they are read anew."""
    _sessions: dict[str, _Session] = field(default_factory=dict)

    def open(self, owner: str, name: str) -> RepositoryApi:
        """See the port."""
        full_name = f"{owner}/{name}"
        session = self._sessions.get(full_name)
        if session is None or session.expires_at - RENEW_BEFORE <= self.now():
            if session:
                session.requester.close()
            session = self._sessions[full_name] = self._new_session(owner, name)
        return PyGithubRepository(session.requester, f"/repos/{full_name}", self.sleep)

    def close(self) -> None:
        """Close all connections."""
        for session in self._sessions.values():
            session.requester.close()

    def _new_session(self, owner: str, name: str) -> _Session:
        app = self.credentials()
        if "PRIVATE KEY" not in app.private_key:  # the secret still holds its placeholder
            self.refused()
            raise AuthFailedError(
                "The GitHub App has no private key yet",
                "Ask the platform team to put the App's key (PEM) into its secret",
            )
        requester = self._requester(Auth.AppAuth(app.app_id, app.private_key))
        api = PyGithubRepository(requester, "", self.sleep)
        try:
            installation = api.get(f"/repos/{owner}/{name}/installation")["id"]
            answer = api.post(
                f"/app/installations/{installation}/access_tokens",
                {"repositories": [name], "permissions": PERMISSIONS},
            )
        except GithubError as error:
            self.refused()
            raise AuthFailedError(
                f"The GitHub App cannot use {owner}/{name}: {error}",
                "Ask the platform team to install the App on the repository",
            ) from error
        except AuthFailedError:
            self.refused()
            raise
        finally:
            requester.close()
        expires_at = datetime.fromisoformat(answer["expires_at"].replace("Z", "+00:00"))
        return _Session(self._requester(Auth.Token(answer["token"])), expires_at)

    def _requester(self, auth: Auth.Auth) -> Requester:
        return Github(
            auth=auth,
            base_url=self.base_url,
            retry=None,
            seconds_between_requests=0,
            seconds_between_writes=0,
        ).requester


@dataclass(frozen=True)
class PyGithubRepository:
    """One repository."""

    requester: Requester
    prefix: str
    sleep: Sleep

    def get(self, path: str, **query: Any) -> Any:
        """See the port."""
        return self._json("GET", path, query=query or None)

    def text(self, path: str, media_type: str) -> str:
        """See the port."""

        def send() -> str:
            status, headers, body = self.requester.requestJson(
                "GET", self.prefix + path, headers={"Accept": media_type}
            )
            if status >= 400:  # noqa: PLR2004 - HTTP
                raise self.requester.createException(status, headers, _parsed(body))
            return body

        return str(self._retried(send))

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """See the port."""
        return self._json("POST", path, body)

    def post_once(self, path: str, body: dict[str, Any], existing: Any) -> Any:
        """See the port."""
        attempts = 0

        def send() -> Any:
            nonlocal attempts
            attempts += 1
            found = existing() if attempts > 1 else None
            return found if found is not None else self._send("POST", path, body)

        return self._retried(send)

    def patch(self, path: str, body: dict[str, Any]) -> Any:
        """See the port."""
        return self._json("PATCH", path, body)

    def _json(
        self,
        verb: str,
        path: str,
        body: dict[str, Any] | None = None,
        query: dict[str, Any] | None = None,
    ) -> Any:
        return self._retried(lambda: self._send(verb, path, body, query))

    def _send(
        self,
        verb: str,
        path: str,
        body: dict[str, Any] | None = None,
        query: dict[str, Any] | None = None,
    ) -> Any:
        _, answer = self.requester.requestJsonAndCheck(
            verb, self.prefix + path, parameters=query, input=body
        )
        return answer

    def _retried(self, send: Callable[[], Any]) -> Any:
        try:
            return Backoff(WAITS, self.sleep)(send, _worth_it)
        except GithubException as error:
            raise _translated(error) from error
        except _BROKEN as error:
            raise FailedError("GitHub cannot be reached", "Try again in a minute") from error


def _worth_it(error: Exception) -> bool:
    if isinstance(error, GithubException):
        return error.status >= _SERVER_ERROR
    return isinstance(error, _BROKEN)


def _translated(error: GithubException) -> ToolError | GithubError:
    if _is_rate_limit(error):
        return RateLimitedError("GitHub asks for a pause", "Wait a minute, then call again")
    if error.status in (_UNAUTHORIZED, _FORBIDDEN):
        return AuthFailedError(
            "GitHub refused our token or the permission it has",
            "Ask the platform team to check the GitHub App and its installation",
        )
    if error.status >= _SERVER_ERROR:
        return FailedError(f"GitHub answered {error.status}", "Try again in a minute")
    return GithubError(error.status, _words(error))


def _is_rate_limit(error: GithubException) -> bool:
    if error.status == _TOO_MANY:
        return True
    headers = {name.lower(): value for name, value in (error.headers or {}).items()}
    spent = headers.get("x-ratelimit-remaining") == "0" or "retry-after" in headers
    return error.status == _FORBIDDEN and (spent or "rate limit" in _words(error).lower())


def _words(error: GithubException) -> str:
    data = error.data if isinstance(error.data, dict) else {}
    details = [
        str(item.get("message") or item.get("code"))
        for item in data.get("errors", [])
        if isinstance(item, dict)
    ]
    return "; ".join([str(data.get("message", "refused")), *details])


def _parsed(body: str) -> dict[str, Any]:
    try:
        value = json.loads(body)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
