"""Do the agents answer, how fast, and nobody without a signature? `python -m ...runtime_probe`.

Asks each runtime of an environment something that starts nothing (a cancel of no invocation), twice
in a session of its own: the first answer brings the session up, the second must come within two
seconds (P003-01). Then once without a signature, which must be refused with words (S001-AC-5).
By default AWS; with the `AWS_ENDPOINT_URL*` variables of the local platform that one. Not run on
AWS.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import boto3
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from switchboard.constructs.environments import ENVIRONMENTS, REGION
from switchboard.constructs.runtime_check import CheckFailedError, runtime_arns

SECONDS = 2.0
QUESTION = {"action": "cancel", "invocation_id": "none"}
REFUSED = (401, 403)


@dataclass(frozen=True)
class Answer:
    """What came of asking one agent."""

    agent: str
    first_seconds: float
    """With the start of its session."""
    seconds: float
    refusal: str
    """What a request without a signature was told."""


@dataclass(frozen=True)
class RuntimeProbe:
    """SSM, AgentCore's data plane, and the same without credentials."""

    ssm: Any
    agentcore: Any
    stranger: Any
    clock: Callable[[], float] = time.monotonic
    new_session: Callable[[], str] = lambda: f"probe-{uuid4().hex}"

    def __call__(self, environment: str, seconds: float = SECONDS) -> Iterator[Answer]:
        """Each agent's answers, by name.

        Raises:
            CheckFailedError: there is none, one is too slow, or answers a stranger.
        """
        for agent, arn in sorted(runtime_arns(self.ssm, environment).items()):
            yield self._asked(agent, arn, seconds)

    def _asked(self, agent: str, arn: str, limit: float) -> Answer:
        session = self.new_session()
        first, second = (self._seconds(arn, session) for _ in range(2))
        if second > limit:
            raise CheckFailedError(
                f"{agent} answered after {second:.1f} s, {limit:g} are allowed; "
                "look at the runtime's log and at the region's service health"
            )
        return Answer(agent, first, second, self._refusal(agent, arn))

    def _seconds(self, arn: str, session: str) -> float:
        begun = self.clock()
        self._ask(self.agentcore, arn, session)
        return self.clock() - begun

    def _refusal(self, agent: str, arn: str) -> str:
        try:
            self._ask(self.stranger, arn, self.new_session())
        except ClientError as error:
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            message = str(error.response["Error"].get("Message", ""))
            if status in REFUSED and message:
                return message
            raise CheckFailedError(
                f"{agent} answered a stranger with {status} and {message!r}, not with a refusal"
            ) from error
        raise CheckFailedError(f"{agent} answers whoever asks: look at its inbound authorization")

    def _ask(self, client: Any, arn: str, session: str) -> None:
        answer = client.invoke_agent_runtime(
            agentRuntimeArn=arn, runtimeSessionId=session, payload=json.dumps(QUESTION).encode()
        )
        json.loads(answer["response"].read())


def main(arguments: Sequence[str] | None = None) -> int:
    """Ask the agents of one environment and say what came of it."""
    parser = argparse.ArgumentParser(prog="runtime_probe", description=__doc__)
    parser.add_argument("--env", default="dev", choices=sorted(ENVIRONMENTS))
    parser.add_argument("--seconds", type=float, default=SECONDS, help="for the second answer")
    options = parser.parse_args(arguments)
    aws = boto3.Session(region_name=REGION)
    stranger = aws.client("bedrock-agentcore", config=Config(signature_version=UNSIGNED))
    probe = RuntimeProbe(aws.client("ssm"), aws.client("bedrock-agentcore"), stranger)
    try:
        for answer in probe(options.env, options.seconds):
            times = f"{answer.first_seconds:6.2f} s, then {answer.seconds:5.2f} s"
            sys.stdout.write(
                f"{answer.agent:12} {times}; a stranger is refused: {answer.refusal}\n"
            )
    except CheckFailedError as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    except (BotoCoreError, ClientError) as error:
        sys.stderr.write(f"error: {error}\nremedy: sign in to the account of {options.env}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
