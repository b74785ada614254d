"""MCP tools through the tool gateway: JSON-RPC over streamable HTTP, without a session."""

import itertools
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

import httpx

from switchboard.local.connect.agent.ports import Pass, ToolAnswer, ToolsDownError, ToolSpec

PROTOCOL = "2025-06-18"
LIST_SECONDS = 300.0
"""How long a list of tools is believed: Connect reads it when an agent is saved."""


class GatewayTools:
    """Calls with one pool of connections; threads may share it."""

    def __init__(
        self, http: httpx.Client, url: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Call the gateway at `url`; the audience of a token says which one is meant."""
        self._http = http
        self._url = url
        self._clock = clock
        self._numbers = itertools.count(1)
        self._lists: dict[str, tuple[float, Mapping[str, ToolSpec]]] = {}
        self._lock = threading.Lock()

    def tools(self, entry: Pass) -> Mapping[str, ToolSpec]:
        """`tools/list`, once per gateway and a while."""
        with self._lock:  # callers that begin together ask once
            known = self._lists.get(entry.gateway_id)
            if known is None or known[0] < self._clock():
                result = self._ask(entry, "tools/list", {})
                specs = {item["name"]: _spec(item) for item in result.get("tools", [])}
                known = (self._clock() + LIST_SECONDS, specs)
                self._lists[entry.gateway_id] = known
            return known[1]

    def call(self, entry: Pass, tool: str, arguments: Mapping[str, Any]) -> ToolAnswer:
        """`tools/call`."""
        result = self._ask(entry, "tools/call", {"name": tool, "arguments": dict(arguments)})
        if "error" in result:
            return ToolAnswer(str(result["error"].get("message", "the call failed")), ok=False)
        texts = [block["text"] for block in result.get("content", []) if "text" in block]
        return ToolAnswer("\n".join(texts), ok=not result.get("isError", False))

    def _ask(self, entry: Pass, method: str, params: dict[str, Any]) -> dict[str, Any]:
        body = {"jsonrpc": "2.0", "id": next(self._numbers), "method": method, "params": params}
        headers = {
            "Authorization": f"Bearer {entry.token}",
            "Accept": "application/json, text/event-stream",
            "MCP-Protocol-Version": PROTOCOL,
        }
        try:
            answer = self._http.post(self._url, json=body, headers=headers)
            answer.raise_for_status()
            given = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise ToolsDownError(f"{method}: {error}") from error
        if "error" in given:
            # A refused call is an answer; a list that is refused leaves nothing to go on with.
            if method == "tools/list":
                raise ToolsDownError(f"{method}: {given['error'].get('message')}")
            return {"error": given["error"]}
        result: dict[str, Any] = given["result"]
        return result


def _spec(item: Mapping[str, Any]) -> ToolSpec:
    return ToolSpec(
        str(item["name"]), str(item.get("description", "")), item.get("inputSchema") or {}
    )
