"""Runtimes, timers and stories: memory and AWS give the same answers; AWS's errors are named."""

import hashlib
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from aws_lambda_powertools import Logger
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError

from switchboard.events.values import ContentRef
from switchboard.orchestrator.adapters.agentcore import AgentCoreRuntimes
from switchboard.orchestrator.adapters.directory import FRESH, SsmDirectory
from switchboard.orchestrator.adapters.memory import (
    MemoryDeadlines,
    MemoryRuntimes,
    MemoryStories,
)
from switchboard.orchestrator.adapters.scheduler import SchedulerDeadlines, TimerTarget
from switchboard.orchestrator.adapters.seals import JwsSeals, MemoryKeys, SecretKeys
from switchboard.orchestrator.adapters.stories import S3Stories
from switchboard.orchestrator.domain.identity import session_id_for
from switchboard.orchestrator.domain.model import (
    Flow,
    RetryLaterError,
    StartFailedError,
    StartUnavailableError,
)
from switchboard.orchestrator.domain.ports import AgentRun, DeadlineNotSetError

ID = "01KGM6XXXXXXXXXXXXXXXXXXXX"
FLOW = Flow(ID, "call-1")
RUN = AgentRun("code", session_id_for(ID), "user-1", {"invocation_id": ID})


@dataclass
class Runtimes:
    port: Any
    sessions: Any


@pytest.fixture
def memory_runtimes() -> Runtimes:
    runtimes = MemoryRuntimes(frozenset({"code"}))
    return Runtimes(runtimes, lambda: set(runtimes.sessions))


@pytest.fixture
def directory(ssm: Any, clock: Any) -> SsmDirectory:
    return SsmDirectory(ssm, "/switchboard/dev/agents", clock)


@pytest.fixture
def on_agentcore(agentcore_client: Any, directory: SsmDirectory) -> AgentCoreRuntimes:
    return AgentCoreRuntimes(agentcore_client, directory, Logger("test"))


@pytest.fixture
def aws_runtimes(agentcore: Any, on_agentcore: AgentCoreRuntimes) -> Runtimes:
    return Runtimes(on_agentcore, lambda: agentcore.sessions)


@pytest.fixture(params=["memory_runtimes", "aws_runtimes"])
def runtimes(request: pytest.FixtureRequest) -> Runtimes:
    found: Runtimes = request.getfixturevalue(request.param)
    return found


@pytest.mark.requirement("ORC-17", "U")
def test_the_same_session_id_reaches_the_same_session_and_stopping_ends_it(
    runtimes: Runtimes,
) -> None:
    runtimes.port.start(RUN)
    runtimes.port.start(RUN)
    runtimes.port.cancel("code", RUN.session_id, ID)
    assert runtimes.sessions() == {RUN.session_id}

    assert runtimes.port.stop("code", RUN.session_id) is True
    assert runtimes.sessions() == set()
    assert runtimes.port.stop("code", RUN.session_id) is False


def test_an_agent_type_without_a_runtime_cannot_be_started(runtimes: Runtimes) -> None:
    with pytest.raises(StartFailedError):
        runtimes.port.start(AgentRun("mock", RUN.session_id, "user-1", {}))


def test_an_environment_says_which_endpoint_its_sessions_use_and_beta_gets_its_share(
    directory: SsmDirectory, ssm: Any
) -> None:
    sessions = [session_id_for(f"01KGM6{number:020d}") for number in range(1000)]
    ssm.put_parameter(
        Name="/switchboard/dev/agents/code/traffic", Value="prod,beta:10", Type="String"
    )

    first, again = ([directory.endpoint("code", session) for session in sessions] for _ in range(2))

    assert first == again
    assert set(first) == {"prod", "beta"}
    assert 60 < first.count("beta") < 140
    assert directory.endpoint("mock", sessions[0]) == "DEFAULT"


@pytest.mark.requirement("ORC-09", "U")
def test_the_runtime_is_invoked_with_payload_session_user_and_qualifier_default(
    on_agentcore: AgentCoreRuntimes, agentcore: Any
) -> None:
    on_agentcore.start(RUN)

    assert agentcore.invocations == [
        {
            "session": RUN.session_id,
            "payload": {"invocation_id": ID},
            "qualifier": ["DEFAULT"],
            "user": "user-1",
        }
    ]


def test_a_cancel_is_a_second_invocation_of_the_same_session(
    on_agentcore: AgentCoreRuntimes, agentcore: Any
) -> None:
    on_agentcore.cancel("code", RUN.session_id, ID)

    (call,) = agentcore.invocations
    assert call["payload"] == {"action": "cancel", "invocation_id": ID}
    assert (call["session"], call["user"]) == (RUN.session_id, None)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (429, "ThrottlingException"),
        (402, "ServiceQuotaExceededException"),
        (409, "RetryableConflictException"),
        (424, "RuntimeClientError"),
        (500, "InternalServerException"),
        (503, "SomethingNewException"),
    ],
)
def test_an_error_that_may_pass_is_transient_and_is_not_retried_here(
    on_agentcore: AgentCoreRuntimes, agentcore: Any, status: int, kind: str
) -> None:
    agentcore.fail_next = [(status, kind)] * 2

    with pytest.raises(StartUnavailableError):
        on_agentcore.start(RUN)
    assert len(agentcore.fail_next) == 1


@pytest.mark.parametrize(
    ("status", "kind"),
    [(403, "AccessDeniedException"), (400, "ValidationException"), (418, "SomethingNewException")],
)
def test_an_error_that_stays_is_permanent(
    on_agentcore: AgentCoreRuntimes, agentcore: Any, status: int, kind: str
) -> None:
    agentcore.fail_next = [(status, kind)]

    with pytest.raises(StartFailedError, match=kind):
        on_agentcore.start(RUN)


@pytest.mark.parametrize("answer", [{"status": "busy"}, "hello", ["accepted"], None])
def test_an_answer_that_is_no_acknowledgement_is_a_failed_start(
    on_agentcore: AgentCoreRuntimes, agentcore: Any, answer: Any
) -> None:
    agentcore.acknowledge = lambda _: answer

    with pytest.raises(StartFailedError, match="did not accept the work"):
        on_agentcore.start(RUN)


@pytest.mark.requirement("ORC-10", "F")
def test_a_stream_that_breaks_before_its_end_is_a_transient_error(
    on_agentcore: AgentCoreRuntimes, agentcore_client: Any
) -> None:
    def broken(**_: Any) -> None:
        raise ReadTimeoutError(endpoint_url="https://agentcore")

    agentcore_client.meta.events.register_first("before-send", broken)

    with pytest.raises(StartUnavailableError, match="cannot be reached"):
        on_agentcore.start(RUN)


@pytest.mark.requirement("ORC-05", "U")
def test_the_arn_is_configuration_and_a_redeployed_runtime_is_found_at_once(
    ssm: Any, on_agentcore: AgentCoreRuntimes, agentcore: Any
) -> None:
    on_agentcore.start(RUN)
    moved = next(iter(agentcore.runtimes)) + "2"
    agentcore.runtimes = {moved}
    ssm.put_parameter(Name="/switchboard/dev/agents/code/runtime-arn", Value=moved, Overwrite=True)

    on_agentcore.start(RUN)

    assert len(agentcore.invocations) == 2


def test_a_runtime_that_is_gone_for_good_is_a_permanent_error(
    on_agentcore: AgentCoreRuntimes, agentcore: Any
) -> None:
    agentcore.runtimes = set()

    with pytest.raises(StartFailedError, match="ResourceNotFoundException"):
        on_agentcore.start(RUN)


def test_a_known_arn_is_believed_for_a_while(ssm: Any, directory: SsmDirectory, clock: Any) -> None:
    first = directory.arn("code")
    ssm.put_parameter(
        Name="/switchboard/dev/agents/code/runtime-arn", Value="arn:new", Overwrite=True
    )

    assert directory.arn("code") == first
    clock.tick(FRESH.total_seconds())
    assert directory.arn("code") == "arn:new"


def test_a_missing_runtime_names_the_parameter_and_the_remedy(directory: SsmDirectory) -> None:
    with pytest.raises(
        StartFailedError, match="/switchboard/dev/agents/spec/runtime-arn"
    ) as caught:
        directory.arn("spec")
    assert "Deploy the spec agent" in caught.value.remediation


@pytest.mark.parametrize(("status", "raises"), [(500, True), (429, True), (403, False)])
def test_a_session_that_cannot_be_stopped_is_tried_again_only_when_that_may_help(
    on_agentcore: AgentCoreRuntimes, agentcore: Any, status: int, raises: bool
) -> None:
    agentcore.fail_next = [(status, "AnyException")]

    if raises:
        with pytest.raises(StartUnavailableError):
            on_agentcore.stop("code", RUN.session_id)
    else:
        assert on_agentcore.stop("code", RUN.session_id) is True


def test_a_timer_is_a_one_time_schedule_on_our_queue_and_a_second_one_changes_nothing(
    aws: Any, settings: Any, clock: Any
) -> None:
    target = TimerTarget(settings.TIMER_GROUP, settings.TIMER_QUEUE_ARN, settings.TIMER_ROLE_ARN)
    deadlines = SchedulerDeadlines(aws.client("scheduler"), target, Logger("test"))

    deadlines.set("run-1", clock() + timedelta(hours=1), FLOW)
    deadlines.set("run-1", clock() + timedelta(hours=9), FLOW)

    made = aws.client("scheduler").get_schedule(GroupName="timers", Name="run-1")
    assert made["ScheduleExpression"] == "at(2026-02-04T11:00:00)"
    assert made["FlexibleTimeWindow"] == {"Mode": "OFF"}
    assert made["Target"]["Arn"] == settings.TIMER_QUEUE_ARN
    assert json.loads(made["Target"]["Input"]) == {
        "detail-type": "DeadlineReached",
        "source": "switchboard.orchestrator",
        "detail": {"invocation_id": ID, "correlation_id": "call-1"},
    }


def test_a_timer_that_cannot_be_set_is_reported_as_such(
    aws: Any, settings: Any, clock: Any
) -> None:
    def throttled(**_: Any) -> None:
        raise EndpointConnectionError(endpoint_url="https://scheduler")

    client = aws.new_client("scheduler")
    client.meta.events.register_first("before-call.*.*", throttled)
    target = TimerTarget(settings.TIMER_GROUP, settings.TIMER_QUEUE_ARN, settings.TIMER_ROLE_ARN)

    with pytest.raises(DeadlineNotSetError):
        SchedulerDeadlines(client, target, Logger("test")).set("run-1", clock(), FLOW)


def test_a_timer_in_memory_keeps_its_first_time_and_rings_once(clock: Any) -> None:
    deadlines = MemoryDeadlines()
    deadlines.set("run-1", clock(), FLOW)
    deadlines.set("run-1", clock() + timedelta(hours=9), Flow("other", "call-2"))

    assert deadlines.due(clock()) == [FLOW]
    assert deadlines.due(clock()) == []


@dataclass
class Bodies:
    port: Any
    ref: ContentRef


@pytest.fixture(params=["memory", "s3"])
def bodies(request: pytest.FixtureRequest) -> Bodies:
    text = "# Größe\n"
    digest = hashlib.sha256(text.encode()).hexdigest()
    ref = ContentRef(key="snapshots/1.md", sha256=digest, size_bytes=len(text.encode()))
    if request.param == "memory":
        return Bodies(MemoryStories({ref.key: text}), ref)
    aws = request.getfixturevalue("aws")
    request.getfixturevalue("settings")
    aws.client("s3").put_object(Bucket="content", Key=ref.key, Body=text.encode())
    return Bodies(S3Stories(aws.client("s3"), "content"), ref)


def test_a_story_body_comes_back_as_text(bodies: Bodies) -> None:
    assert bodies.port.body(bodies.ref) == "# Größe\n"


def test_a_story_body_that_is_gone_is_a_failed_start(bodies: Bodies) -> None:
    with pytest.raises(StartFailedError):
        bodies.port.body(bodies.ref.model_copy(update={"key": "snapshots/2.md"}))


def test_a_story_body_that_was_exchanged_is_refused(aws: Any, settings: Any) -> None:
    aws.client("s3").put_object(Bucket="content", Key="snapshots/1.md", Body=b"something else")
    ref = ContentRef(key="snapshots/1.md", sha256="0" * 64, size_bytes=14)

    with pytest.raises(StartFailedError, match="not the one that was sent"):
        S3Stories(aws.client("s3"), "content").body(ref)


@pytest.fixture
def receipt_key(aws: Any, settings: Any) -> str:
    return str(settings.RECEIPT_KEY_SECRET_ARN)


def test_a_key_that_was_exchanged_still_proves_what_it_sealed(aws: Any, receipt_key: str) -> None:
    secrets = aws.client("secretsmanager")
    before = JwsSeals(SecretKeys(secrets, receipt_key)).sign(b"old")
    secrets.put_secret_value(SecretId=receipt_key, SecretString="n" * 64)

    seals = JwsSeals(SecretKeys(secrets, receipt_key))

    assert seals.holds(b"old", before)
    assert seals.holds(b"new", seals.sign(b"new"))
    assert not seals.holds(b"new", before)


def test_a_seal_of_a_key_that_is_gone_does_not_hold(aws: Any, receipt_key: str) -> None:
    seals = JwsSeals(SecretKeys(aws.client("secretsmanager"), receipt_key))
    forgotten = JwsSeals(MemoryKeys()).sign(b"old")

    assert not seals.holds(b"old", forgotten)


def test_a_key_that_cannot_be_read_now_is_tried_again_later(aws: Any) -> None:
    keys = SecretKeys(aws.client("secretsmanager"), "gone")

    with pytest.raises(RetryLaterError, match="cannot be read"):
        JwsSeals(keys).sign(b"content")
