"""Runs of the real agents: the offline model thinks, the real Notion tools act on a workspace."""

import json
import threading
import warnings
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import StringIO
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from aws_lambda_powertools import Logger

with warnings.catch_warnings():
    # bedrock-agentcore 1.25 has a pydantic v1 style class; warnings are errors in our suites.
    warnings.simplefilter("ignore", DeprecationWarning)
    pytest.importorskip("switchboard.agents.run")

from strands.models.model import Model

from switchboard.agents.definition import definition_of
from switchboard.agents.feedback import schema
from switchboard.agents.memory import MemoryBus, MemoryToolBox
from switchboard.agents.payload import RunRequest
from switchboard.agents.run import RunAgent
from switchboard.agents.usage import Clocks
from switchboard.local.model.engine import Replay, load_playbooks
from switchboard.local.model.reply import answer
from switchboard.tools.adapters.memory import MemoryLedger, MemoryMetrics
from switchboard.tools.ledger import Once
from switchboard.tools.manifest import ALLOW_LIST
from switchboard.tools.notion.adapters.memory import MemoryNotion
from switchboard.tools.notion.definition import NOTION
from switchboard.tools.notion.wiring import use_cases
from switchboard.tools.tool_target import ToolTarget

INVOCATION = "01JD2Q3R4S5T6V7W8X9Y0ZABCD"
SESSION = f"inv-{INVOCATION}-0a1b2c3d"
STORY = "22222222-2222-4222-8222-222222222222"
STORIES = "33333333-3333-4333-8333-333333333333"
DATABASE = "44444444-4444-4444-8444-444444444444"
SOURCE = "55555555-5555-4555-8555-555555555555"
NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
Tool = Callable[[dict[str, Any]], dict[str, Any]]


class PlaybookModel(Model):
    """The offline model without its door: answers in Bedrock's events."""

    def update_config(self, **_config: Any) -> None:
        """There is nothing to configure."""

    def get_config(self) -> dict[str, Any]:
        return {"model_id": "offline.playbook"}

    async def stream(
        self,
        messages: Any,
        tool_specs: Any = None,
        system_prompt: str | None = None,
        *,
        tool_choice: Any = None,
        **_options: Any,
    ) -> AsyncIterator[Any]:
        tools = {"tools": [{"toolSpec": spec} for spec in tool_specs or []]}
        request = {
            "messages": messages,
            "system": [{"text": system_prompt or ""}],
            "toolConfig": {**tools, "toolChoice": tool_choice or {}},
        }
        for name, payload in answer(Replay(load_playbooks()), request).events():
            yield {name: payload}

    async def structured_output(self, *_args: Any, **_options: Any) -> Any:
        raise NotImplementedError
        yield {}


@dataclass
class Crew:
    """A workspace, and the agents that work in it."""

    notion: MemoryNotion = field(default_factory=lambda: MemoryNotion(lambda: NOW))
    instead: dict[str, Tool] = field(default_factory=dict)
    """Tools that behave otherwise, by name."""
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.notion.add_page(STORY, "Find products faster", "")
        parent = {"type": "data_source_id", "data_source_id": STORIES}
        self.notion.pages[STORY]["parent"] = parent

    def add_feedback(self) -> None:
        """The feedback database of a demo deck, without any answer."""
        kinds = {name: definition["type"] for name, definition in schema().items()}
        self.notion.add_source(SOURCE, "Feedback", **kinds)
        self.notion.databases[DATABASE] = {
            "object": "database",
            "id": DATABASE,
            "url": f"https://notion.so/{DATABASE}",
            "title": [{"plain_text": "Feedback: Find products faster"}],
            "data_sources": [{"id": SOURCE, "name": "Feedback"}],
            "parent": {"page_id": STORY},
            "created_time": NOW.isoformat(),
        }

    def add_answer(self, said: str = "", **more: Any) -> None:
        """Somebody answers; `rating`, `clarity`, `desirability`, `use`, `concern`, `day`."""
        values = {
            "Open Feedback": [{"plain_text": said}] if said else [],
            "Top Concern": [{"plain_text": more["concern"]}] if more.get("concern") else [],
            "Overall Rating": more.get("rating"),
            "Clarity Rating": more.get("clarity"),
            "Desirability Rating": more.get("desirability"),
            "Would Use": {"name": more["use"]} if more.get("use") else None,
            "Submitted At": {"start": more["day"], "end": None} if more.get("day") else None,
        }
        self.notion.add_row(SOURCE, values)

    def run(self, agent: str, **payload: Any) -> Any:
        """The data of the event the run ended in."""
        request = RunRequest.model_validate(
            {
                "invocation_id": INVOCATION,
                "agent_type": agent,
                "project_id": "proj-demo",
                "workspace_id": "w",
                "notion_page_id": STORY,
                "session_id": SESSION,
                "correlation_id": INVOCATION,
                "project": {},
                "budget": {"cost_limit_per_invocation": "2.00"},
                "story": {"title": "Find products faster", "url": "https://notion.so/story"},
                **payload,
            }
        )
        bus = MemoryBus()
        run = RunAgent(
            agent=definition_of(agent),
            model_id="offline.playbook",
            model=PlaybookModel,
            tools=MemoryToolBox(self._tools(agent)),
            bus=bus,
            clocks=Clocks(wall=lambda: 0.0, cpu=lambda: 0.0),
            now=lambda: NOW,
        )
        run(request, SESSION, threading.Event())
        [event] = bus.events
        return event.data

    def synthesize(self, **story: Any) -> Any:
        """A run of the insight agent on the feedback database."""
        metadata = {"database_id": DATABASE, "record_count": 0}
        artifact = {
            "type": "notion_database",
            "url": f"https://notion.so/{DATABASE}",
            "title": "Feedback",
            "metadata": metadata,
        }
        known = {"title": "Find products faster", "url": "https://notion.so/story", **story}
        return self.run("insight", story=known, earlier_artifacts=[artifact])

    def _tools(self, agent: str) -> dict[str, Tool]:
        once = Once(MemoryLedger(), lambda: NOW, lambda _: None, lambda: uuid4().hex)
        # a name of its own: Powertools keeps one stream per name
        logger = Logger(service=f"test-{uuid4()}", stream=StringIO())
        target = ToolTarget(NOTION, use_cases(self.notion), once, MemoryMetrics(), logger)
        return {name: self._tool(target, name, agent) for name in ALLOW_LIST[agent]}

    def _tool(self, target: ToolTarget, name: str, agent: str) -> Tool:
        headers = {
            "x-switchboard-invocation-id": INVOCATION,
            "x-switchboard-agent-type": agent,
            "x-switchboard-page-id": STORY,
        }
        custom = {
            "bedrockAgentCoreToolName": name,
            "bedrockAgentCorePropagatedHeaders": headers,
        }
        context = SimpleNamespace(client_context=SimpleNamespace(custom=custom))
        short = name.rpartition("___")[2]

        def call(arguments: dict[str, Any]) -> dict[str, Any]:
            self.calls.append((short, arguments))
            other = self.instead.get(short)
            return other(arguments) if other else target(arguments, context)

        return call

    def written(self) -> dict[str, str]:
        """The pages that were made, by title."""
        return {
            _title(self.notion.pages[page_id]): text
            for page_id, text in self.notion.markdown.items()
            if page_id != STORY and self.notion.pages[page_id]["parent"].get("page_id") == STORY
        }

    def report(self) -> str:
        """The one page that was made."""
        [text] = self.written().values()
        return text

    def called(self, tool: str) -> list[dict[str, Any]]:
        return [arguments for name, arguments in self.calls if name == tool]


def _title(page: Mapping[str, Any]) -> str:
    return "".join(item["plain_text"] for item in page["properties"]["Name"]["title"])


@pytest.fixture
def crew() -> Crew:
    return Crew()


@pytest.fixture
def refuses() -> Callable[[str], Tool]:
    """A tool that always answers with this error code."""

    def build(code: str) -> Tool:
        error = {"code": code, "message": "Notion says no", "remediation": "Ask the platform team"}
        return lambda _: json.loads(json.dumps({"error": error}))

    return build
