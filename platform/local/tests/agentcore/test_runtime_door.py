"""Agent runtimes behind an unmodified boto3 client."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psutil
import pytest
from botocore.exceptions import ClientError

from switchboard.local.agentcore.agent_process import Launcher

Invoke = Callable[..., Any]


@pytest.fixture
def session() -> str:
    return f"inv-{uuid4()}"


@pytest.fixture
def other_session() -> str:
    return f"inv-{uuid4()}"


@pytest.fixture
def invoke(session: str) -> Invoke:
    """Invoke a runtime in this test's session, or in another one."""

    def call(front: Any, arn: str, payload: Any, session: str = session, **more: Any) -> Any:
        answer = front.client().invoke_agent_runtime(
            agentRuntimeArn=arn,
            qualifier=more.pop("qualifier", "DEFAULT"),
            runtimeSessionId=session,
            payload=json.dumps(payload).encode(),
            **more,
        )
        assert answer["runtimeSessionId"] == session
        return json.loads(answer["response"].read())

    return call


def error_of(caught: pytest.ExceptionInfo[ClientError]) -> tuple[str, int]:
    response = caught.value.response
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]


@pytest.mark.requirement("ORC-17", "U")
def test_one_session_is_one_process_and_keeps_it(
    invoke: Invoke, other_session: str, session: str, shared_front: Any
) -> None:
    arn = shared_front.runtime("code")

    first = invoke(shared_front, arn, {})
    again = invoke(shared_front, arn, {})
    other = invoke(shared_front, arn, {}, other_session)

    assert first["pid"] == again["pid"] != other["pid"]
    assert first["headers"]["x-amzn-bedrock-agentcore-runtime-session-id"] == session


def test_sessions_have_folders_of_their_own(
    invoke: Invoke, other_session: str, session: str, shared_front: Any
) -> None:
    arn = shared_front.runtime("code")

    mine = invoke(shared_front, arn, {"write": "secret of one session"})
    other = invoke(shared_front, arn, {}, other_session)

    assert mine["files"] == ["note.txt", "tmp"]
    assert other["files"] == ["tmp"]
    assert mine["cwd"] != other["cwd"]


def test_an_agent_sees_its_variables_and_the_local_endpoints_and_nothing_of_ours(
    invoke: Invoke, shared_front: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRIVATE_THING_OF_THE_HOST", "1")
    variables = {"MODEL_ID": "offline.playbook", "DOCKER_CONTAINER": "1", "AWS_REGION": "eu-west-1"}

    env = invoke(shared_front, shared_front.runtime("code", EnvironmentVariables=variables), {})[
        "env"
    ]

    assert env["MODEL_ID"] == "offline.playbook"
    assert env["AWS_ACCESS_KEY_ID"] == "111122223333"
    assert env["AWS_REGION"] == "us-east-1"
    assert env["AWS_ENDPOINT_URL_BEDROCK_AGENTCORE"].startswith("http://127.0.0.1:")
    assert "PRIVATE_THING_OF_THE_HOST" not in env
    assert "DOCKER_CONTAINER" not in env


def test_a_session_runs_with_its_runtimes_role_which_also_fetched_its_code(
    invoke: Invoke, shared_front: Any
) -> None:
    role = "arn:aws:iam::111122223333:role/switchboard-dev-agent-of-this-test"

    env = invoke(shared_front, shared_front.runtime("code", RoleArn=role), {})["env"]

    assert env["AWS_ACCESS_KEY_ID"] == "ASIA-111122223333-switchboard-dev-agent-of-this-test"
    lines = (shared_front.home / "journal" / "aws.jsonl").read_text().splitlines()
    [noted] = [line for line in map(json.loads, lines) if line["role"] == role.rsplit("/", 1)[-1]]
    assert [need[0] for need in noted["needs"]] == ["s3:GetObject"]


@pytest.mark.parametrize(
    ("module", "found"), [("boto3", False), ("reply", True), ("sqlite3", True)]
)
def test_an_agent_imports_its_bundle_and_the_standard_library_only(
    invoke: Invoke, shared_front: Any, module: str, *, found: bool
) -> None:
    answer = invoke(
        shared_front, shared_front.runtime("code"), {"action": "import", "module": module}
    )

    assert answer == {"found": found}


def test_a_stream_is_passed_through(session: str, shared_front: Any) -> None:
    answer = shared_front.client().invoke_agent_runtime(
        agentRuntimeArn=shared_front.runtime("code"),
        runtimeSessionId=session,
        payload=json.dumps({"action": "stream"}).encode(),
    )

    assert answer["contentType"] == "text/event-stream"
    lines = [line for line in answer["response"].iter_lines(chunk_size=1) if line]
    assert lines == [b"data: 0", b"data: 1", b"data: 2"]


def test_a_page_of_another_host_does_not_reach_the_front(shared_front: Any) -> None:
    answer = httpx.get(f"{shared_front.url}/ping", headers={"Host": "rebound.example"})

    assert answer.status_code == 400


def test_an_unknown_runtime_is_not_found(invoke: Invoke, shared_front: Any) -> None:
    arn = "arn:aws:bedrock-agentcore:us-east-1:111122223333:runtime/nowhere-AbCdEf1234"

    with pytest.raises(ClientError) as caught:
        invoke(shared_front, arn, {})

    assert error_of(caught) == ("ResourceNotFoundException", 404)


def test_a_runtime_is_called_by_default_or_by_a_deployed_endpoint(
    invoke: Invoke, shared_front: Any
) -> None:
    arn = shared_front.runtime("code")
    shared_front.register(
        "endpoint",
        {
            "type": "AWS::BedrockAgentCore::RuntimeEndpoint",
            "physical_id": f"{arn}/runtime-endpoint/prod",
            "properties": {"Name": "prod", "AgentRuntimeId": arn.rsplit("/", 1)[-1]},
        },
    )

    assert invoke(shared_front, arn, {}, qualifier="prod")["pid"]
    with pytest.raises(ClientError) as caught:
        invoke(shared_front, arn, {}, qualifier="staging")

    assert error_of(caught) == ("ResourceNotFoundException", 404)


def test_a_failing_agent_is_a_runtime_client_error(invoke: Invoke, shared_front: Any) -> None:
    with pytest.raises(ClientError) as caught:
        invoke(shared_front, shared_front.runtime("code"), {"action": "fail"})

    assert error_of(caught) == ("RuntimeClientError", 424)
    assert "Received error (500) from runtime: " in str(caught.value)


def test_an_agent_that_does_not_start_says_why(invoke: Invoke, front: Any, zip_of: Any) -> None:
    front.engine.objects["assets/agent.zip"] = zip_of(main="raise SystemExit('no configuration')")

    with pytest.raises(ClientError) as caught:
        invoke(front, front.runtime("code"), {})

    assert error_of(caught) == ("RuntimeClientError", 424)
    assert "no configuration" in str(caught.value)


def test_a_runtime_whose_code_is_missing_says_which_object(invoke: Invoke, front: Any) -> None:
    front.engine.objects.clear()

    with pytest.raises(ClientError, match=r"s3://assets/agent\.zip") as caught:
        invoke(front, front.runtime("code"), {})

    assert error_of(caught) == ("RuntimeClientError", 424)


def test_a_session_id_that_could_leave_the_log_folder_is_refused(
    invoke: Invoke, shared_front: Any
) -> None:
    with pytest.raises(ClientError) as caught:
        invoke(shared_front, shared_front.runtime("code"), {}, "../" * 15)

    assert error_of(caught) == ("ValidationException", 400)


def test_code_is_fetched_once_and_again_when_it_changes(
    invoke: Invoke, other_session: str, session: str, front: Any, zip_of: Any
) -> None:
    arn = front.runtime("code")
    invoke(front, arn, {})
    invoke(front, arn, {}, other_session)
    assert front.engine.downloads == 1

    front.engine.objects["assets/agent.zip"] = zip_of(reply="answer = lambda *_: 'new code'")

    assert invoke(front, arn, {}, "x" * 40) == "new code"
    assert invoke(front, arn, {})["pid"]


@pytest.mark.requirement("ORC-17", "U")
def test_a_stopped_session_ends_its_process_and_its_folder(
    invoke: Invoke, session: str, shared_front: Any
) -> None:
    arn = shared_front.runtime("code")
    first = invoke(shared_front, arn, {})

    shared_front.client().stop_runtime_session(agentRuntimeArn=arn, runtimeSessionId=session)

    assert not psutil.pid_exists(first["pid"])
    assert not Path(first["cwd"]).exists()
    assert invoke(shared_front, arn, {})["pid"] != first["pid"]


def test_stopping_an_unknown_session_is_not_found(session: str, shared_front: Any) -> None:
    with pytest.raises(ClientError) as caught:
        shared_front.client().stop_runtime_session(
            agentRuntimeArn=shared_front.runtime("code"), runtimeSessionId=session
        )

    assert error_of(caught) == ("ResourceNotFoundException", 404)


@pytest.mark.requirement("ORC-17", "U")
def test_an_idle_session_ends_and_a_busy_one_stays(
    invoke: Invoke, other_session: str, session: str, front: Any, wait_until: Any
) -> None:
    arn = front.runtime("code")
    idle = invoke(front, arn, {})["pid"]
    busy = invoke(front, arn, {"busy": True}, other_session)["pid"]

    front.clock.value += 901
    wait_until(lambda: front.journal("sessions")[-1]["event"] == "ended")

    assert front.journal("sessions")[-1]["why"] == "idle"
    assert not psutil.pid_exists(idle)
    assert psutil.pid_exists(busy)


@pytest.mark.requirement("ORC-17", "U")
def test_even_a_busy_session_ends_at_its_life_limit(
    invoke: Invoke, front: Any, wait_until: Any
) -> None:
    arn = front.runtime("code", LifecycleConfiguration={"MaxLifetime": 3600})
    busy = invoke(front, arn, {"busy": True})["pid"]

    front.clock.value += 3601
    wait_until(lambda: front.journal("sessions")[-1]["event"] == "ended")

    assert not psutil.pid_exists(busy)
    assert front.journal("sessions")[-1]["why"] == "life limit"


def test_a_session_starts_from_a_spare_process_when_there_is_one(
    invoke: Invoke, front_with_spares: Any, wait_until: Any
) -> None:
    front = front_with_spares
    arn = front.runtime("code")

    wait_until(lambda: invoke_new(invoke, front, arn)["spare"])

    assert invoke(front, arn, {})["files"] == ["tmp"]


def invoke_new(invoke: Invoke, front: Any, arn: str) -> dict[str, Any]:
    invoke(front, arn, {}, f"{len(front.journal('sessions')):040d}")
    started: dict[str, Any] = front.journal("sessions")[-1]
    return started


def test_a_log_of_its_own_is_kept_for_each_session(
    invoke: Invoke, session: str, shared_front: Any
) -> None:
    invoke(shared_front, shared_front.runtime("code"), {})

    log = shared_front.home / "logs" / "sessions" / f"{session}.log"
    assert "agent listens" in log.read_text()


def test_agents_of_a_front_that_was_killed_are_ended_by_the_next(tmp_path: Path) -> None:
    orphan = subprocess.Popen(
        [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, start_new_session=True
    )
    stranger = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    started = psutil.Process(orphan.pid).create_time()
    notes = {
        "a": {"pid": orphan.pid, "started": started},
        "b": {"pid": stranger.pid, "started": 1.0},
    }
    for name, note in notes.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(note))

    Launcher(
        bundles=None, aws_environment={}, sessions_folder=tmp_path, logs_folder=tmp_path
    ).end_leftovers()

    assert orphan.wait(10) == -signal.SIGKILL
    assert stranger.poll() is None
    stranger.communicate(b"\n")
    orphan.stdin.close()
