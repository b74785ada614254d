"""What the tools really answered. Artifacts are read off here, not off the model's word (K-34)."""

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class ToolAnswer:
    """One finished tool call; `tool` is without the gateway's target prefix."""

    tool: str
    arguments: dict[str, Any]
    ok: bool
    result: dict[str, Any]


class Evidence:
    """The tool calls of one run in order."""

    def __init__(self) -> None:
        """Nothing has been called."""
        self._answers: list[ToolAnswer] = []

    @property
    def calls(self) -> int:
        """How many calls were made, failed ones included."""
        return len(self._answers)

    def note(self, name: str, arguments: dict[str, Any], answer: dict[str, Any]) -> None:
        """Keep one call; `answer` is a Strands tool result `{status, content}`."""
        result = _parsed(answer)
        self._answers.append(
            ToolAnswer(
                tool=name.rpartition("___")[2],
                arguments=arguments,
                ok=answer.get("status") != "error" and "error" not in result,
                result=result,
            )
        )

    def succeeded(self, tool: str) -> list[ToolAnswer]:
        """The successful calls of a tool, in order."""
        return [answer for answer in self._answers if answer.tool == tool and answer.ok]

    def last_failure(self) -> ToolAnswer | None:
        """The most recent refused or failed call."""
        return next((answer for answer in reversed(self._answers) if not answer.ok), None)


def _parsed(answer: dict[str, Any]) -> dict[str, Any]:
    """The JSON object a tool returned; MCP gives it as text, as structured content, or as both."""
    structured = answer.get("structuredContent")
    if isinstance(structured, dict):
        return structured
    for block in answer.get("content", []):
        value = block.get("json")
        if value is None and "text" in block:
            value = _loads(block["text"])
        if isinstance(value, dict):
            return value
    text = " ".join(block.get("text", "") for block in answer.get("content", []))
    return {"text": text}


def _loads(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None
