"""Agents that follow a script: real tool targets, real report, and sessions that can end anyhow."""

from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from switchboard.agents.event_bus import EventBridgeBus
from switchboard.agents.outcome import AgentRunError, Finished, completed, failed
from switchboard.agents.payload import RunRequest
from switchboard.events.envelope import Event
from switchboard.events.values import Artifact, RunUsage, TokenUsage
from switchboard.local.simulation.faults import AGENT_DIES, AGENT_HANGS
from switchboard.local.simulation.kernel import CrashError, Simulation
from switchboard.local.simulation.ports import Port
from switchboard.local.simulation.script import SCRIPTS, Answers, ToolCall, made_by
from switchboard.orchestrator.adapters.memory import MemoryRuntimes
from switchboard.orchestrator.domain.ports import AgentRun

MODEL = "global.anthropic.claude-sonnet-4-6"
IDLE = 900.0
"""Seconds after which AgentCore ends a session that has nothing to do."""
TOOL_LIMIT = 60.0
TRIES = 12
"""How often a model makes a call again that did not work."""
PUBLISH_TRIES = 8
"""`wiring.run_agent` of the agents: the client's attempts at PutEvents."""
CallTool = Callable[[ToolCall, Any], dict[str, Any]]


@dataclass(eq=False)
class Agent:
    """One process in one session."""

    run: AgentRun
    request: RunRequest
    pause: float
    """Seconds between two steps."""
    fails: bool
    listens: bool
    """To a wish to cancel."""
    hangs_at: int | None
    done: Answers = field(default_factory=dict)
    tries: int = 0
    working: bool = True
    died: bool = False
    report: Event[Any] | None = None


class Agents:
    """What happens in the sessions of the runtimes."""

    def __init__(
        self, sim: Simulation, runtimes: MemoryRuntimes, call_tool: CallTool, bus: Any
    ) -> None:
        """Work whenever `runtimes` opens a session; report to `bus`, a client of EventBridge."""
        self._sim = sim
        self._runtimes = runtimes
        self._call_tool = call_tool
        client: Any = Port(sim, "events", bus)
        self._bus = EventBridgeBus(client, "bus")
        self.all: list[Agent] = []
        self.before_tool: Callable[[str], None] = lambda _: None
        runtimes.on_start = self._begin

    def working(self) -> list[Agent]:
        """Those that use compute now."""
        return [agent for agent in self.all if agent.working and self._alive(agent)]

    def _begin(self, run: AgentRun) -> None:
        chance = self._sim.chance
        request = RunRequest.model_validate(run.payload)
        steps = len(SCRIPTS[run.agent_type])
        slow = self._sim.luck(0.12)
        agent = Agent(
            run=run,
            request=request,
            pause=(3600 + chance.uniform(-20, 20)) / (steps + 1) if slow else chance.uniform(2, 60),
            fails=self._sim.luck(0.1),
            listens=self._sim.luck(0.7),
            hangs_at=None,
        )
        if self._sim.weather.strikes(AGENT_HANGS, 0.1):
            agent.hangs_at = chance.randint(0, steps)
        self.all.append(agent)
        self._next(agent, agent.pause)

    def _next(self, agent: Agent, seconds: float) -> None:
        self._sim.later(seconds, "", lambda: self._go_on(agent))

    def _alive(self, agent: Agent) -> bool:
        return self._runtimes.sessions.get(agent.run.session_id) is agent.run

    def _go_on(self, agent: Agent) -> None:
        if not self._alive(agent):
            agent.working = False  # its session was stopped
        elif self._sim.weather.strikes(AGENT_DIES, 0.1):
            self._dies(agent)
        elif agent.report is not None:
            self._publish(agent)
        elif agent.listens and agent.request.invocation_id in self._runtimes.cancelled:
            self._report(agent, AgentRunError("Cancelled on request", code="CANCELLED"))
        elif agent.hangs_at == len(agent.done):
            self._sim.say(f"agent {agent.request.invocation_id} hangs")
        else:
            self._step(agent)

    def _step(self, agent: Agent) -> None:
        script = SCRIPTS[agent.request.agent_type]
        if len(agent.done) == len(script):
            error = AgentRunError("The model gave up") if agent.fails else None
            self._report(agent, error)
            return
        call = script[len(agent.done)](agent.request, agent.done)
        self._sim.say(f"agent {agent.request.invocation_id} calls {call.tool}")
        self.before_tool(agent.request.invocation_id)
        lived, answer = self._sim.process(
            f"tool {call.tool}", TOOL_LIMIT, lambda: self._call_tool(call, _context(agent, call))
        )
        if lived and "error" not in answer:
            agent.done[call.tool] = answer
            agent.tries = 0
            self._next(agent, agent.pause)
            return
        self._sim.say(f"agent {agent.request.invocation_id} gets {answer}")
        agent.tries += 1
        if agent.tries > TRIES:
            self._report(agent, AgentRunError("The tool does not work", code="TOOL_RATE_LIMITED"))
        else:
            self._next(agent, self._sim.chance.uniform(5, 40))

    def _dies(self, agent: Agent) -> None:
        self._sim.say(f"agent {agent.request.invocation_id} dies without a word")
        agent.working, agent.died = False, True
        self._runtimes.sessions.pop(agent.run.session_id, None)

    def _report(self, agent: Agent, error: AgentRunError | None) -> None:
        chance, request = self._sim.chance, agent.request
        tokens = TokenUsage(input_tokens=chance.randint(1000, 60_000), output_tokens=20_000)
        used = RunUsage(model_id=MODEL, turns=4, tool_calls=len(agent.done), wall_seconds=60)
        finished = Finished(agent.run.session_id, tokens, used, self._sim.now)
        artifacts: list[Artifact] = made_by(request, agent.done)
        event = (
            failed(request, finished, error, artifacts)
            if error
            else completed(request, finished, "It is done", artifacts)
        )
        # The agent's own process has a clock and ids of its own; here they are the schedule's.
        ours = {"id": self._sim.new_id(), "time": self._sim.now}
        agent.report = event.model_copy(update={"metadata": event.metadata.model_copy(update=ours)})
        agent.tries = 0
        self._publish(agent)

    def _publish(self, agent: Agent) -> None:
        report = agent.report
        self._sim.say(f"agent {agent.request.invocation_id} reports")
        lived, _ = self._sim.process("agent's report", TOOL_LIMIT, lambda: self._put(agent, report))
        if not self._alive(agent):
            return
        agent.tries += 1
        if lived or agent.tries == PUBLISH_TRIES:
            agent.working = False
            self._sim.later(IDLE, "", lambda: self._idle(agent))
        else:
            self._next(agent, 2.0**agent.tries)

    def _put(self, agent: Agent, report: Any) -> None:
        try:
            self._bus.publish(report)
        except CrashError:
            self._dies(agent)
            raise

    def _idle(self, agent: Agent) -> None:
        if self._alive(agent):
            self._runtimes.sessions.pop(agent.run.session_id)


def _context(agent: Agent, call: ToolCall) -> Any:
    """What the gateway tells a target, from the agent's token (`tools.invocation`)."""
    request = agent.request
    headers = {
        "x-switchboard-invocation-id": request.invocation_id,
        "x-switchboard-agent-type": request.agent_type,
        "x-switchboard-page-id": request.notion_page_id,
        "x-switchboard-repo": request.project.github_repo,
        "x-switchboard-project-id": request.project_id,
        "x-switchboard-correlation-id": request.correlation_id,
    }
    custom = {
        "bedrockAgentCoreToolName": f"{call.target}___{call.tool}",
        "bedrockAgentCorePropagatedHeaders": headers,
    }
    return SimpleNamespace(client_context=SimpleNamespace(custom=custom))
