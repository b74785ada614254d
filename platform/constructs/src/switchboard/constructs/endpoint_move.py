"""Point an endpoint of an agent at a version, forward or back, at once (not run on AWS).

    hatch run agents:move --env prod --endpoint prod --agent code              the newest version
    hatch run agents:move --env prod --endpoint prod --agent code --version 3  a rollback

Sessions that run stay on the version they began with, so nothing goes down. CloudFormation leaves
the endpoint alone until its pin in `agents/infra/pins.json` changes: commit the version there too.
"""

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from switchboard.constructs.deployment.refusal import Refusal
from switchboard.constructs.environments import ENVIRONMENTS, REGION

READY, FAILED = "READY", "UPDATE_FAILED"
SECONDS = 300
POLL_SECONDS = 3.0


@dataclass(frozen=True)
class Moved:
    """Where an endpoint pointed, and points now."""

    before: str
    after: str


@dataclass(frozen=True)
class EndpointMove:
    """Moves endpoints; both clients are of one region of the environment's account."""

    control: Any
    ssm: Any
    clock: Callable[[], float] = time.monotonic
    pause: Callable[[float], object] = Event().wait

    def __call__(self, env: str, agent: str, endpoint: str, version: str | None) -> Moved:
        """Move it and wait until it is ready; no `version`: the newest.

        Raises:
            Refusal: no such runtime, endpoint or version; or AWS could not move it.
        """
        runtime = self._runtime(env, agent)
        versions = self._versions(runtime)
        wanted = version or max(versions, key=int)
        if wanted not in versions:
            raise Refusal(
                f"agent {agent} has no version {wanted} in {env}",
                f"choose from: {', '.join(sorted(versions, key=int))}",
            )
        before = self._live(runtime, endpoint)
        if before != wanted:
            self.control.update_agent_runtime_endpoint(
                agentRuntimeId=runtime, endpointName=endpoint, agentRuntimeVersion=wanted
            )
            self._await(runtime, endpoint)
        return Moved(before, wanted)

    def _runtime(self, env: str, agent: str) -> str:
        name = f"/switchboard/{env}/agents/{agent}/runtime-arn"
        found = self.ssm.get_parameters(Names=[name])["Parameters"]
        if not found:
            raise Refusal(
                f"there is no agent {agent} in {env} ({name} does not exist)",
                f"hatch run agents:deploy --env {env}",
            )
        return str(found[0]["Value"]).rpartition("/")[2]

    def _versions(self, runtime: str) -> set[str]:
        found: set[str] = set()
        more: dict[str, str] = {}
        while True:
            page = self.control.list_agent_runtime_versions(agentRuntimeId=runtime, **more)
            found |= {item["agentRuntimeVersion"] for item in page["agentRuntimes"]}
            if "nextToken" not in page:
                return found
            more = {"nextToken": page["nextToken"]}

    def _live(self, runtime: str, endpoint: str) -> str:
        try:
            found = self.control.get_agent_runtime_endpoint(
                agentRuntimeId=runtime, endpointName=endpoint
            )
        except self.control.exceptions.ResourceNotFoundException:
            raise Refusal(
                f"the runtime {runtime} has no endpoint {endpoint}", "use dev, staging or prod"
            ) from None
        return str(found.get("liveVersion", ""))

    def _await(self, runtime: str, endpoint: str) -> None:
        end = self.clock() + SECONDS
        while True:
            found = self.control.get_agent_runtime_endpoint(
                agentRuntimeId=runtime, endpointName=endpoint
            )
            if found["status"] == READY:
                return
            if found["status"] == FAILED or self.clock() > end:
                raise Refusal(
                    f"{endpoint} is {found['status']}: {found.get('failureReason', 'no reason')}",
                    "it still serves its earlier version; look at the runtime in the console",
                )
            self.pause(POLL_SECONDS)


def main(arguments: list[str] | None = None, move: EndpointMove | None = None) -> int:
    """Move the endpoint of each named agent."""
    parser = argparse.ArgumentParser(prog="move", description=__doc__)
    parser.add_argument("--env", required=True, choices=list(ENVIRONMENTS))
    parser.add_argument("--endpoint", required=True)
    parser.add_argument("--agent", required=True, action="append", help="may be repeated")
    parser.add_argument("--version", help="default: the newest")
    options = parser.parse_args(arguments)
    try:
        move = move or _wire()
        for agent in options.agent:
            moved = move(options.env, agent, options.endpoint, options.version)
            sys.stdout.write(
                f"{agent} {options.endpoint}: version {moved.before} -> {moved.after}\n"
                f"back: hatch run agents:move --env {options.env} --endpoint {options.endpoint} "
                f"--agent {agent} --version {moved.before}\n"
            )
    except Refusal as refusal:
        sys.stderr.write(f"error: {refusal}\nremedy: {refusal.remedy}\n")
        return 2
    except (BotoCoreError, ClientError) as error:
        sys.stderr.write(f"error: {error}\nremedy: sign in to the account of {options.env}\n")
        return 2
    return 0


def _wire() -> EndpointMove:
    session = boto3.Session(region_name=REGION)
    return EndpointMove(session.client("bedrock-agentcore-control"), session.client("ssm"))


if __name__ == "__main__":
    sys.exit(main())
