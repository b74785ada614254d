"""A Converse conversation as the offline model reads it: prompts, and what tools answered.

Form of the messages: Amazon Bedrock Runtime API 2023-09-30, `Message` and `ContentBlock`.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Messages = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Result:
    """What a tool answered."""

    ok: bool
    text: str

    @property
    def json(self) -> Any:
        """The answer as JSON (ValueError when it is none)."""
        return json.loads(self.text)


def prompts(messages: Messages) -> list[int]:
    """Indexes of the user messages that are prompts, not tool results."""
    return [
        index
        for index, message in enumerate(messages)
        if message["role"] == "user"
        and any("text" in block for block in message["content"])
        and not any("toolResult" in block for block in message["content"])
    ]


def rounds(messages: Messages) -> list[list[Result]]:
    """The results of each round of tool calls, in the order they were asked for."""
    return [event for event in events(messages) if isinstance(event, list)]


def events(messages: Messages) -> Iterator[str | list[Result]]:
    """What came in, in order: a prompt as text, the results of a round of tool calls as a list."""
    asked: dict[str, int] = {}
    for message in messages:
        blocks = message["content"]
        if message["role"] == "assistant":
            uses = [block["toolUse"]["toolUseId"] for block in blocks if "toolUse" in block]
            asked = {use: index for index, use in enumerate(uses)}
            continue
        results = [block["toolResult"] for block in blocks if "toolResult" in block]
        if results:
            results.sort(key=lambda result: asked.get(result["toolUseId"], 0))
            yield [_result(result) for result in results]
        if any("text" in block for block in blocks):
            yield text_of(blocks)


def text_of(blocks: Sequence[Mapping[str, Any]]) -> str:
    """The text of a message."""
    return "".join(block.get("text", "") for block in blocks)


def _result(block: Mapping[str, Any]) -> Result:
    parts = [
        part["text"] if "text" in part else json.dumps(part["json"])
        for part in block.get("content", [])
        if "text" in part or "json" in part
    ]
    return Result(block.get("status") != "error", "\n".join(parts))
