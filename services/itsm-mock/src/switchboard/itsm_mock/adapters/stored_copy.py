"""The OpenAPI file in S3, compared with the one at hand (ITS-12)."""

from dataclasses import dataclass
from typing import Any

from switchboard.itsm_mock.adapters import openapi
from switchboard.itsm_mock.domain.model import SERVICE

OBJECT = "mock-itsm-api-openapi.yaml"
"""JSON is YAML: the object is the committed file, byte for byte."""


@dataclass(frozen=True)
class Integrity:
    """Three hashes that must be one."""

    local: str
    stored: str
    announced: str
    """What the stack has published in SSM."""

    @property
    def is_whole(self) -> bool:
        """Whether what is stored is what is here and what was deployed."""
        return self.local == self.stored == self.announced


class StoredCopy:
    """Finds the deployed copy by the parameters the stack publishes."""

    def __init__(self, ssm: Any, s3: Any, environment: str) -> None:
        """Look at `environment` with these boto3 clients."""
        self._ssm = ssm
        self._s3 = s3
        self._prefix = f"/switchboard/{environment}/{SERVICE}"

    def check(self) -> Integrity:
        """Read the copy and compare the hashes."""
        bucket = self._parameter("openapi/bucket")
        body = self._s3.get_object(Bucket=bucket, Key=OBJECT)["Body"].read().decode()
        announced = self._parameter("openapi/sha256")
        return Integrity(openapi.sha256(openapi.text()), openapi.sha256(body), announced)

    def _parameter(self, name: str) -> str:
        found = self._ssm.get_parameter(Name=f"{self._prefix}/{name}")
        return str(found["Parameter"]["Value"])
