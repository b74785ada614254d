"""A token in a secret that may be rotated while the function is warm."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the stubs never ship in a Lambda
    from mypy_boto3_secretsmanager import SecretsManagerClient


KEEP_SECONDS = 300.0


class FreshSecret:
    """The field `token` of one secret, read again every five minutes."""

    def __init__(
        self, client: "SecretsManagerClient", arn: str, clock: Callable[[], float]
    ) -> None:
        """`clock` is monotonic, in seconds."""
        self._client = client
        self._arn = arn
        self._clock = clock
        self._value = ""
        self._read_at: float | None = None

    def __call__(self) -> str:
        """The present value."""
        if self._read_at is None or self._clock() - self._read_at > KEEP_SECONDS:
            text = self._client.get_secret_value(SecretId=self._arn)["SecretString"]
            self._value = str(json.loads(text)["token"])
            self._read_at = self._clock()
        return self._value
