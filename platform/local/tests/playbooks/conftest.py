"""Stories as people write them, and conversations of a playbook with tools in memory."""

import json
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from switchboard.local.model.engine import Final, Replay, load_playbooks
from switchboard.local.playbooks.story import Story, read_story

INVOCATION = "01JD2Q3R4S5T6V7W8X9Y0ZABCD"
PAGE_ID = "22222222-2222-4222-8222-222222222222"
Tool = Callable[[Mapping[str, Any]], Mapping[str, Any]]


@dataclass(frozen=True)
class Example:
    """A story of `stories.toml` with what is expected of it."""

    story: Story
    modules: frozenset[str]
    missing: tuple[int, ...]


def _examples() -> list[Example]:
    rows = tomllib.loads(Path(__file__).with_name("stories.toml").read_text())["story"]
    return [
        Example(
            read_story({"title": row["title"]}, row["body"], page_id=f"page-{number}"),
            frozenset(row["modules"]),
            tuple(index - 1 for index in row.get("missing", [])),
        )
        for number, row in enumerate(rows)
    ]


@pytest.fixture(scope="session")
def examples() -> list[Example]:
    return _examples()


@pytest.fixture(scope="session")
def story_of(examples: list[Example]) -> Callable[[str], Story]:
    """An example by its title."""
    known = {example.story.title: example.story for example in examples}
    return lambda title: known[title]


@dataclass
class Conversation:
    """Plays an agent: asks the playbook, calls the tools, until it ends."""

    kind: str
    tools: dict[str, Tool]
    calls: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)

    def run(self, prompt: str) -> Final:
        replay = Replay(load_playbooks())
        messages: list[dict[str, Any]] = [{"role": "user", "content": [{"text": prompt}]}]
        system = f"You are Switchboard's {self.kind} agent."
        for turn in range(30):
            step = replay.next(messages, system, list(self.tools))
            if isinstance(step, Final):
                return step
            uses = [(f"{turn}-{index}", call) for index, call in enumerate(step)]
            messages.append(
                {
                    "role": "assistant",
                    "content": [
                        {"toolUse": {"toolUseId": use, "name": call.tool, "input": {}}}
                        for use, call in uses
                    ],
                }
            )
            results = [self._result(use, call.tool, call.arguments) for use, call in uses]
            messages.append({"role": "user", "content": results})
        raise AssertionError("the playbook does not end")

    def _result(self, use: str, tool: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        self.calls.append((tool, arguments))
        answer = self.tools[tool](arguments)
        status = "error" if "error" in answer else "success"
        content = [{"text": json.dumps(answer)}]
        return {"toolResult": {"toolUseId": use, "status": status, "content": content}}

    def called(self, tool: str) -> list[Mapping[str, Any]]:
        return [arguments for name, arguments in self.calls if name == tool]


@pytest.fixture
def prompt_for() -> Callable[..., str]:
    """The prompt of an agent, in the form the agents write it."""

    def build(story: Story, *, properties: Any = None, **facts: Any) -> str:
        marker = "STORY-0123456789abcdef"
        known = {
            "invocation_id": INVOCATION,
            "notion_page_id": PAGE_ID,
            "notion_page_url": "https://www.notion.so/2222",
            "model_id": "offline.playbook",
            "repository": "acme/storefront",
            "work_branch": f"switchboard/{INVOCATION.lower()}",
            "pull_request_draft": True,
            "prototype_expiry_days": 5,
            **facts,
        }
        heading = {"title": story.title, "acceptance_criteria": [], "url": story.url}
        heading |= {"properties": properties or {}}
        return (
            f"# Task\n\n```json\n{json.dumps(known)}\n```\n\nThe story between `{marker}`\n\n"
            f"{marker}\n{json.dumps(heading)}\n\n{story.body}\n{marker}\n"
        )

    return build


def refuses(code: str = "TOOL_FAILED") -> Tool:
    """A tool that always refuses."""
    error = {"code": code, "message": "GitHub says no", "remediation": "Ask somebody else"}
    return lambda _: {"error": error}


@pytest.fixture
def refused() -> Tool:
    return refuses()


@pytest.fixture
def code_tools() -> dict[str, Tool]:
    """GitHub, Notion and a sandbox whose tests pass."""
    entries = [{"path": name, "type": "file"} for name in ("README.md", "pyproject.toml")]
    files = {"pyproject.toml": 'pythonpath = ["src"]', "README.md": "# Storefront"}

    def contents(arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        path = arguments.get("path", "")
        return {"path": path, "content": files[path]} if path else {"path": "", "entries": entries}

    return {
        "notion-fetch": lambda _: {"title": "as asked"},
        "get_file_contents": contents,
        "execute_code": lambda _: {"exit_code": 0, "stdout": "5 passed in 0.01s", "stderr": ""},
        "install_package": lambda _: {"exit_code": 0, "stdout": "", "stderr": ""},
        "create_branch": lambda a: {"branch": a["branch"], "from_branch": "trunk"},
        "push_files": lambda _: {"commit": "abc"},
        "create_pull_request": lambda _: {
            "number": 7,
            "url": "https://github.com/acme/storefront/pull/7",
        },
    }


@pytest.fixture
def mock_tools() -> dict[str, Tool]:
    """Notion, the uploader and a sandbox that renders."""
    report = {"parsed": True, "rendered": True, "screenshot": True, "title": "T", "reason": ""}
    host = f"https://d111.cloudfront.net/{INVOCATION}"
    return {
        "notion-fetch": lambda _: {"title": "as asked"},
        "execute_code": lambda _: {"exit_code": 0, "stdout": json.dumps(report), "stderr": ""},
        "s3_upload_prototype": lambda a: {"key": f"{INVOCATION}/{a['path']}"},
        "s3_generate_url": lambda a: {
            "url": f"{host}/{a['path']}",
            "expires_at": "2026-12-01T00:00:00Z",
        },
    }


@pytest.fixture
def talk() -> Callable[[str, dict[str, Tool]], Conversation]:
    return Conversation
