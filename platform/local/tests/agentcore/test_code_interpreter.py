"""The sandbox behind an unmodified boto3 client: files, code, commands, and what they cannot do."""

import shutil
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from switchboard.local.agentcore.isolation import Isolation
from switchboard.local.agentcore.sandbox import Sandboxes

MANAGED = "aws.codeinterpreter.v1"


class Interpreter:
    """A session through boto3."""

    def __init__(self, front: Any) -> None:
        self.client = front.client()
        self.session = self.client.start_code_interpreter_session(
            codeInterpreterIdentifier=MANAGED, name="inv-1", sessionTimeoutSeconds=900
        )["sessionId"]

    def __call__(self, tool: str, **arguments: Any) -> dict[str, Any]:
        answer = self.client.invoke_code_interpreter(
            codeInterpreterIdentifier=MANAGED,
            sessionId=self.session,
            name=tool,
            arguments=arguments,
        )
        events = list(answer["stream"])
        assert len(events) == 1
        result: dict[str, Any] = events[0]["result"]
        return result

    def python(self, code: str) -> dict[str, Any]:
        result = self("executeCode", code=code, language="python")
        found: dict[str, Any] = result["structuredContent"]
        return found


@pytest.fixture
def front(shared_front: Any) -> Any:
    """These tests share one front: each has sessions of its own."""
    return shared_front


@pytest.fixture
def interpreter(front: Any) -> Interpreter:
    return Interpreter(front)


@pytest.fixture
def isolated(tmp_path: Path) -> None:
    """Skip where the system gives no namespaces."""
    if not Isolation(tmp_path, tmp_path).isolated:
        pytest.skip("no namespaces on this system")


def test_files_are_written_read_listed_and_removed(interpreter: Interpreter) -> None:
    interpreter(
        "writeFiles",
        content=[{"path": "src/app.py", "text": "x = 1\n"}, {"path": "a.bin", "blob": b"\xff\x00"}],
    )

    read = interpreter("readFiles", paths=["src/app.py", "a.bin"])["content"]
    listed = interpreter("listFiles", directoryPath=".")["content"]
    interpreter("removeFiles", paths=["a.bin"])

    assert read[0]["resource"]["text"] == "x = 1\n"
    assert read[1]["resource"]["blob"] == b"\xff\x00"
    assert [(item["name"], item["description"]) for item in listed] == [
        ("a.bin", "File"),
        ("src", "Directory"),
    ]
    assert [item["name"] for item in interpreter("listFiles")["content"]] == ["src"]


def test_code_runs_and_reports_output_and_exit_code(interpreter: Interpreter) -> None:
    good = interpreter("executeCode", code="print(6 * 7)", language="python")
    bad = interpreter("executeCode", code="raise SystemExit(3)", language="python")

    assert good["structuredContent"]["stdout"] == "42\n"
    assert good["isError"] is False
    assert (bad["structuredContent"]["exitCode"], bad["isError"]) == (3, True)


def test_pytest_runs_on_files_of_the_session(interpreter: Interpreter) -> None:
    interpreter(
        "writeFiles",
        content=[
            {"path": "app.py", "text": "def one():\n    return 1\n"},
            {
                "path": "test_app.py",
                "text": "import app\ndef test_one():\n    assert app.one() == 1\n",
            },
        ],
    )

    result = interpreter("executeCommand", command="python -m pytest -q")

    assert "1 passed" in result["structuredContent"]["stdout"]
    assert len(interpreter("listFiles")["content"]) == 2


@pytest.mark.parametrize("path", ["../outside.txt", "/etc/hostname", "a/../../b"])
@pytest.mark.parametrize("tool", ["readFiles", "removeFiles"])
def test_a_path_that_leaves_the_session_is_refused(
    interpreter: Interpreter, tool: str, path: str
) -> None:
    result = interpreter(tool, paths=[path])

    assert result["isError"] is True
    assert "leaves the session's folder" in result["content"][0]["text"]


def test_writing_outside_the_session_is_refused(interpreter: Interpreter, front: Any) -> None:
    result = interpreter("writeFiles", content=[{"path": "../../stolen.txt", "text": "x"}])

    assert result["isError"] is True
    assert not (front.home / "stolen.txt").exists()


def test_a_link_out_of_the_session_is_not_followed(interpreter: Interpreter) -> None:
    interpreter("executeCommand", command="ln -s /etc/hostname link")

    result = interpreter("readFiles", paths=["link"])

    assert result["isError"] is True


def test_nothing_of_our_environment_reaches_the_code(
    interpreter: Interpreter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not for foreign eyes")

    seen = interpreter.python("import os; print(sorted(os.environ))")["stdout"]

    assert "AWS" not in seen
    assert "SWITCHBOARD" not in seen


@pytest.mark.usefixtures("isolated")
def test_code_cannot_read_the_platforms_keys_nor_another_session(
    front: Any, interpreter: Interpreter
) -> None:
    other = Interpreter(front)
    other("writeFiles", content=[{"path": "secret.txt", "text": "of the other"}])
    key = front.home / "identity" / "key.pem"
    secret = front.home / "sandbox" / other.session / "secret.txt"
    assert key.exists()
    assert secret.exists()

    seen = interpreter.python(f"import os; print(os.path.exists({str(key)!r}))")["stdout"]
    found = interpreter("executeCommand", command=f"cat {secret}; ls {secret.parents[1]}")

    assert seen == "False\n"
    assert "of the other" not in found["structuredContent"]["stdout"]
    assert found["structuredContent"]["stdout"].split() == [interpreter.session]


@pytest.mark.usefixtures("isolated")
def test_code_has_no_network_but_loopback(front: Any, interpreter: Interpreter) -> None:
    port = front.url.rsplit(":", 1)[1]

    outside = interpreter.python("import socket; socket.create_connection(('192.0.2.1', 80), 5)")
    ours = interpreter.python(f"import socket; socket.create_connection(('127.0.0.1', {port}), 5)")
    own = interpreter.python(
        "import socket; s = socket.create_server(('127.0.0.1', 0)); "
        "socket.create_connection(s.getsockname(), 5); print('connected')"
    )

    assert "unreachable" in outside["stderr"]
    assert "refused" in ours["stderr"]
    assert own["stdout"] == "connected\n"


@pytest.mark.usefixtures("isolated")
def test_code_sees_no_process_but_its_own(interpreter: Interpreter) -> None:
    seen = interpreter.python("import os; print([p for p in os.listdir('/proc') if p.isdigit()])")

    assert seen["stdout"] == "['1']\n"


def test_a_file_larger_than_the_limit_cannot_be_written(interpreter: Interpreter) -> None:
    result = interpreter.python("open('big', 'wb').truncate(100_000_000)")

    assert result["exitCode"] != 0


def test_a_command_that_takes_too_long_is_stopped_with_its_children(tmp_path: Path) -> None:
    sandboxes = Sandboxes(tmp_path / "s", Isolation(tmp_path / "state", tmp_path, 0.5))
    session = sandboxes.start(MANAGED, "", 900)
    command = "(sleep 3; touch late) & echo begun; sleep 30"

    result = sandboxes.invoke(session, "executeCommand", {"command": command})

    assert result["structuredContent"]["taskStatus"] == "canceled"
    assert result["structuredContent"]["stdout"] == "begun\n"
    assert "longer than 0.5 seconds" in result["structuredContent"]["stderr"]
    assert result["isError"] is True


@pytest.mark.skipif(not shutil.which("chromium"), reason="no chromium on this system")
def test_a_page_can_be_rendered_by_a_browser(interpreter: Interpreter) -> None:
    interpreter(
        "writeFiles",
        content=[{"path": "index.html", "text": "<script>document.title=6*7</script>"}],
    )

    result = interpreter(
        "executeCommand",
        command="chromium --headless=new --no-sandbox --disable-gpu --dump-dom index.html",
    )

    assert "<title>42</title>" in result["structuredContent"]["stdout"]


def test_a_stopped_session_is_gone_with_its_files(front: Any, interpreter: Interpreter) -> None:
    interpreter("writeFiles", content=[{"path": "a.txt", "text": "a"}])

    interpreter.client.stop_code_interpreter_session(
        codeInterpreterIdentifier=MANAGED, sessionId=interpreter.session
    )

    assert not (front.home / "sandbox" / interpreter.session).exists()
    with pytest.raises(ClientError) as caught:
        interpreter("listFiles")
    assert caught.value.response["Error"]["Code"] == "ResourceNotFoundException"


def test_a_session_can_be_looked_up_and_found_by_name(interpreter: Interpreter) -> None:
    found = interpreter.client.get_code_interpreter_session(
        codeInterpreterIdentifier=MANAGED, sessionId=interpreter.session
    )
    listed = interpreter.client.list_code_interpreter_sessions(codeInterpreterIdentifier=MANAGED)

    assert (found["status"], found["name"]) == ("READY", "inv-1")
    assert listed["items"][0]["sessionId"] == interpreter.session


def test_the_same_client_token_gives_the_same_session(front: Any) -> None:
    token = f"switchboard-{uuid4()}"

    def start(**more: Any) -> str:
        answer = front.client().start_code_interpreter_session(
            codeInterpreterIdentifier=MANAGED, **more
        )
        found: str = answer["sessionId"]
        return found

    first = start(clientToken=token)

    assert start(clientToken=token) == first
    assert start() != first


def test_a_session_ends_at_its_time_limit(tmp_path: Path) -> None:
    now = [0.0]
    sandboxes = Sandboxes(tmp_path, Isolation(tmp_path, tmp_path), lambda: now[0])
    session = sandboxes.start(MANAGED, "", 900)

    now[0] = 901.0

    assert sandboxes.find(session.session_id) is None
    assert not session.folder.exists()


def test_an_interpreter_nobody_deployed_is_not_found(front: Any) -> None:
    with pytest.raises(ClientError) as caught:
        front.client().start_code_interpreter_session(codeInterpreterIdentifier="mine-AbCdEf1234")

    assert caught.value.response["Error"]["Code"] == "ResourceNotFoundException"


def test_a_tool_that_is_not_served_says_what_to_use(interpreter: Interpreter) -> None:
    result = interpreter("startCommandExecution", command="ls")

    assert result["isError"] is True
    assert "use executeCommand" in result["content"][0]["text"]
