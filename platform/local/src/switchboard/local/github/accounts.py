"""Who calls: the app by its JWT, an installation by its token, a person by theirs.

GitHub REST API 2026-03-10: RS256 JWT (iss = app id, at most 10 minutes), installation tokens of one
hour that can be narrowed to repositories and permissions.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt

from switchboard.local.github.errors import GitHubError, forbidden, invalid, not_found
from switchboard.local.standin.documents import Document, DocumentStore

TOKEN_LIFE = timedelta(hours=1)
LEEWAY_SECONDS = 60
LONGEST_JWT_SECONDS = 600
APP_SLUG = "switchboard"
APP_LOGIN = f"{APP_SLUG}[bot]"
INSTALLATION_ID = 99
GRANTED = {
    "contents": "write",
    "pull_requests": "write",
    "issues": "write",
    "statuses": "write",
    "checks": "read",
    "metadata": "read",
}
LEVELS = {"read": 1, "write": 2, "admin": 3}

Clock = Callable[[], datetime]


def now() -> datetime:
    """The instant, aware."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Caller:
    """An authenticated caller; `repositories` None means all, by `owner/name`."""

    login: str
    kind: str
    permissions: dict[str, str] = field(default_factory=dict)
    repositories: tuple[str, ...] | None = None

    @property
    def is_app(self) -> bool:
        return self.kind == "Bot"

    def require(self, permission: str, level: str) -> None:
        """Let people do everything; an app what its token says.

        Raises:
            GitHubError: 403.
        """
        if self.is_app and LEVELS[level] > LEVELS.get(self.permissions.get(permission, ""), 0):
            raise forbidden()

    def may_see(self, full_name: str) -> bool:
        return self.repositories is None or full_name in self.repositories


@dataclass(frozen=True)
class Accounts:
    """Credentials of the stand-in: one app, one installation, people by token."""

    store: DocumentStore
    app_id: str
    public_key: str
    clock: Clock = now

    def check_jwt(self, header: str | None) -> None:
        """Accept the app itself.

        Raises:
            GitHubError: 401.
        """
        token = (header or "").partition(" ")[2]
        try:
            claims = jwt.decode(
                token,
                self.public_key,
                algorithms=["RS256"],
                leeway=LEEWAY_SECONDS,
                options={
                    "require": ["iat", "exp", "iss"],
                    "verify_iss": False,
                    "verify_sub": False,
                },
            )
        except jwt.PyJWTError as error:
            raise GitHubError(401, f"A JSON web token could not be decoded: {error}") from error
        if str(claims["iss"]) != self.app_id:
            raise GitHubError(401, "'Issuer' claim ('iss') must be the id of the app")
        if claims["exp"] - claims["iat"] > LONGEST_JWT_SECONDS + LEEWAY_SECONDS:
            raise GitHubError(401, "'Expiration time' claim ('exp') is too far in the future")

    def mint(self, body: dict[str, Any], known: list[str]) -> Document:
        """A new installation token, narrowed as asked; `known` are the repositories there are.

        Raises:
            GitHubError: 422, asked for a repository or permission the installation does not have.
        """
        wanted = body.get("repositories")
        chosen = None if wanted is None else [n for n in known if n.split("/")[1] in wanted]
        if wanted is not None and len(chosen or []) < len(set(wanted)):
            raise invalid(
                "Installation",
                "There is at least one repository that does not exist or is not accessible "
                "to the parent installation.",
            )
        permissions = {**(body.get("permissions") or GRANTED), "metadata": "read"}
        for name, level in permissions.items():
            if LEVELS.get(level, 9) > LEVELS.get(GRANTED.get(name, ""), 0):
                raise invalid(
                    "Installation",
                    "The permissions requested are not granted to this installation.",
                )
        token: Document = {
            "token": f"ghs_{secrets.token_hex(18)}",
            "expires_at": (self.clock() + TOKEN_LIFE).isoformat(timespec="seconds"),
            "permissions": permissions,
            "repositories": chosen,
        }
        self.store.put("token", token["token"], token)
        return token

    def caller(self, header: str | None) -> Caller | None:
        """Who a header belongs to; None when it is empty.

        Raises:
            GitHubError: 401, unknown or expired.
        """
        token = (header or "").rpartition(" ")[2]
        return self.by_token(token) if token else None

    def by_token(self, token: str) -> Caller:
        """Who a token belongs to.

        Raises:
            GitHubError: 401, unknown or expired.
        """
        person = self.store.get("person", token)
        if person is not None:
            return Caller(person["login"], "User")
        found = self.store.get("token", token)
        if found is None or datetime.fromisoformat(found["expires_at"]) <= self.clock():
            raise GitHubError(401, "Bad credentials")
        names = found["repositories"]
        allowed = None if names is None else tuple(names)
        return Caller(APP_LOGIN, "Bot", found["permissions"], allowed)

    def require(self, header: str | None) -> Caller:
        """The caller; without credentials a private repository does not exist.

        Raises:
            GitHubError: 401 or 404.
        """
        caller = self.caller(header)
        if caller is None:
            raise not_found()
        return caller
