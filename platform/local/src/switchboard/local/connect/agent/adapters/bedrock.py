"""The model on Bedrock: ConverseStream (API 2023-09-30)."""

import json
from collections.abc import Iterator
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, EventStreamError

from switchboard.local.connect.agent.ports import ModelDownError, Request, ToolUse, Words


class BedrockModel:
    """Streams with a boto3 `bedrock-runtime` client; threads may share it."""

    def __init__(self, client: Any) -> None:
        """Ask with `client`."""
        self._client = client

    def answer(self, request: Request) -> Iterator[Words | ToolUse]:
        """ConverseStream."""
        try:
            stream = self._client.converse_stream(**_wire(request))["stream"]
            yield from _pieces(stream)
        except (ClientError, BotoCoreError, EventStreamError, ValueError) as error:
            raise ModelDownError(f"{request.model_id}: {error}") from error


def _wire(request: Request) -> dict[str, Any]:
    wire: dict[str, Any] = {
        "modelId": request.model_id,
        "system": [{"text": request.system}],
        "messages": list(request.messages),
    }
    if request.tools:
        wire["toolConfig"] = {
            "tools": [
                {
                    "toolSpec": {
                        "name": spec.name,
                        "description": spec.description,
                        "inputSchema": {"json": dict(spec.input_schema)},
                    }
                }
                for spec in request.tools
            ]
        }
    return wire


def _pieces(stream: Iterator[dict[str, Any]]) -> Iterator[Words | ToolUse]:
    started: dict[str, Any] | None = None
    given: list[str] = []
    for event in stream:
        if "contentBlockStart" in event:
            started, given = event["contentBlockStart"]["start"].get("toolUse"), []
        elif "contentBlockDelta" in event:
            delta = event["contentBlockDelta"]["delta"]
            if "text" in delta:
                yield Words(delta["text"])
            elif "toolUse" in delta:
                given.append(delta["toolUse"]["input"])
        elif "contentBlockStop" in event and started is not None:
            arguments = json.loads("".join(given) or "{}")
            yield ToolUse(started["toolUseId"], started["name"], arguments)
            started = None
