"""Workload tokens and the gateway tokens they can be exchanged for.

A workload token is opaque and bound to one invocation; the agent hands it in and gets a JWT whose
claims it cannot choose: the agent type is that of its runtime, the rest is what the orchestrator
said when it started the invocation.
"""

import hashlib
import json
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

AUDIENCE = "switchboard-gateway"
CLIENT_ID = "switchboard-agents"
TOKEN_SECONDS = 3600


@dataclass(frozen=True)
class Workload:
    """Who acts, and on what: the claims a gateway token will carry."""

    subject: str
    claims: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of_invocation(cls, agent_type: str, user: str, payload: Mapping[str, Any]) -> "Workload":
        """The workload of an agent that was given `payload` (F11) for `user`."""
        project = payload.get("project") or {}
        repo = _repository(str(project.get("github_repo") or ""))
        owner, _, name = repo.partition("/")
        invocation_id = str(payload.get("invocation_id") or "")
        claims = {
            "agent_type": agent_type,
            "invocation_id": invocation_id,
            "correlation_id": str(payload.get("correlation_id") or ""),
            "project_id": str(payload.get("project_id") or ""),
            "page_id": str(payload.get("notion_page_id") or ""),
            "repo": repo,
            "repo_owner": owner,
            "repo_name": name,
            "acting_user": user,
            "work_branch": f"switchboard/{invocation_id.lower()}" if invocation_id else "",
        }
        # A claim without a value is left out: policies then see no tag and permit nothing.
        return cls(user, {key: value for key, value in claims.items() if value})


class WorkloadTokens:
    """The opaque tokens in use; they live as long as the session they were given to."""

    def __init__(self, new_token: Callable[[], str] = secrets.token_urlsafe) -> None:
        """Make tokens with `new_token`."""
        self._new_token = new_token
        self._workloads: dict[str, Workload] = {}

    def issue(self, workload: Workload) -> str:
        """A new token for the workload."""
        token = self._new_token()
        self._workloads[token] = workload
        return token

    def find(self, token: str) -> Workload | None:
        """What the token stands for; None when it never did or its session has ended."""
        return self._workloads.get(token)

    def revoke(self, tokens: list[str]) -> None:
        """Forget the tokens of a session that has ended."""
        for token in tokens:
            self._workloads.pop(token, None)


class SigningKey:
    """The RSA key of the local identity provider, kept over restarts."""

    def __init__(self, key: rsa.RSAPrivateKey) -> None:
        """Sign with `key`."""
        self._key = key
        self._jwk = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key()))
        self.key_id = hashlib.sha256(self._jwk["n"].encode()).hexdigest()[:16]

    @classmethod
    def kept_in(cls, path: Path) -> "SigningKey":
        """Read the key at `path`, or make one there that only its owner may read."""
        if path.exists():
            key = serialization.load_pem_private_key(path.read_bytes(), password=None)
            if not isinstance(key, rsa.RSAPrivateKey):
                raise TypeError(f"{path} holds no RSA key")
            return cls(key)
        made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        pem = made.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(pem)
        return cls(made)

    def jwks(self) -> dict[str, Any]:
        """The public key, as a JSON Web Key Set."""
        key = {**self._jwk, "kid": self.key_id, "use": "sig", "alg": "RS256"}
        return {"keys": [key]}

    def sign(self, claims: Mapping[str, Any]) -> str:
        """A JWT with these claims."""
        return jwt.encode(dict(claims), self._key, "RS256", {"kid": self.key_id})


@dataclass(frozen=True)
class IssueToken:
    """Makes the JWT an agent presents to the gateway."""

    key: SigningKey
    issuer: str
    now: Callable[[], float]

    def __call__(self, workload: Workload, client_id: str, scopes: list[str]) -> str:
        """A token for one hour."""
        issued = int(self.now())
        return self.key.sign(
            {
                **workload.claims,
                "iss": self.issuer,
                "aud": AUDIENCE,
                "client_id": client_id,
                "sub": workload.subject,
                "scope": " ".join(scopes),
                "token_use": "access",
                "iat": issued,
                "exp": issued + TOKEN_SECONDS,
                "jti": str(uuid4()),
            }
        )


def _repository(value: str) -> str:
    """`owner/name`, also from a repository URL."""
    parts = value.removesuffix(".git").rstrip("/").split("/")
    return "/".join(parts[-2:]) if len(parts) > 1 else ""
