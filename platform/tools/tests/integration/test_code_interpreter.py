"""The code interpreter through botocore's own parser, on event-stream frames."""

import binascii
import json
import struct
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.config import Config

from switchboard.tools.errors import InvalidArgumentsError, ToolError
from switchboard.tools.sandbox.adapters.code_interpreter import CodeInterpreter
from switchboard.tools.sandbox.interpreter import Run, SessionGoneError


def _header(name: str, value: str) -> bytes:
    raw = value.encode()
    return bytes([len(name)]) + name.encode() + b"\x07" + struct.pack("!H", len(raw)) + raw


def _frame(kind: str, body: Any, message: str = "event") -> bytes:
    """One frame of `application/vnd.amazon.eventstream` (AWS SDK event stream encoding)."""
    typed = ":event-type" if message == "event" else ":exception-type"
    headers = _header(":message-type", message) + _header(typed, kind)
    headers += _header(":content-type", "application/json")
    payload = json.dumps(body).encode()
    total = 16 + len(headers) + len(payload)
    prelude = struct.pack("!II", total, len(headers))
    prelude += struct.pack("!I", binascii.crc32(prelude))
    checked = prelude + headers + payload
    return checked + struct.pack("!I", binascii.crc32(checked))


class Raw:
    """A body as botocore reads it."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
        yield self._content

    def close(self) -> None:
        """Nothing to close."""


class Service:
    """Answers every request with `status` and `content`; keeps the requests."""

    def __init__(self) -> None:
        self.requests: list[Any] = []
        self.status, self.content, self.headers = 200, b"", {}

    def result(self, **result: Any) -> None:
        self.status, self.content = 200, _frame("result", result)

    def __call__(self, request: Any, **_: Any) -> AWSResponse:
        self.requests.append(request)
        return AWSResponse(request.url, self.status, self.headers, Raw(self.content))

    @property
    def body(self) -> Any:
        return json.loads(self.requests[-1].body)


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
def interpreter(service: Service) -> CodeInterpreter:
    # not on moto: it knows no code interpreter, and `service` answers before anything is sent
    session = boto3.Session("local", "local", region_name="us-east-1")
    client = session.client("bedrock-agentcore", config=Config(retries={"max_attempts": 0}))
    client.meta.events.register_first("before-send.bedrock-agentcore", service)
    return CodeInterpreter(client, "switchboard_dev-abc")


def test_a_session_is_started_with_a_token_that_names_it_once(
    interpreter: CodeInterpreter, service: Service
) -> None:
    answer = {
        "codeInterpreterIdentifier": "switchboard_dev-abc",
        "sessionId": "session1",
        "createdAt": "2026-11-21T10:00:00Z",
    }
    service.content = json.dumps(answer).encode()

    session = interpreter.start("switchboard-01J9ZQ8H3V5T7W2X4Y6A8B0C1D-1")

    assert session == "session1"
    assert service.body["clientToken"] == "switchboard-01J9ZQ8H3V5T7W2X4Y6A8B0C1D-1"
    assert "/code-interpreters/switchboard_dev-abc/sessions/start" in service.requests[0].url


def test_code_answers_exit_code_and_both_streams(
    interpreter: CodeInterpreter, service: Service
) -> None:
    structured = {"stdout": "2\n", "stderr": "warn", "exitCode": 3}
    service.result(content=[], structuredContent=structured, isError=False)

    run = interpreter.execute_code("session1", "python", "print(2)")

    assert run == Run(3, "2\n", "warn")
    assert service.body["name"] == "executeCode"
    assert service.body["arguments"] == {"code": "print(2)", "language": "python"}


@pytest.mark.parametrize(
    ("failed", "expected"), [(True, Run(1, "", "boom")), (False, Run(0, "boom", ""))]
)
def test_an_answer_without_structure_is_still_understood(
    failed: bool,
    expected: Run,
    interpreter: CodeInterpreter,
    service: Service,
) -> None:
    service.result(content=[{"type": "text", "text": "boom"}], isError=failed)

    assert interpreter.execute_command("session1", "false") == expected


def test_files_are_written_as_text(interpreter: CodeInterpreter, service: Service) -> None:
    service.result(content=[], isError=False)

    interpreter.write_files("session1", [("a.py", "x = 1")])

    assert service.body["arguments"] == {"content": [{"path": "a.py", "text": "x = 1"}]}


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        ({"type": "text", "text": "hé"}, "hé".encode()),
        ({"type": "blob", "blob": "iVBORw=="}, b"\x89PNG"),
    ],
)
def test_a_file_is_read_as_text_or_bytes(
    resource: dict[str, str], expected: bytes, interpreter: CodeInterpreter, service: Service
) -> None:
    service.result(content=[{"type": "resource", "resource": resource}])

    assert interpreter.read_file("session1", "shot.png") == expected


def test_a_missing_file_is_named(interpreter: CodeInterpreter, service: Service) -> None:
    service.result(content=[{"type": "text", "text": "no such file"}], isError=True)

    with pytest.raises(InvalidArgumentsError, match=r"shot\.png"):
        interpreter.read_file("session1", "shot.png")


def test_an_ended_session_is_told_apart_from_a_failure(
    interpreter: CodeInterpreter, service: Service
) -> None:
    service.status, service.content = 404, b'{"message":"gone"}'
    service.headers = {"x-amzn-errortype": "ResourceNotFoundException"}

    with pytest.raises(SessionGoneError):
        interpreter.execute_code("session1", "python", "1")


def test_a_session_that_ends_inside_the_stream_is_recognised_too(
    interpreter: CodeInterpreter, service: Service
) -> None:
    service.content = _frame("resourceNotFoundException", {"message": "gone"}, "exception")

    with pytest.raises(SessionGoneError):
        interpreter.execute_code("session1", "python", "1")


@pytest.mark.requirement("GTW-08", "F")
@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        ("ThrottlingException", 429, "TOOL_RATE_LIMITED"),
        ("ServiceQuotaExceededException", 402, "TOOL_RATE_LIMITED"),
        ("AccessDeniedException", 403, "TOOL_AUTH_FAILED"),
        ("InternalServerException", 500, "TOOL_FAILED"),
    ],
)
def test_permissions_and_limits_have_their_codes(
    error: str, status: int, code: str, interpreter: CodeInterpreter, service: Service
) -> None:
    service.status, service.content = status, b'{"message":"no"}'
    service.headers = {"x-amzn-errortype": error}

    with pytest.raises(ToolError) as caught:
        interpreter.execute_code("session1", "python", "1")

    assert caught.value.code == code
