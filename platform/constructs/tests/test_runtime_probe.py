"""The probe of the runtimes: who answers in time, and who answers a stranger."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import pytest
from botocore.exceptions import ClientError

from switchboard.constructs.runtime_check import CheckFailedError
from switchboard.constructs.runtime_probe import QUESTION, RuntimeProbe

ARN = "arn:aws:bedrock-agentcore:us-east-1:111122223333:runtime/switchboard_code_dev-abc"
PARAMETERS = [
    {"Name": "/switchboard/dev/agents/code/runtime-arn", "Value": ARN},
    {"Name": "/switchboard/dev/agents/code/traffic", "Value": "DEFAULT"},
]


@dataclass
class Parameters:
    """SSM with these below the prefix."""

    found: list[dict[str, str]] = field(default_factory=lambda: PARAMETERS)

    def get_paginator(self, _operation: str) -> "Parameters":
        return self

    def paginate(self, **_where: Any) -> Iterator[dict[str, Any]]:
        yield {"Parameters": self.found}


@dataclass
class Runtimes:
    """A data plane that answers, or refuses with this status."""

    refuses: int | None = None
    message: str = "Missing Authentication Token"
    asked: list[dict[str, Any]] = field(default_factory=list)

    def invoke_agent_runtime(self, **call: Any) -> dict[str, Any]:
        self.asked.append(call)
        if self.refuses:
            error = {"Code": "Refused", "Message": self.message}
            metadata = {"HTTPStatusCode": self.refuses}
            raise ClientError({"Error": error, "ResponseMetadata": metadata}, "InvokeAgentRuntime")
        return {"response": BytesIO(b'{"status": "unknown"}')}


def probe(stranger: Runtimes, *moments: float, ssm: Parameters | None = None) -> RuntimeProbe:
    times = iter(moments or (0.0, 3.0, 3.0, 3.4))
    return RuntimeProbe(ssm or Parameters(), Runtimes(), stranger, clock=lambda: next(times))


def test_the_second_answer_is_timed_and_a_stranger_hears_why_not() -> None:
    agents = probe(Runtimes(refuses=403))

    (answer,) = agents("dev")

    assert answer.agent == "code"
    assert (answer.first_seconds, answer.seconds) == (3.0, pytest.approx(0.4))
    assert answer.refusal == "Missing Authentication Token"
    first, second = agents.agentcore.asked
    assert first["runtimeSessionId"] == second["runtimeSessionId"]
    assert len(first["runtimeSessionId"]) >= 33
    assert json.loads(first["payload"]) == QUESTION


def test_an_agent_that_takes_longer_than_two_seconds_fails() -> None:
    with pytest.raises(CheckFailedError, match=r"code answered after 2\.5 s, 2 are allowed"):
        list(probe(Runtimes(refuses=403), 0.0, 3.0, 3.0, 5.5)("dev"))


@pytest.mark.parametrize(
    ("stranger", "said"),
    [
        (Runtimes(), "answers whoever asks"),
        (Runtimes(refuses=403, message=""), "not with a refusal"),
        (Runtimes(refuses=500), "answered a stranger with 500"),
    ],
)
def test_an_agent_that_answers_a_stranger_or_without_a_word_fails(
    stranger: Runtimes, said: str
) -> None:
    with pytest.raises(CheckFailedError, match=said):
        list(probe(stranger)("dev"))


def test_an_environment_without_runtimes_is_told_how_to_get_some() -> None:
    with pytest.raises(CheckFailedError, match="hatch run agents:deploy --env dev"):
        list(probe(Runtimes(), ssm=Parameters([]))("dev"))
