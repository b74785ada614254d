"""A target's front door: which tool, whose call, are the arguments right, was it done before."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from time import perf_counter
from typing import Any
from uuid import uuid4

from aws_lambda_powertools import Logger

from switchboard.events import trace
from switchboard.events.trace import Span, Spans, recorded
from switchboard.runtime.spans import spans
from switchboard.tools.arguments import Arguments, check
from switchboard.tools.errors import FailedError, InvalidArgumentsError, ToolError
from switchboard.tools.invocation import Invocation, invocation_of, tool_name
from switchboard.tools.ledger import EffectKey, Once, Result
from switchboard.tools.metrics import ToolMetrics
from switchboard.tools.tool import Target, Tool


@dataclass(frozen=True)
class Call:
    """One call of a tool: in whose name, and whether an earlier attempt may have had its effect."""

    invocation: Invocation
    resumed_since: datetime | None = None


UseCase = Callable[[Arguments, Call], Result]


@dataclass(frozen=True)
class ToolTarget:
    """Serves the tools of one target; logs names and ids, never contents or tokens."""

    target: Target
    use_cases: Mapping[str, UseCase]
    once: Once
    metrics: ToolMetrics
    logger: Logger
    timer: Callable[[], float] = perf_counter
    spans: Spans = field(default_factory=spans)

    def __call__(self, arguments: Arguments, context: Any) -> Result:
        """Answer the tool's result, or `{"error": {code, message, remediation}}`."""
        name = tool_name(context)
        started = self.timer()
        failed = True
        try:
            result = self._serve(name, arguments, invocation_of(context))
            failed = False
        except ToolError as error:
            self.logger.warning("tool call refused", tool=name, code=error.code)
            result = error.as_result()
        except Exception:  # the edge: the agent gets an answer it can act on, the log gets the rest
            self.logger.exception("tool call failed", tool=name)
            result = FailedError(
                "The tool failed unexpectedly", "Try again; report it if it happens twice"
            ).as_result()
        finally:
            self.logger.remove_keys(["invocation_id", "correlation_id", "agent_type"])
        known = self.target.find(name)
        measured = self.target.full_name(known) if known else f"{self.target.name}___unknown"
        self.metrics.tool_called(measured, (self.timer() - started) * 1000, failed=failed)
        return result

    def _serve(self, name: str, arguments: Arguments, invocation: Invocation) -> Result:
        self.logger.append_keys(**flow_keys(invocation))
        tool = self.target.find(name)
        if tool is None:
            raise InvalidArgumentsError(f"There is no tool {name!r} here")
        with recorded(self.spans, call_span(self.target.full_name(tool), invocation)):
            check(tool.input_schema, arguments)
            result = self._run(tool, arguments, invocation)
        self.logger.info("tool called", tool=name)
        return result

    def _run(self, tool: Tool, arguments: Arguments, invocation: Invocation) -> Result:
        if not tool.is_once(arguments):
            return self.use_cases[tool.name](arguments, Call(invocation))
        return _joined([self._once(tool, effect, invocation) for effect in tool.effects(arguments)])

    def _once(self, tool: Tool, arguments: Arguments, invocation: Invocation) -> Result:
        key = EffectKey.of(
            invocation.invocation_id, self.target.full_name(tool), tool.identifying(arguments)
        )
        use_case = self.use_cases[tool.name]
        return self.once(key, lambda since: use_case(arguments, Call(invocation, since)))


def flow_keys(invocation: Invocation) -> dict[str, str | None]:
    """What every log line of a call carries (ORC-16)."""
    return {
        "invocation_id": invocation.invocation_id,
        "correlation_id": invocation.correlation_id,
        "agent_type": invocation.agent_type,
    }


def call_span(name: str, invocation: Invocation) -> Span:
    """A span of the agent's run, whose trace is that of the flow."""
    return Span(
        f"tool {name}",
        "tools",
        trace.trace_id(invocation.correlation_id or invocation.invocation_id),
        trace.span_id("tool", uuid4().hex),
        trace.run(invocation.invocation_id),
        trace.SERVER,
        attributes={
            "gen_ai.tool.name": name,
            "invocation_id": invocation.invocation_id,
            "agent_type": invocation.agent_type,
        },
    )


def _joined(results: list[Result]) -> Result:
    """The answers of a call's effects as one: their lists, one after the other."""
    first, *others = results
    joined = dict(first)
    for result in others:
        for name, value in result.items():
            joined[name] = [*joined[name], *value] if isinstance(value, list) else value
    return joined
