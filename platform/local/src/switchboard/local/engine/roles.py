"""Whose role a call is made with: the access key says it.

AWS gives a function or a session temporary credentials of its role. Here the key itself carries
account and role (`ASIA-<account>-<role name>`), so that a journal can say who called; nothing is
kept, and any process of the platform can read it. The engine takes no account from such a key
and falls back to its own.
"""

import re
from collections.abc import Mapping

_CREDENTIAL = re.compile(r"Credential=([^/]+)/\d+/([^/]+)/([^/]+)/")
_KEY = re.compile(r"ASIA-(\d{12})-(.+)")
_ROLE_ARN = re.compile(r"arn:[^:]+:iam::(\d{12}):role/(?:.*/)?([^/]+)")


def access_key(role_arn: str) -> str | None:
    """The access key of a role; None for what is no role's ARN."""
    found = _ROLE_ARN.fullmatch(role_arn)
    return f"ASIA-{found[1]}-{found[2]}" if found else None


def credentials(role_arn: str) -> dict[str, str]:
    """The variables that make a process call with this role; empty for what is no role's ARN."""
    key = access_key(role_arn)
    return {"AWS_ACCESS_KEY_ID": key} if key else {}


def role_name(role_arn: str) -> str:
    """The name in a role's ARN; empty for what is no role's ARN."""
    found = _ROLE_ARN.fullmatch(role_arn)
    return found[2] if found else ""


class Signer:
    """Who signed a request, and for which service, from its `Authorization` header."""

    def __init__(self, headers: Mapping[str, bytes]) -> None:
        """Read `headers` (lower-case names)."""
        text = headers.get("authorization", b"").decode("latin-1")
        found = _CREDENTIAL.search(text)
        key, self.region, self.service = found.groups() if found else ("", "", "")
        named = _KEY.fullmatch(key)
        self.account, self.role = named.groups() if named else (key, "")
