"""Asking for an invocation through the API (`POST /invoke`): claimed before it is answered."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from switchboard.events.envelope import Event, EventTooLargeError, new_event
from switchboard.events.invocation import InvocationRequestedV1
from switchboard.events.project import ProjectConfiguredV1
from switchboard.events.values import PageSnapshot
from switchboard.orchestrator.domain.lifecycle import requested
from switchboard.orchestrator.domain.model import (
    SERVICE,
    AgentType,
    ConflictError,
    InvalidRequestError,
    Invocation,
    NotFoundError,
    StoreBusyError,
)
from switchboard.orchestrator.domain.ports import (
    AlreadyClaimedError,
    Change,
    Claim,
    Invocations,
    Projects,
)
from switchboard.orchestrator.domain.story import acceptance_criteria

MAX_BODY_BYTES = 100_000
"""Larger stories come through Notion, where the body travels as a claim check (K-33)."""

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class InvocationRequest(BaseModel):
    """The body of `POST /invoke`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    project_id: Name
    notion_page_id: Name
    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)]
    content_markdown: str = ""
    properties: dict[str, Any] = Field(default_factory=dict)
    agent_type: Name | None = None
    trigger_value: Name | None = None
    workspace_id: Name | None = None
    requested_by: list[Name] = Field(default_factory=list, max_length=20)
    idempotency_key: Name | None = None

    @model_validator(mode="after")
    def _says_what_to_do(self) -> "InvocationRequest":
        if self.agent_type is None and self.trigger_value is None:
            raise ValueError("give agent_type or trigger_value")
        return self

    def fingerprint(self) -> str:
        """Tells whether two requests with the same key are the same request."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()


def unknown_project(project_id: str) -> NotFoundError:
    """The error for a project nobody has configured."""
    return NotFoundError(
        "UNKNOWN_PROJECT",
        f"No configuration of project {project_id!r} is known",
        "Add the project to the Projects data source in Notion and try again",
    )


@dataclass(frozen=True)
class RequestInvocation:
    """Store the queued record, its claim and its `InvocationRequested.v1` in one write (K-32)."""

    invocations: Invocations
    projects: Projects
    clock: Callable[[], datetime]
    new_id: Callable[[], str]

    def __call__(self, request: InvocationRequest) -> Invocation:
        """Return the invocation, a new one or the one that the same key led to before.

        Raises:
            NotFoundError: the project is unknown.
            InvalidRequestError: trigger, agent type or story cannot be used.
            ConflictError: the key was used for another request.
        """
        project = self.projects.get(request.project_id)
        if project is None:
            raise unknown_project(request.project_id)
        _check_story(request)
        agent_type, trigger = _work(request, project)
        event = self._event(request, project, agent_type, trigger)
        record = requested(event, self.clock())
        claim = _claim(request, record.invocation_id)
        try:
            return self.invocations.commit(Change(record, (event,), claim=claim))
        except AlreadyClaimedError:
            return self._earlier(request, claim)

    def _event(
        self,
        request: InvocationRequest,
        project: ProjectConfiguredV1,
        agent_type: str,
        trigger: str,
    ) -> Event[InvocationRequestedV1]:
        invocation_id = self.new_id()
        data = InvocationRequestedV1(
            invocation_id=invocation_id,
            workspace_id=request.workspace_id or project.workspace_id,
            notion_page_id=request.notion_page_id,
            agent_type=agent_type,
            trigger_value=trigger,
            project_id=request.project_id,
            page_snapshot=PageSnapshot(
                title=request.title,
                properties=request.properties,
                content_markdown=request.content_markdown,
            ),
            origin="api",
            requested_by=request.requested_by,
        )
        event = new_event(
            data,
            service=SERVICE,
            correlation_id=invocation_id,
            project_id=request.project_id,
            clock=self.clock,
        )
        try:
            event.detail()
        except EventTooLargeError as error:
            raise _too_large(str(error)) from error
        return event

    def _earlier(self, request: InvocationRequest, claim: Claim | None) -> Invocation:
        found = self.invocations.claimed(claim.key) if claim else None
        if found is None:
            raise StoreBusyError("the claim was made by another request that is not readable yet")
        if found.fingerprint != request.fingerprint():
            raise ConflictError(
                "IDEMPOTENCY_CONFLICT",
                f"The key {request.idempotency_key!r} was used for another request",
                "Use a new idempotency_key for a new request",
            )
        record = self.invocations.get(found.invocation_id)
        if record is None:
            raise StoreBusyError("the claimed invocation is not readable yet")
        return record


def _claim(request: InvocationRequest, invocation_id: str) -> Claim | None:
    if request.idempotency_key is None:
        return None
    key = f"{request.project_id}\n{request.idempotency_key}"
    return Claim(hashlib.sha256(key.encode()).hexdigest(), request.fingerprint(), invocation_id)


def _work(request: InvocationRequest, project: ProjectConfiguredV1) -> tuple[str, str]:
    """The agent type and the trigger: the one given leads to the other."""
    trigger = request.trigger_value
    if trigger is None:
        agent_type = request.agent_type or ""
        if agent_type not in set(AgentType):
            raise InvalidRequestError(
                "UNKNOWN_AGENT_TYPE",
                f"There is no agent of type {agent_type!r}",
                f"Use one of: {', '.join(AgentType)}",
            )
        names = [name for name, agent in project.trigger_map.items() if agent == agent_type]
        return agent_type, names[0] if names else ""
    mapped = project.trigger_map.get(trigger)
    if mapped is None:
        raise InvalidRequestError(
            "UNKNOWN_TRIGGER",
            f"Project {project.project_id!r} has no trigger {trigger!r}",
            f"Use one of: {', '.join(project.trigger_map)}",
        )
    if request.agent_type not in {None, mapped}:
        raise InvalidRequestError(
            "INVALID_REQUEST",
            f"Trigger {trigger!r} asks for {mapped!r}, agent_type says {request.agent_type!r}",
            "Leave one of the two out",
        )
    return mapped, trigger


def _check_story(request: InvocationRequest) -> None:
    size = len(request.content_markdown.encode())
    if size > MAX_BODY_BYTES:
        raise _too_large(f"The story has {size} bytes, more than {MAX_BODY_BYTES}")
    text = request.content_markdown.strip()
    if not text and not acceptance_criteria(request.properties, ""):
        raise InvalidRequestError(
            "STORY_EMPTY",
            "The story has a title but neither text nor acceptance criteria",
            "Describe what is wanted in content_markdown or in the property Acceptance Criteria",
        )


def _too_large(message: str) -> InvalidRequestError:
    return InvalidRequestError(
        "STORY_TOO_LARGE",
        message,
        "Shorten the story, or set the trigger on its Notion page instead",
    )
