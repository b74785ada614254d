"""One tool call through the gateway: policy, interceptors, target; and a line in the journal."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from switchboard.local.agentcore.journal import Journal
from switchboard.local.engine.uses import Uses
from switchboard.local.gateway import rights
from switchboard.local.gateway.answers import Answer, Caller, RefusedError, function_failure
from switchboard.local.gateway.call_operation import CallOperation
from switchboard.local.gateway.functions import FunctionFailedError, Functions
from switchboard.local.gateway.intercept import Intercept
from switchboard.local.gateway.tools import FunctionCall, Tool


@dataclass(frozen=True)
class CallTool:
    """Decide, intercept, call."""

    functions: Functions
    call_operation: CallOperation
    journal: Journal
    uses: Uses
    clock: Callable[[], float] = time.perf_counter

    def __call__(
        self, caller: Caller, tool: Tool, arguments: Mapping[str, Any], message_id: Any = None
    ) -> Answer:
        """Answer the call; a denial and a failed target are answers with `is_error`."""
        started = self.clock()
        decision = "allow"
        try:
            rights.note_decision(self.uses, caller.gateway)
            _authorize(caller, tool, arguments)
            intercept = Intercept(self.functions)
            arguments, headers = intercept(caller, tool, arguments, message_id)
            rights.note_target(self.uses, caller.gateway, tool)
            answer = self._answer(caller, tool, arguments, headers)
        except RefusedError as refusal:
            decision, answer = refusal.decision, refusal.answer
        self.journal.write(
            invocation_id=caller.claims.get("invocation_id"),
            correlation_id=caller.claims.get("correlation_id"),
            contact_id=caller.claims.get("contact_id"),
            agent_type=caller.claims.get("agent_type"),
            tool=tool.name,
            decision=decision,
            ms=round((self.clock() - started) * 1000, 1),
            ok=not answer.is_error,
        )
        return answer

    def _answer(
        self,
        caller: Caller,
        tool: Tool,
        arguments: Mapping[str, Any],
        headers: Mapping[str, str],
    ) -> Answer:
        if not isinstance(tool.call, FunctionCall):
            return self.call_operation(tool.call, arguments, headers)
        custom = {
            "bedrockAgentCoreMessageVersion": "1.0",
            "bedrockAgentCoreToolName": tool.name,
            "bedrockAgentCoreGatewayId": caller.gateway.gateway_id,
            "bedrockAgentCoreTargetId": tool.target_id,
            "bedrockAgentCorePropagatedHeaders": headers,
        }
        try:
            value = self.functions.invoke(tool.call.function_arn, arguments, custom)
        except FunctionFailedError as error:
            return function_failure(str(error))
        return Answer(value, is_error=isinstance(value, Mapping) and "error" in value)


def _authorize(caller: Caller, tool: Tool, arguments: Mapping[str, Any]) -> None:
    policies = caller.gateway.policies
    if policies is None:
        return
    why = policies.why_denied(caller.claims, tool.name, arguments)
    if why is not None and policies.enforced:
        message = (
            "AuthorizeActionException - Tool Execution Denied: "
            f"Tool call not allowed due to policy enforcement [{why}]"
        )
        raise RefusedError("deny", Answer(message, is_error=True))
