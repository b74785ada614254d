"""Overwrites who a ticket call is about by who is on the line (D-05): the model has no say.

Wire (AgentCore developer guide, gateway interceptors): as in `switchboard.tools.interceptor`. The
token is Connect's; that it carries the contact is not documented (DECISIONS, section 4), so the
claim's name is a setting. Not run on AWS.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from aws_lambda_powertools import Logger

from switchboard.tools.bearer import claims_of
from switchboard.tools.caller_binding.callers import (
    CallerAnonymousError,
    Callers,
    CallersDownError,
    ContactUnknownError,
)
from switchboard.tools.caller_binding.refusals import (
    ANONYMOUS,
    CONNECT_DOWN,
    FAILED,
    NO_CONTACT,
    NO_TOKEN,
    NOT_OFFERED,
    UNKNOWN_CONTACT,
    Refusal,
)
from switchboard.tools.tool import SEPARATOR

CALL = "tools/call"
BY_TELEPHONE = "phone"
BINDINGS: Mapping[str, Callable[[str, str], dict[str, str]]] = {
    "create_ticket": lambda caller, contact: {
        "caller_id": caller,
        "contact_id": contact,
        "contact_type": BY_TELEPHONE,
    },
    "get_ticket_status": lambda caller, _contact: {"caller": caller},
    "add_ticket_comment": lambda caller, contact: {"caller": caller, "contact_id": contact},
    "list_recent_tickets": lambda caller, _contact: {"caller": caller},
}
"""What each operation is told, from caller and contact; another operation is not let through."""
_VERSION = "1.0"


class RefusedError(Exception):
    """The call does not reach the target."""

    def __init__(self, refusal: Refusal) -> None:
        """Say why."""
        super().__init__(refusal.reason)
        self.refusal = refusal


@dataclass(frozen=True)
class BindCaller:
    """One request of the gateway to the request that goes on, or to the answer that ends it."""

    callers: Callers
    claim: str
    logger: Logger

    def __call__(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """Bind a tool call; other methods (initialize, tools/list...) pass unchanged."""
        request = event["mcp"]["gatewayRequest"]
        headers, body = dict(request.get("headers") or {}), request.get("body")
        try:
            passed = self._bound(headers, body)
        except RefusedError as refused:
            return _answer(_ended(body, refused.refusal))
        except Exception:  # the edge: whatever went wrong, nothing unbound goes on
            self.logger.exception("ticket call failed in its binding")
            return _answer(_ended(body, FAILED))
        return _answer({"transformedGatewayRequest": {"headers": headers, "body": passed}})

    def _bound(self, headers: Mapping[str, str], body: Any) -> Any:
        if body is not None and not isinstance(body, Mapping):
            # a batch (which MCP has no more since 2025-06-18) or what is no JSON: may hide calls
            raise self._refused(NOT_OFFERED, tool="?")
        if body is None or body.get("method") != CALL:
            return body
        parameters = body.get("params") or {}
        tool = str(parameters.get("name", ""))
        binding = BINDINGS.get(tool.rpartition(SEPARATOR)[2])
        if binding is None:
            raise self._refused(NOT_OFFERED, tool=tool)
        contact = self._contact(headers, tool)
        given = parameters.get("arguments")
        arguments = dict(given) if isinstance(given, Mapping) else {}
        ours = binding(self._caller(contact, tool), contact)
        self.logger.info("ticket call bound to its caller", tool=tool, contact_id=contact)
        return {**body, "params": {**parameters, "arguments": arguments | ours}}

    def _contact(self, headers: Mapping[str, str], tool: str) -> str:
        claims = claims_of(headers)
        if claims is None:
            raise self._refused(NO_TOKEN, tool=tool)
        contact = claims.get(self.claim)
        if not isinstance(contact, str) or not contact:
            raise self._refused(NO_CONTACT, tool=tool)
        return contact

    def _caller(self, contact: str, tool: str) -> str:
        try:
            return self.callers.caller_of(contact)
        except ContactUnknownError:
            raise self._refused(UNKNOWN_CONTACT, tool=tool, contact_id=contact) from None
        except CallerAnonymousError:
            raise self._refused(ANONYMOUS, tool=tool, contact_id=contact) from None
        except CallersDownError as error:
            self.logger.warning("connect does not answer", contact_id=contact, exc_info=error)
            raise self._refused(CONNECT_DOWN, tool=tool, contact_id=contact) from error

    def _refused(self, refusal: Refusal, **fields: Any) -> RefusedError:
        """Log the reason; numbers and arguments are never logged."""
        self.logger.warning("ticket call refused", reason=refusal.reason, **fields)
        return RefusedError(refusal)


def _ended(body: Any, refusal: Refusal) -> dict[str, Any]:
    """A tool's answer, not a protocol error: the agent reads it and says it."""
    request_id = body.get("id") if isinstance(body, Mapping) else None
    said = {"content": [{"type": "text", "text": refusal.spoken}], "isError": True}
    return {
        "transformedGatewayResponse": {
            "statusCode": 200,
            "body": {"jsonrpc": "2.0", "id": request_id, "result": said},
        }
    }


def _answer(mcp: dict[str, Any]) -> dict[str, Any]:
    return {"interceptorOutputVersion": _VERSION, "mcp": mcp}
