"""REQUEST interceptors: functions that see a call before its target does, whatever its kind."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from switchboard.local.gateway.answers import Answer, Caller, RefusedError, function_failure
from switchboard.local.gateway.functions import FunctionFailedError, Functions
from switchboard.local.gateway.tools import Tool

INPUT_VERSION = "1.0"
INTERCEPTED = "intercepted"


@dataclass(frozen=True)
class Intercept:
    """Lets the interceptors of a gateway change arguments and headers, or answer themselves."""

    functions: Functions

    def __call__(
        self, caller: Caller, tool: Tool, arguments: Mapping[str, Any], message_id: Any
    ) -> tuple[Mapping[str, Any], dict[str, str]]:
        """The arguments to call with, and those headers that the target lets through.

        Raises:
            RefusedError: an interceptor answered itself, or failed.
        """
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
            output = self._output(interceptor.function_arn, event)
            if "transformedGatewayResponse" in output:
                raise RefusedError(INTERCEPTED, _short_circuit(output))
            changed = output.get("transformedGatewayRequest") or {}
            headers |= {name.lower(): str(v) for name, v in (changed.get("headers") or {}).items()}
            parameters = (changed.get("body") or {}).get("params") or {}
            arguments = parameters.get("arguments", arguments)
        allowed = {name: v for name, v in headers.items() if name in tool.allowed_headers}
        return arguments, allowed

    def _output(self, arn: str, event: Mapping[str, Any]) -> Mapping[str, Any]:
        try:
            output = self.functions.invoke(arn, event, {})
        except FunctionFailedError as error:
            # Fail closed: without it the target would not know on whose behalf it acts.
            answer = function_failure(f"interceptor failed: {error}")
            raise RefusedError(INTERCEPTED, answer) from error
        mcp = output.get("mcp") if isinstance(output, Mapping) else None
        if not isinstance(mcp, Mapping):
            answer = function_failure("the interceptor's answer has no 'mcp'")
            raise RefusedError(INTERCEPTED, answer)
        return mcp


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
