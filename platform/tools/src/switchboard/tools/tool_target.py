"""A target's front door: which tool, whose call, are the arguments right, was it done before."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter
from typing import Any

from aws_lambda_powertools import Logger

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
            self.logger.remove_keys(["invocation_id", "agent_type"])
        known = self.target.find(name)
        measured = self.target.full_name(known) if known else f"{self.target.name}___unknown"
        self.metrics.tool_called(measured, (self.timer() - started) * 1000, failed=failed)
        return result

    def _serve(self, name: str, arguments: Arguments, invocation: Invocation) -> Result:
        self.logger.append_keys(
            invocation_id=invocation.invocation_id, agent_type=invocation.agent_type
        )
        tool = self.target.find(name)
        if tool is None:
            raise InvalidArgumentsError(f"There is no tool {name!r} here")
        check(tool.input_schema, arguments)
        result = self._run(tool, arguments, invocation)
        self.logger.info("tool called", tool=name)
        return result

    def _run(self, tool: Tool, arguments: Arguments, invocation: Invocation) -> Result:
        use_case = self.use_cases[tool.name]
        if not tool.is_once(arguments):
            return use_case(arguments, Call(invocation))
        key = EffectKey.of(
            invocation.invocation_id, self.target.full_name(tool), tool.identifying(arguments)
        )
        return self.once(key, lambda since: use_case(arguments, Call(invocation, since)))
