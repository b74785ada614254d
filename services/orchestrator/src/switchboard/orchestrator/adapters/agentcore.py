"""Agents on Amazon Bedrock AgentCore Runtime (data plane, botocore 1.44 service model).

The client must not retry by itself (`max_attempts` 0): the orchestrator counts every start (K-10).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

from switchboard.orchestrator.adapters.directory import SsmDirectory
from switchboard.orchestrator.domain.model import StartFailedError, StartUnavailableError
from switchboard.orchestrator.domain.ports import AgentRun

if TYPE_CHECKING:  # the stubs never ship in a Lambda
    from mypy_boto3_bedrock_agentcore import BedrockAgentCoreClient

NOT_FOUND = "ResourceNotFoundException"
_TRANSIENT = frozenset(
    {
        "ThrottlingException",
        "ServiceQuotaExceededException",
        "RetryableConflictException",
        "InternalServerException",
        "RuntimeClientError",
        "ServiceUnavailableException",
    }
)
_TRANSIENT_STATUS = frozenset({424, 429})
_SERVER_ERROR = 500


class AgentCoreRuntimes:
    """Starts, cancels and stops sessions; the session id makes each of them repeatable."""

    def __init__(
        self, client: BedrockAgentCoreClient, directory: SsmDirectory, logger: Logger
    ) -> None:
        """Call runtimes that `directory` knows."""
        self._client = client
        self._directory = directory
        self._logger = logger

    def start(self, run: AgentRun) -> None:
        """InvokeAgentRuntime; the stream is read to its end and must hold an acknowledgement."""
        answer = self._invoke(
            run.agent_type, run.session_id, run.payload, runtimeUserId=run.user_id
        )
        if answer.get("status") != "accepted":
            raise StartFailedError(
                f"The {run.agent_type} agent did not accept the work: {str(answer)[:500]}",
                "Look at the agent's log; set the status again when it is mended",
            )

    def cancel(self, agent_type: str, session_id: str, invocation_id: str) -> None:
        """A second invocation of the same session, which its agent understands as a wish."""
        try:
            answer = self._invoke(
                agent_type, session_id, {"action": "cancel", "invocation_id": invocation_id}
            )
        except StartFailedError as error:
            self._logger.warning(
                "agent cannot be asked to cancel", invocation_id=invocation_id, reason=str(error)
            )
        else:
            self._logger.info(
                "agent asked to cancel", invocation_id=invocation_id, answer=answer.get("status")
            )

    def stop(self, agent_type: str, session_id: str) -> bool:
        """StopRuntimeSession; False only when the service says that there is no such session."""
        try:
            self._client.stop_runtime_session(
                agentRuntimeArn=self._directory.arn(agent_type),
                runtimeSessionId=session_id,
                qualifier=self._directory.endpoint(agent_type, session_id),
            )
        except StartFailedError:
            return False
        except ClientError as error:
            if error.response["Error"]["Code"] == NOT_FOUND:
                return False
            if _is_transient(error):
                raise StartUnavailableError(
                    f"the session cannot be stopped now: {error}"
                ) from error
            # Nothing will change by waiting: the session ends by its own idle and life limits.
            self._logger.exception("session cannot be stopped", session_id=session_id)
        except BotoCoreError as error:
            raise StartUnavailableError(f"the session cannot be stopped now: {error}") from error
        return True

    def _invoke(
        self, agent_type: str, session_id: str, payload: dict[str, Any], **options: str
    ) -> dict[str, Any]:
        arn = self._directory.arn(agent_type)
        options["qualifier"] = self._directory.endpoint(agent_type, session_id)
        try:
            return self._answer(arn, session_id, payload, options)
        except ClientError as error:
            newest = self._directory.arn(agent_type, fresh=True) if _is_gone(error) else arn
            if newest == arn:
                raise _translated(error, agent_type) from error
        try:
            return self._answer(newest, session_id, payload, options)
        except ClientError as error:
            raise _translated(error, agent_type) from error

    def _answer(
        self, arn: str, session_id: str, payload: dict[str, Any], options: dict[str, str]
    ) -> dict[str, Any]:
        try:
            response = self._client.invoke_agent_runtime(
                agentRuntimeArn=arn,
                runtimeSessionId=session_id,
                contentType="application/json",
                accept="application/json",
                payload=json.dumps(payload).encode(),
                **options,
            )
            text = response["response"].read()
        except ParamValidationError as error:
            raise StartFailedError(str(error), "This is a fault of the orchestrator") from error
        except BotoCoreError as error:  # also what breaks the stream
            raise StartUnavailableError(f"the runtime cannot be reached: {error}") from error
        return _parsed(text)


def _parsed(text: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(text)
    except ValueError:
        answer = None
    return answer if isinstance(answer, dict) else {"answer": text.decode(errors="replace")}


def _is_gone(error: ClientError) -> bool:
    return error.response["Error"]["Code"] == NOT_FOUND


def _is_transient(error: ClientError) -> bool:
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return (
        error.response["Error"]["Code"] in _TRANSIENT
        or status in _TRANSIENT_STATUS
        or status >= _SERVER_ERROR
    )


def _translated(error: ClientError, agent_type: str) -> Exception:
    """Transient: throttling, 5xx, 424; for good: not found, access denied, validation."""
    if _is_transient(error):
        return StartUnavailableError(f"the runtime is not available: {error}")
    return StartFailedError(
        f"The {agent_type} agent cannot be started: {error}",
        "Check that the agent is deployed and that the orchestrator's role may invoke it",
    )
