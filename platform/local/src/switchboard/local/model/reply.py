"""One answer of the offline model: content blocks, stop reason and estimated token usage."""

import hashlib
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from switchboard.local.model.engine import Call, Final, Replay, resolve

CHARACTERS_PER_TOKEN = 4
"""The offline model has no tokenizer: usage is an estimate, so that budgets can be tested."""
CHUNK = 400
"""Characters per streamed delta."""


@dataclass(frozen=True)
class Reply:
    """What Converse answers."""

    blocks: tuple[Mapping[str, Any], ...]
    stop_reason: str
    input_tokens: int

    @property
    def usage(self) -> dict[str, int]:
        """Bedrock's `TokenUsage`."""
        output = sum(tokens(_content(block)) for block in self.blocks)
        return {
            "inputTokens": self.input_tokens,
            "outputTokens": output,
            "totalTokens": self.input_tokens + output,
        }

    @property
    def called(self) -> list[str]:
        """Names of the tools this answer calls."""
        return [block["toolUse"]["name"] for block in self.blocks if "toolUse" in block]

    def converse(self) -> dict[str, Any]:
        """The body of Converse (Bedrock Runtime API 2023-09-30)."""
        return {
            "output": {"message": {"role": "assistant", "content": list(self.blocks)}},
            "stopReason": self.stop_reason,
            "usage": self.usage,
            "metrics": {"latencyMs": 1},
        }

    def events(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """The events of ConverseStream, in order."""
        yield "messageStart", {"role": "assistant"}
        for index, block in enumerate(self.blocks):
            if "toolUse" in block:
                use = {key: block["toolUse"][key] for key in ("name", "toolUseId")}
                yield "contentBlockStart", {"start": {"toolUse": use}, "contentBlockIndex": index}
            text = _content(block)
            for start in range(0, max(1, len(text)), CHUNK):
                piece = text[start : start + CHUNK]
                delta = {"toolUse": {"input": piece}} if "toolUse" in block else {"text": piece}
                yield "contentBlockDelta", {"delta": delta, "contentBlockIndex": index}
            yield "contentBlockStop", {"contentBlockIndex": index}
        yield "messageStop", {"stopReason": self.stop_reason}
        yield "metadata", {"usage": self.usage, "metrics": {"latencyMs": 1}}


def tokens(text: str) -> int:
    """Estimated tokens of a text."""
    return math.ceil(len(text) / CHARACTERS_PER_TOKEN)


def system_text(request: Mapping[str, Any]) -> str:
    """The text of the request's system prompt."""
    return "\n".join(block.get("text", "") for block in request.get("system", []))


def input_tokens(request: Mapping[str, Any]) -> int:
    """Estimated tokens of a Converse request: messages, system prompt and tool specifications."""
    parts = [request.get(key) for key in ("messages", "system", "toolConfig")]
    return tokens("".join(json.dumps(part) for part in parts if part))


def answer(replay: Replay, request: Mapping[str, Any]) -> Reply:
    """Answer a Converse request from the playbook of the agent that asks.

    Raises:
        PlaybookError: no playbook, or a wrong one.
    """
    messages, system = request.get("messages", []), system_text(request)
    config = request.get("toolConfig") or {}
    schemas = {
        tool["toolSpec"]["name"]: tool["toolSpec"].get("inputSchema", {}).get("json", {})
        for tool in config.get("tools", [])
        if "toolSpec" in tool
    }
    forced = _forced(config.get("toolChoice") or {}, list(schemas))
    if forced:
        value = fill(schemas.get(forced, {}), replay.structured(messages, system))
        calls: Sequence[Call] = (Call(forced, value),)
    else:
        step = replay.next(messages, system, list(schemas))
        if isinstance(step, Final):
            return Reply(({"text": step.text or "Done."},), "end_turn", input_tokens(request))
        calls = step
    blocks = _blocks(calls, list(schemas), position=len(messages))
    return Reply(tuple(blocks), "tool_use", input_tokens(request))


def _forced(choice: Mapping[str, Any], names: Sequence[str]) -> str | None:
    if "tool" in choice:
        return str(choice["tool"]["name"])
    return names[0] if "any" in choice and len(names) == 1 else None


def _blocks(
    calls: Sequence[Call], names: Sequence[str], *, position: int
) -> Iterator[dict[str, Any]]:
    said = " ".join(call.say for call in calls if call.say)
    if said:
        yield {"text": said}
    for index, call in enumerate(calls):
        name = resolve(call.tool, names)
        # Derived from the position, so that recorded conversations are stable.
        digest = hashlib.sha256(f"{position}:{index}:{name}".encode()).hexdigest()
        yield {
            "toolUse": {
                "toolUseId": f"tooluse_{digest[:20]}",
                "name": name,
                "input": dict(call.arguments),
            }
        }


def _content(block: Mapping[str, Any]) -> str:
    return json.dumps(block["toolUse"]["input"]) if "toolUse" in block else str(block["text"])


_NEUTRAL: Mapping[str, Any] = {
    "string": "",
    "integer": 0,
    "number": 0,
    "boolean": False,
    "array": [],
    "null": None,
}


def fill(
    schema: Mapping[str, Any], given: Any, root: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Complete `given` with neutral values for the required fields of an object schema."""
    root = root or schema
    known = given if isinstance(given, Mapping) else {}
    return {
        key: known[key] if key in known else _neutral(child, root)
        for key, child in schema.get("properties", {}).items()
        if key in known or key in schema.get("required", [])
    }


def _neutral(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Any:
    if "$ref" in schema:
        schema = root.get("$defs", {}).get(schema["$ref"].rsplit("/", 1)[-1], {})
    if "default" in schema:
        return schema["default"]
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        return _neutral(schema["anyOf"][0], root)
    if "properties" in schema:
        return fill(schema, {}, root)
    return _NEUTRAL.get(schema.get("type", "string"), {})
