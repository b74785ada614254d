"""Which runtime serves an agent type: an SSM parameter that the agents' stack publishes."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from switchboard.orchestrator.domain.model import StartFailedError, StartUnavailableError

if TYPE_CHECKING:  # the stubs never ship in a Lambda
    from mypy_boto3_ssm import SSMClient

DEFAULT = "DEFAULT"
"""The endpoint that AWS keeps on the newest version."""
FRESH = timedelta(minutes=5)
"""A redeployed agent may have another ARN: what was read is not believed for longer."""


class SsmDirectory:
    """`/switchboard/<env>/agents/<agent_type>/runtime-arn`, read at run time: any deploy order."""

    def __init__(self, client: SSMClient, prefix: str, clock: Callable[[], datetime]) -> None:
        """Read parameters below `prefix` (no slash at its end)."""
        self._client = client
        self._prefix = prefix
        self._clock = clock
        self._known: dict[str, tuple[str, datetime]] = {}
        self._routes: dict[str, tuple[str, datetime]] = {}

    def arn(self, agent_type: str, *, fresh: bool = False) -> str:
        """The runtime's ARN; `fresh` asks again even if it is known.

        Raises:
            StartFailedError: no runtime is deployed for this agent type.
            StartUnavailableError: the parameter cannot be read now.
        """
        known = self._known.get(agent_type)
        if known and not fresh and self._clock() - known[1] < FRESH:
            return known[0]
        name = f"{self._prefix}/{agent_type}/runtime-arn"
        try:
            arn = self._client.get_parameter(Name=name)["Parameter"]["Value"]
        except self._client.exceptions.ParameterNotFound as error:
            raise StartFailedError(
                f"No runtime is deployed for the {agent_type} agent (parameter {name})",
                f"Deploy the {agent_type} agent to this environment, then set the status again",
            ) from error
        except ClientError as error:
            raise StartUnavailableError(f"parameter {name} cannot be read: {error}") from error
        self._known[agent_type] = (arn, self._clock())
        return arn

    def endpoint(self, agent_type: str, session_id: str) -> str:
        """The endpoint of a session: its id alone decides, so every later call finds it again.

        `/switchboard/<env>/agents/<agent_type>/traffic` says `prod`, or `prod,beta:10` for ten
        percent of the sessions. A canary must not stop the others: what cannot be read is DEFAULT.
        """
        main, _, beta = self._traffic(agent_type).partition(",")
        name, _, share = beta.partition(":")
        if share.isdecimal() and zlib.crc32(session_id.encode()) % 100 < int(share):
            return name
        return main or DEFAULT

    def _traffic(self, agent_type: str) -> str:
        known = self._routes.get(agent_type)
        if known and self._clock() - known[1] < FRESH:
            return known[0]
        try:
            name = f"{self._prefix}/{agent_type}/traffic"
            traffic = self._client.get_parameter(Name=name)["Parameter"]["Value"]
        except ClientError:
            traffic = known[0] if known else DEFAULT
        self._routes[agent_type] = (traffic, self._clock())
        return traffic
