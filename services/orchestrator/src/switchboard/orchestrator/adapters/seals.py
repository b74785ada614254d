"""Seals as detached JSON Web Signatures (RFC 7515 appendix F, RFC 7797), HMAC with SHA-256.

The `kid` of a seal names the version of the key it was made with, so that a key can be exchanged
and what was sealed before still be checked, as long as the old version is kept.
"""

from typing import TYPE_CHECKING, Protocol

import jwt
from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError
from jwt.api_jws import PyJWS

from switchboard.orchestrator.domain.model import RetryLaterError

if TYPE_CHECKING:  # the stubs never ship in a Lambda
    from mypy_boto3_secretsmanager import SecretsManagerClient

ALGORITHM = "HS256"
_UNENCODED = {"b64": False, "crit": ["b64"]}


class UnknownKeyError(LookupError):
    """There is no such version of the key, or no longer."""


class Keys(Protocol):
    """Versions of the key."""

    def current(self) -> tuple[str, str]:
        """The version to sign with, and its key."""
        ...

    def version(self, version: str) -> str:
        """The key of a version.

        Raises:
            UnknownKeyError: it is not kept.
        """
        ...


class JwsSeals:
    """Sign and check with the keys given."""

    def __init__(self, keys: Keys) -> None:
        """`keys` are asked once per version."""
        self._keys = keys
        self._jws = PyJWS(algorithms=[ALGORITHM])

    def sign(self, content: bytes) -> str:
        """`<header>..<signature>`, base64url; the content is not repeated in it."""
        version, key = self._keys.current()
        headers = {"kid": version, **_UNENCODED}
        return self._jws.encode(content, key, ALGORITHM, headers, is_payload_detached=True)

    def holds(self, content: bytes, seal: str) -> bool:
        """Whether `seal` was made of exactly this content with a key of ours."""
        try:
            version = str(jwt.get_unverified_header(seal)["kid"])
            key = self._keys.version(version)
            self._jws.decode(seal, key, [ALGORITHM], detached_payload=content)
        except (jwt.InvalidTokenError, KeyError, UnknownKeyError):
            return False
        return True


class SecretKeys:
    """The key as a secret of Secrets Manager, plain text; each version is read once a process."""

    def __init__(self, client: "SecretsManagerClient", arn: str) -> None:
        """The secret with this ARN."""
        self._client = client
        self._arn = arn
        self._current: tuple[str, str] | None = None
        self._known: dict[str, str] = {}

    def current(self) -> tuple[str, str]:
        """The present version; one that is exchanged meanwhile is used by the next process."""
        if self._current is None:
            self._current = self._read()
        return self._current

    def version(self, version: str) -> str:
        """The key of a version, also of an older one."""
        if version not in self._known:
            self._read(VersionId=version)
        return self._known[version]

    def _read(self, **which: str) -> tuple[str, str]:
        try:
            answer = self._client.get_secret_value(SecretId=self._arn, **which)
        except self._client.exceptions.ResourceNotFoundException as error:
            raise self._missing(which, error) from error
        except ParamValidationError as error:
            raise self._missing(which, error) from error  # no version is called like that
        except (ClientError, BotoCoreError) as error:
            raise self._unreadable(error) from error
        self._known[answer["VersionId"]] = answer["SecretString"]
        return answer["VersionId"], answer["SecretString"]

    def _missing(self, which: dict[str, str], error: Exception) -> Exception:
        return UnknownKeyError(which["VersionId"]) if which else self._unreadable(error)

    @staticmethod
    def _unreadable(error: Exception) -> RetryLaterError:
        return RetryLaterError(f"the key of the receipts cannot be read: {error}")


class MemoryKeys:
    """Versions in memory, for tests and simulation."""

    def __init__(self, key: str = "k" * 64) -> None:
        """One version, named `1`."""
        self.versions = {"1": key}

    def exchange(self, key: str) -> None:
        """Sign with another key from now on."""
        self.versions[str(len(self.versions) + 1)] = key

    def current(self) -> tuple[str, str]:
        """The newest version."""
        version = str(len(self.versions))
        return version, self.versions[version]

    def version(self, version: str) -> str:
        """The key of a version."""
        if version not in self.versions:
            raise UnknownKeyError(version)
        return self.versions[version]
