"""From what a run did to the one event that reports it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from switchboard.agents.definition import AgentDefinition, AgentOutput
from switchboard.agents.evidence import Evidence
from switchboard.agents.payload import RunRequest
from switchboard.events.envelope import Event, EventData, new_event
from switchboard.events.invocation import AgentRunCompletedV1, AgentRunFailedV1
from switchboard.events.values import Artifact, ErrorInfo, RunUsage, TokenUsage

SERVICE = "agents"
MAX_TEXT = 8_000
"""Characters of a summary or message; events stay small, the whole story is in the artifacts."""

_REMEDIATION = {
    "AGENT_ERROR": (
        "Read the message, correct the story or the project settings, then set the Status again."
    ),
    "BUDGET_EXCEEDED": (
        "Increase cost_limit_per_invocation in project settings, or split the story."
    ),
    "CANCELLED": "Set the Status again to run the agent once more.",
    "TOOL_AUTH_FAILED": (
        "Give the integration access to the repository and the page, then set the Status again."
    ),
    "TOOL_RATE_LIMITED": "Wait a few minutes, then set the Status again.",
}


class AgentRunError(RuntimeError):
    """The run ends as failed; `code` is one of the codes of F15, or CANCELLED."""

    def __init__(
        self, message: str, *, code: str = "AGENT_ERROR", remediation: str | None = None
    ) -> None:
        """Say what went wrong, for the people on the page; each code has a usual remediation."""
        super().__init__(message)
        self.code = code
        self.remediation = remediation or _REMEDIATION.get(code, _REMEDIATION["AGENT_ERROR"])


@dataclass(frozen=True)
class Finished:
    """Everything measured about a run that has ended."""

    session_id: str
    tokens: TokenUsage
    usage: RunUsage
    at: datetime


def verified(
    agent: AgentDefinition, output: AgentOutput, evidence: Evidence, request: RunRequest
) -> list[Artifact]:
    """The artifacts the tools made, checked against what the model claims.

    Raises:
        AgentRunError: the model gave up, claims what no tool returned, made nothing at all, or
            what it made does not hold.
    """
    if output.status == "failed":
        raise AgentRunError(output.summary, code=_tool_code(evidence))
    made = agent.artifacts(evidence, request)
    known = {artifact.url for artifact in made}
    invented = [claim.url for claim in output.claims() if claim.url not in known]
    if invented:
        raise AgentRunError(
            f"The agent reported {', '.join(invented)}, but no tool has returned that address"
        )
    if not made:
        raise AgentRunError("The agent says it has finished, but its tools made nothing")
    agent.proof(evidence, request)
    return agent.report(output, made, evidence)


def _tool_code(evidence: Evidence) -> str:
    """The code of the refusal that made the agent give up, when it is one people can act on."""
    failure = evidence.last_failure()
    error: Any = failure.result.get("error") if failure else None
    code = error.get("code") if isinstance(error, dict) else None
    return code if code in ("TOOL_AUTH_FAILED", "TOOL_RATE_LIMITED") else "AGENT_ERROR"


def completed(
    request: RunRequest, finished: Finished, summary: str, artifacts: Iterable[Artifact]
) -> Event[Any]:
    """The event of a run that did its work."""
    return _event(
        request,
        AgentRunCompletedV1(
            invocation_id=request.invocation_id,
            agent_type=request.agent_type,
            session_id=finished.session_id,
            status="completed",
            summary=_short(summary),
            artifacts=list(artifacts),
            token_usage=finished.tokens,
            usage=finished.usage,
            finished_at=finished.at,
        ),
    )


def failed(
    request: RunRequest, finished: Finished, error: AgentRunError, artifacts: Iterable[Artifact]
) -> Event[Any]:
    """The event of a run that failed or was cancelled, with what it used and made before."""
    return _event(
        request,
        AgentRunFailedV1(
            invocation_id=request.invocation_id,
            agent_type=request.agent_type,
            session_id=finished.session_id,
            error=ErrorInfo(
                code=error.code,
                message=_short(str(error)),
                remediation=error.remediation,
            ),
            cancelled=error.code == "CANCELLED",
            artifacts=list(artifacts),
            token_usage=finished.tokens,
            usage=finished.usage,
            finished_at=finished.at,
        ),
    )


def _event(request: RunRequest, data: EventData) -> Event[Any]:
    return new_event(
        data,
        service=SERVICE,
        correlation_id=request.correlation_id,
        causation_id=request.causation_id,
        project_id=request.project_id,
    )


def _short(text: str) -> str:
    return text if len(text) <= MAX_TEXT else f"{text[: MAX_TEXT - 1]}…"
