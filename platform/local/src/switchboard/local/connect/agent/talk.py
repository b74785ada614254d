"""One caller's conversation with the AI agent, as Connect's orchestrator leads it."""

import json
import logging
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from switchboard.local.connect import lines
from switchboard.local.connect.agent.consent import agrees, asked
from switchboard.local.connect.agent.deployed import Agent, Tool, ToolKind
from switchboard.local.connect.agent.ports import (
    Model,
    Pass,
    Request,
    TalkLimitError,
    ToolAnswer,
    ToolServer,
    ToolSpec,
    ToolUse,
    Words,
)
from switchboard.local.connect.agent.prompt import render, system_template
from switchboard.local.connect.agent.speech import Heard, Speech
from switchboard.local.connect.lines import Tell

logger = logging.getLogger(__name__)

MAX_ROUNDS = 8
"""Rounds of tool calls in one turn."""
MAX_TURNS = 60
NOT_AGREED = "Not done: the caller did not agree. The caller said: {words}"
CAME_BACK = "The desk's flow went on and came back to you."


@dataclass(frozen=True)
class Returned:
    """The agent gave control back to the flow: the tool's name and its inputs."""

    tool: str
    inputs: Mapping[str, str]


@dataclass
class Talk:
    """Lives as long as the session of its contact: a flow may come back to the bot."""

    agent: Agent
    model: Model
    server: ToolServer
    entry: Callable[[str], Pass]
    """The pass to a gateway, fresh for this contact."""
    data: Mapping[str, str]
    """Session data of namespace Custom; changes while the call runs."""
    clock: Callable[[], float] = time.perf_counter
    model_seconds: float = 0.0
    _messages: list[dict[str, Any]] = field(default_factory=list)
    _held: list[ToolUse] = field(default_factory=list)
    _returned: list[ToolUse] = field(default_factory=list)
    _last_said: str = ""
    _consent: bool = False
    _turns: int = 0

    def hear(self, words: str, tell: Tell) -> Returned | None:
        """The caller said something; None when it is the caller's turn again.

        Raises:
            AgentDownError: model or tools do not answer, or a limit was passed.
        """
        self._turns += 1
        if self._turns > MAX_TURNS:
            raise TalkLimitError(f"more than {MAX_TURNS} turns")
        self._consent = asked(self._last_said) and agrees(words)
        self._take(words, tell)
        for _ in range(MAX_ROUNDS):
            uses = self._ask(tell)
            if not uses:
                return None
            returned = self._give_back(uses)
            if returned is not None:
                return returned
            tool = self._unconfirmed(uses)
            if tool is not None:
                self._hold(uses, tool, tell)
                return None
            self._answer_all(uses, tell)
        raise TalkLimitError(f"more than {MAX_ROUNDS} rounds of tool calls in one turn")

    def _take(self, words: str, tell: Tell) -> None:
        held, self._held = self._held, []
        if held and self._consent:
            self._answer_all(held, tell)
        elif held:
            text = NOT_AGREED.format(words=words)
            self._add("user", [_result(use, ToolAnswer(text, ok=False)) for use in held])
        else:
            self._close_returned()
            self._add("user", [{"text": words}])

    def _close_returned(self) -> None:
        """A tool call without its result, or two turns of one speaker, would be refused."""
        if self._returned:
            self._add("user", [_result(use, ToolAnswer(CAME_BACK)) for use in self._returned])
            self._add("assistant", [{"text": "<thinking>I go on.</thinking>"}])
            self._returned = []

    def _ask(self, tell: Tell) -> list[ToolUse]:
        """One answer of the model: what the caller hears of it is told as it comes."""
        speech, texts, uses = Speech(), [""], list[ToolUse]()
        for piece in self._timed(self.model.answer(self._request())):
            if isinstance(piece, ToolUse):
                uses.append(piece)
            else:
                texts[0] += piece.text
                self._tell(speech.feed(piece.text), tell)
        self._tell(speech.end(), tell)
        if not speech.messages and not uses:
            # As on Connect: what is not inside the tags never reaches the caller.
            logger.error("reply without message tags", extra={"agent": self.agent.arn})
            tell(lines.unheard("the agent's reply had no <message>: the caller hears nothing"))
        blocks: list[dict[str, Any]] = [{"text": texts[0]}] if texts[0].strip() else []
        self._add("assistant", [*blocks, *map(_tool_use, uses)] or [{"text": "<thinking/>"}])
        return uses

    def _timed(self, pieces: Iterator[Words | ToolUse]) -> Iterator[Words | ToolUse]:
        while True:
            start = self.clock()
            piece = next(pieces, None)
            self.model_seconds += self.clock() - start
            if piece is None:
                return
            yield piece

    def _tell(self, pieces: Iterator[Heard], tell: Tell) -> None:
        for heard in pieces:
            if heard.whole is None:
                tell(lines.words(heard.words))
            else:
                self._last_said = heard.whole
                tell(lines.said(heard.whole, by="agent"))

    def _request(self) -> Request:
        specs = [_spec(tool, self._listed(tool)) for tool in self.agent.tools]
        values = {f"Custom.{name}": value for name, value in self.data.items()}
        values["locale"] = self.agent.locale
        values["toolConfigurationList"] = json.dumps([vars(spec) for spec in specs])
        system = render(system_template(self.agent.template), values)
        return Request(self.agent.model_id, system, list(self._messages), specs)

    def _listed(self, tool: Tool) -> ToolSpec | None:
        if tool.kind is not ToolKind.MCP:
            return None
        return self.server.tools(self.entry(tool.gateway_id)).get(tool.mcp_name)

    def _give_back(self, uses: list[ToolUse]) -> Returned | None:
        for use in uses:
            tool = self._tool(use.name)
            if tool is not None and tool.kind is ToolKind.RETURN:
                self._returned = uses
                return Returned(use.name, {key: _text(v) for key, v in use.input.items()})
        return None

    def _unconfirmed(self, uses: list[ToolUse]) -> Tool | None:
        """A tool the caller has to agree to and did not."""
        if self._consent:
            return None
        tools = (self._tool(use.name) for use in uses)
        return next((tool for tool in tools if tool is not None and tool.confirm), None)

    def _hold(self, uses: list[ToolUse], tool: Tool, tell: Tell) -> None:
        self._held = uses
        self._last_said = tool.question.removesuffix(" Please say yes or no.")
        tell(lines.said(tool.question, by="agent"))

    def _answer_all(self, uses: list[ToolUse], tell: Tell) -> None:
        self._add("user", [_result(use, self._call(use, tell)) for use in uses])

    def _call(self, use: ToolUse, tell: Tell) -> ToolAnswer:
        tool = self._tool(use.name)
        if tool is None:
            return ToolAnswer(f"There is no tool {use.name}.", ok=False)
        tell(lines.tool_called(use.name))
        start = self.clock()
        answer = self.server.call(self.entry(tool.gateway_id), tool.mcp_name, use.input)
        tell(lines.tool_answered(use.name, answer.text, self.clock() - start, ok=answer.ok))
        if answer.ok and tool.confirm:
            self._consent = False  # one yes, one deed; what failed may be tried again
        return answer

    def _tool(self, name: str) -> Tool | None:
        return next((tool for tool in self.agent.tools if tool.name == name), None)

    def _add(self, role: str, content: list[dict[str, Any]]) -> None:
        self._messages.append({"role": role, "content": content})


def _spec(tool: Tool, listed: ToolSpec | None) -> ToolSpec:
    """The agent's own words about a tool; what it does not say comes from the gateway."""
    return ToolSpec(
        tool.name,
        tool.description or (listed.description if listed else tool.name),
        tool.input_schema or (listed.input_schema if listed else {"type": "object"}),
    )


def _tool_use(use: ToolUse) -> dict[str, Any]:
    return {"toolUse": {"toolUseId": use.id, "name": use.name, "input": dict(use.input)}}


def _result(use: ToolUse, answer: ToolAnswer) -> dict[str, Any]:
    return {
        "toolResult": {
            "toolUseId": use.id,
            "content": [{"text": answer.text or "done"}],
            "status": "success" if answer.ok else "error",
        }
    }


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
