"""AgentCore Code Interpreter (botocore 1.44.5, service `bedrock-agentcore`).

Each call answers an event stream; its `result` event holds `structuredContent` {stdout, stderr,
exitCode} and `content` blocks, errors come as events named like the exceptions.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError, EventStreamError

from switchboard.tools.errors import (
    AuthFailedError,
    FailedError,
    InvalidArgumentsError,
    RateLimitedError,
    ToolError,
)
from switchboard.tools.sandbox.interpreter import Run, SessionGoneError

if TYPE_CHECKING:  # the stubs never ship in a Lambda
    from mypy_boto3_bedrock_agentcore import BedrockAgentCoreClient

SESSION_SECONDS = 8 * 60 * 60
"""As long as an agent may work; the session ends earlier when it is idle."""

_GONE = {"ResourceNotFoundException", "resourceNotFoundException"}
_LIMITS = {"ThrottlingException", "ServiceQuotaExceededException"}


class CodeInterpreter:
    """The interpreter with a given id."""

    def __init__(self, client: BedrockAgentCoreClient, interpreter_id: str) -> None:
        """Use the code interpreter `interpreter_id`."""
        self._client = client
        self._id = interpreter_id

    def start(self, token: str) -> str:
        """See the port."""
        try:
            answer = self._client.start_code_interpreter_session(
                codeInterpreterIdentifier=self._id,
                name=token[:100],
                sessionTimeoutSeconds=SESSION_SECONDS,
                clientToken=token,
            )
        except (ClientError, BotoCoreError) as error:
            raise _translated(error) from error
        return answer["sessionId"]

    def write_files(self, session: str, files: Sequence[tuple[str, str]]) -> None:
        """See the port."""
        content = [{"path": path, "text": text} for path, text in files]
        result = self._invoke(session, "writeFiles", {"content": content})
        if result.get("isError"):
            raise InvalidArgumentsError(f"The files cannot be written: {_text(result)}")

    def read_file(self, session: str, path: str) -> bytes:
        """See the port."""
        result = self._invoke(session, "readFiles", {"paths": [path]})
        for block in [] if result.get("isError") else result.get("content", []):
            resource = block.get("resource", {})
            if "blob" in resource:
                return bytes(resource["blob"])
            if "text" in resource:
                return str(resource["text"]).encode()
        raise InvalidArgumentsError(f"The sandbox has no file {path!r}")

    def execute_code(self, session: str, language: str, code: str) -> Run:
        """See the port."""
        return _run(self._invoke(session, "executeCode", {"code": code, "language": language}))

    def execute_command(self, session: str, command: str) -> Run:
        """See the port."""
        return _run(self._invoke(session, "executeCommand", {"command": command}))

    def _invoke(self, session: str, name: Any, arguments: Any) -> dict[str, Any]:
        try:
            answer = self._client.invoke_code_interpreter(
                codeInterpreterIdentifier=self._id,
                sessionId=session,
                name=name,
                arguments=arguments,
            )
            return _last_result(answer["stream"])
        except (ClientError, EventStreamError, BotoCoreError) as error:
            if _code(error) in _GONE:
                raise SessionGoneError(session) from error
            raise _translated(error) from error


def _last_result(stream: Iterable[Any]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for event in stream:
        result = event.get("result", result)
    return result


def _run(result: dict[str, Any]) -> Run:
    structured = result.get("structuredContent", {})
    failed = bool(result.get("isError"))
    return Run(
        exit_code=int(structured.get("exitCode", 1 if failed else 0)),
        stdout=str(structured.get("stdout", "" if failed else _text(result))),
        stderr=str(structured.get("stderr", _text(result) if failed else "")),
    )


def _text(result: dict[str, Any]) -> str:
    return "\n".join(block["text"] for block in result.get("content", []) if "text" in block)


def _code(error: Exception) -> str:
    response = getattr(error, "response", {})
    return str(response.get("Error", {}).get("Code", ""))


def _translated(error: Exception) -> ToolError:
    code = _code(error)
    if code in _LIMITS:
        return RateLimitedError("The sandbox is busy", "Wait a minute, then call again")
    if code == "AccessDeniedException":
        return AuthFailedError(
            "The sandbox refused the tool's role", "Ask the platform team to check its permissions"
        )
    return FailedError("The sandbox did not answer", "Try again in a minute")
