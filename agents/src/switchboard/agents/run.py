"""One run of one agent: model, tools and meter together, ending in exactly one event."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from strands import Agent
from strands.hooks import AfterToolCallEvent
from strands.models.model import Model
from strands.types.exceptions import EventLoopException

from switchboard.agents.definition import AgentDefinition, AgentOutput
from switchboard.agents.event_bus import Bus
from switchboard.agents.evidence import Evidence
from switchboard.agents.gateway import ToolBox
from switchboard.agents.meter import BudgetExceededError, Meter, MeteredModel
from switchboard.agents.models import MAX_OUTPUT_TOKENS
from switchboard.agents.outcome import AgentRunError, Finished, completed, failed, verified
from switchboard.agents.payload import RunRequest
from switchboard.agents.prices import price_of
from switchboard.agents.prompt import system_prompt, task_prompt
from switchboard.agents.remembering import Memory, Remembering
from switchboard.agents.tracing import reported, traced_run
from switchboard.agents.usage import Clocks, Stopwatch
from switchboard.events.envelope import Event
from switchboard.events.trace import NoSpans, Spans
from switchboard.events.values import Artifact

log = logging.getLogger("switchboard.agents")


@dataclass(frozen=True)
class RunAgent:
    """Do the work of a request and publish how it ended."""

    agent: AgentDefinition
    model_id: str
    model: Callable[[], Model]
    tools: ToolBox
    bus: Bus
    clocks: Clocks
    now: Callable[[], datetime]
    memory: Memory | None = None
    """Used only by an agent that opts in."""
    spans: Spans = field(default_factory=NoSpans)

    def __call__(self, request: RunRequest, session_id: str, cancel: threading.Event) -> None:
        """Publish `AgentRunCompleted.v1` or `AgentRunFailed.v1`, whatever happens in between.

        Raises:
            PublishError: the bus did not take the event; the orchestrator's deadline ends the run.
        """
        with traced_run(request, self.spans) as span:
            event = _Work(self, request, session_id, cancel).outcome()
            error = getattr(event.data, "error", None)
            span.error = error.code if error else None
            self.bus.publish(event)
            reported(event, span, self.spans)
        _log_end(event, request, session_id)


class _Work:
    """The state of one run: what it has spent and what its tools have answered so far."""

    def __init__(
        self, parts: RunAgent, request: RunRequest, session_id: str, cancel: threading.Event
    ) -> None:
        self._parts = parts
        self._request = request
        self._session_id = session_id
        self._cancel = cancel
        self._meter = Meter(price_of(parts.model_id), request.budget.cost_limit_per_invocation)
        self._evidence = Evidence()
        self._watch = Stopwatch(parts.clocks)
        opted_in = parts.agent.lessons is not None
        self._memory = Remembering(parts.memory if opted_in else None, request, session_id)

    def outcome(self) -> Event[Any]:
        try:
            output = self._think()
            made = verified(self._parts.agent, output, self._evidence, self._request)
            if self._parts.agent.lessons:
                self._memory.learn(self._parts.agent.lessons(output, self._request))
            return completed(self._request, self._finished(), output.summary, made)
        except Exception as error:  # noqa: BLE001 - the edge: every run ends in an event
            return self._failed(self._translated(error))

    def _think(self) -> AgentOutput:
        """Run the agent's loop to its structured answer."""
        agent, request = self._parts.agent, self._request
        # First: what the agent works on may be missing, and then nothing is opened or paid.
        agent.inputs(request)
        task = task_prompt(agent, request, self._parts.model_id, self._memory.begin())
        with self._parts.tools.open(request) as tools:
            loop = Agent(
                model=MeteredModel(self._parts.model(), self._meter, most_output=MAX_OUTPUT_TOKENS),
                system_prompt=system_prompt(agent, request),
                tools=tools,
                hooks=[self._note, self._memory.note],
                callback_handler=None,
                trace_attributes=dict(request.flow),
            )
            result = loop(
                task,
                structured_output_model=agent.output,
                limits={"turns": agent.turns},
                cancel_signal=self._cancel,
            )
        return self._answer(result.stop_reason, result.structured_output)

    def _answer(self, stop_reason: str, output: Any) -> AgentOutput:
        if isinstance(output, AgentOutput):
            return output
        if stop_reason == "cancelled" or self._cancel.is_set():
            raise AgentRunError(
                "Cancelled on request while the agent was working", code="CANCELLED"
            )
        if stop_reason == "limit_turns":
            raise AgentRunError(f"The agent did not finish within {self._parts.agent.turns} turns")
        raise AgentRunError(f"The agent stopped without an answer ({stop_reason})")

    def _note(self, event: AfterToolCallEvent) -> None:
        """Keep what a tool answered; the structured-output tool is the model's own."""
        name = event.tool_use["name"]
        if name != self._parts.agent.output.__name__:
            self._evidence.note(name, dict(event.tool_use["input"] or {}), dict(event.result))

    def _translated(self, error: Exception) -> AgentRunError:
        """What the libraries raise, in our words; the event loop may have wrapped it."""
        cause = error.original_exception if isinstance(error, EventLoopException) else error
        if isinstance(cause, AgentRunError):
            return cause
        if isinstance(cause, BudgetExceededError):
            return AgentRunError(str(cause), code="BUDGET_EXCEEDED")
        log.error("agent run raised", exc_info=cause, extra=self._request.flow)
        return AgentRunError(f"{type(cause).__name__}: {cause}")

    def _failed(self, error: AgentRunError) -> Event[Any]:
        return failed(self._request, self._finished(), error, self._made_so_far())

    def _made_so_far(self) -> list[Artifact]:
        try:
            return self._parts.agent.artifacts(self._evidence, self._request)
        except Exception:  # reporting the failure matters more than its artifacts
            log.exception("artifacts of a failed run could not be read", extra=self._request.flow)
            return []

    def _finished(self) -> Finished:
        return Finished(
            session_id=self._session_id,
            tokens=self._meter.used.on_the_wire(),
            usage=self._watch.usage(
                model_id=self._parts.model_id,
                tokens=self._meter.used,
                turns=self._meter.turns,
                tool_calls=self._evidence.calls,
            ),
            at=self._parts.now(),
        )


def _log_end(event: Event[Any], request: RunRequest, session_id: str) -> None:
    data = event.data
    error = getattr(data, "error", None)
    log.info(
        "agent run ended",
        extra={
            **request.flow,
            "project_id": request.project_id,
            "agent_type": request.agent_type,
            "session_id": session_id,
            "event_type": event.detail_type,
            "error_code": error.code if error else None,
            "latency_seconds": data.usage.wall_seconds,
            "turns": data.usage.turns,
            "tool_calls": data.usage.tool_calls,
            "total_tokens": data.token_usage.total_tokens,
        },
    )
