"""One tool call through the gateway: policy, interceptors, target; and a line in the journal."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from switchboard.local.agentcore.journal import Journal
from switchboard.local.gateway.authorizer import Claims
from switchboard.local.gateway.deployed import Gateway, Tool
from switchboard.local.gateway.functions import FunctionFailedError, Functions

INPUT_VERSION = "1.0"


@dataclass(frozen=True)
class Caller:
    """Who calls through which gateway, with which HTTP headers (lower-case names)."""

    gateway: Gateway
    claims: Claims
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """A tool's answer, or why there is none."""

    value: Any
    is_error: bool = False


class RefusedError(Exception):
    """The call goes no further; the answer says why."""

    def __init__(self, decision: str, answer: Answer) -> None:
        """Refuse with `answer`; `decision` goes into the journal."""
        super().__init__(decision)
        self.decision = decision
        self.answer = answer


@dataclass(frozen=True)
class CallTool:
    """Decide, intercept, call."""

    functions: Functions
    journal: Journal
    clock: Callable[[], float] = time.perf_counter

    def __call__(
        self, caller: Caller, tool: Tool, arguments: Mapping[str, Any], message_id: Any = None
    ) -> Answer:
        """Answer the call; a denial and a failed target are answers with `is_error`."""
        started = self.clock()
        decision = "allow"
        try:
            self._authorize(caller, tool, arguments)
            arguments, headers = self._intercept(caller, tool, arguments, message_id)
            answer = self._invoke(caller, tool, arguments, headers)
        except RefusedError as refusal:
            decision, answer = refusal.decision, refusal.answer
        self.journal.write(
            invocation_id=caller.claims.get("invocation_id"),
            agent_type=caller.claims.get("agent_type"),
            tool=tool.name,
            decision=decision,
            ms=round((self.clock() - started) * 1000, 1),
            ok=not answer.is_error,
        )
        return answer

    def _authorize(self, caller: Caller, tool: Tool, arguments: Mapping[str, Any]) -> None:
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

    def _intercept(
        self, caller: Caller, tool: Tool, arguments: Mapping[str, Any], message_id: Any
    ) -> tuple[Mapping[str, Any], dict[str, str]]:
        """Let the REQUEST interceptors change arguments and headers, or answer themselves."""
        headers = dict(caller.headers)
        for interceptor in caller.gateway.interceptors:
            body = _json_rpc(tool.name, arguments, message_id)
            request = {"path": "/mcp", "httpMethod": "POST", "body": body}
            if interceptor.pass_headers:
                request["headers"] = headers
            event = {
                "interceptorInputVersion": INPUT_VERSION,
                "mcp": {"rawGatewayRequest": {"body": body}, "gatewayRequest": request},
            }
            output = self._interceptor_output(interceptor.function_arn, event)
            if "transformedGatewayResponse" in output:
                raise RefusedError("intercepted", _short_circuit(output))
            changed = output.get("transformedGatewayRequest") or {}
            headers |= {name.lower(): str(v) for name, v in (changed.get("headers") or {}).items()}
            parameters = (changed.get("body") or {}).get("params") or {}
            arguments = parameters.get("arguments", arguments)
        allowed = {name: v for name, v in headers.items() if name in tool.allowed_headers}
        return arguments, allowed

    def _interceptor_output(self, arn: str, event: Mapping[str, Any]) -> Mapping[str, Any]:
        try:
            output = self.functions.invoke(arn, event, {})
        except FunctionFailedError as error:
            # Fail closed: without it the target would not know on whose behalf it acts.
            raise RefusedError("intercepted", _failure(f"interceptor failed: {error}")) from error
        mcp = output.get("mcp") if isinstance(output, Mapping) else None
        if not isinstance(mcp, Mapping):
            raise RefusedError("intercepted", _failure("the interceptor's answer has no 'mcp'"))
        return mcp

    def _invoke(
        self,
        caller: Caller,
        tool: Tool,
        arguments: Mapping[str, Any],
        headers: Mapping[str, str],
    ) -> Answer:
        custom = {
            "bedrockAgentCoreMessageVersion": "1.0",
            "bedrockAgentCoreToolName": tool.name,
            "bedrockAgentCoreGatewayId": caller.gateway.gateway_id,
            "bedrockAgentCoreTargetId": tool.target_id,
            "bedrockAgentCorePropagatedHeaders": headers,
        }
        try:
            value = self.functions.invoke(tool.function_arn, arguments, custom)
        except FunctionFailedError as error:
            return _failure(str(error))
        return Answer(value, is_error=isinstance(value, Mapping) and "error" in value)


def _json_rpc(tool: str, arguments: Mapping[str, Any], message_id: Any) -> dict[str, Any]:
    return {
        "jsonrpc": "2.0",
        "id": message_id,
        "method": "tools/call",
        "params": {"name": tool, "arguments": arguments},
    }


def _short_circuit(output: Mapping[str, Any]) -> Answer:
    body = (output["transformedGatewayResponse"] or {}).get("body") or {}
    if "error" in body:
        return Answer(body["error"], is_error=True)
    result = body.get("result") or {}
    texts = [block["text"] for block in result.get("content", []) if "text" in block]
    return Answer("\n".join(texts), is_error=bool(result.get("isError")))


def _failure(message: str) -> Answer:
    return Answer(
        {
            "error": {
                "code": "TOOL_FAILED",
                "message": message,
                "remediation": "Try again; if it persists, look into the log of the function.",
            }
        },
        is_error=True,
    )
