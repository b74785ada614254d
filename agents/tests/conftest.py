"""What the agents' suites share: a request as the orchestrator sends it, and runs in memory."""

import itertools
import logging
import threading
import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

with warnings.catch_warnings():
    # bedrock-agentcore 1.25 has a pydantic v1 style class; warnings are errors in our suites.
    warnings.simplefilter("ignore", DeprecationWarning)
    import bedrock_agentcore.runtime  # noqa: F401

from switchboard.agents.definition import definition_of
from switchboard.agents.memory import Call, MemoryBus, MemoryToolBox, ScriptedModel
from switchboard.agents.payload import RunRequest
from switchboard.agents.run import RunAgent
from switchboard.agents.usage import Clocks

INVOCATION = "01JD2Q3R4S5T6V7W8X9Y0ZABCD"
SESSION = f"inv-{INVOCATION}-0a1b2c3d"
BRANCH = f"switchboard/{INVOCATION.lower()}"
PR_URL = "https://github.com/acme/storefront/pull/7"
PAGE_URL = f"https://d111.cloudfront.net/{INVOCATION}/index.html"


@pytest.fixture(autouse=True)
def _no_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    """A region, so that clients can be built; nothing is sent."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "111122223333")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "local")


@pytest.fixture
def payload() -> dict[str, Any]:
    """A start payload with every part of F11."""
    return {
        "invocation_id": INVOCATION,
        "agent_type": "code",
        "project_id": "proj-demo",
        "workspace_id": "11111111-1111-4111-8111-111111111111",
        "notion_page_id": "22222222-2222-4222-8222-222222222222",
        "session_id": SESSION,
        "correlation_id": INVOCATION,
        "causation_id": "01JD2Q3R4S5T6V7W8X9Y0ZAAAA",
        "story": {
            "title": "Discount at checkout",
            "properties": {"Status": "Generate Code"},
            "content_markdown": "As a shopper I want a discount.",
            "acceptance_criteria": ["Orders above 100 EUR get 10 % discount"],
            "url": "https://www.notion.so/2222",
            "related_page_ids": [],
        },
        "project": {
            "coding_standards": "PEP 8",
            "framework_preferences": ["pytest"],
            "github_repo": "acme/storefront",
            "github_branch_strategy": "feature-branch",
            "prototype_expiry_days": 7,
        },
        "parent": None,
        "budget": {"cost_limit_per_invocation": "1.00"},
    }


@pytest.fixture
def request_of(payload: dict[str, Any]) -> Callable[..., RunRequest]:
    """The payload as a request, with changes."""

    def build(**changes: Any) -> RunRequest:
        return RunRequest.model_validate({**payload, **changes})

    return build


@pytest.fixture
def tools() -> MemoryToolBox:
    """GitHub and the uploader, always willing."""
    return MemoryToolBox(
        {
            "github___push_files": lambda _: {"commit": "abc"},
            "github___create_pull_request": lambda _: {"html_url": PR_URL, "number": 7},
            "prototype___s3_upload_prototype": lambda a: {"key": f"{INVOCATION}/{a['path']}"},
            "prototype___s3_generate_url": lambda a: {
                "url": PAGE_URL.replace("index.html", a["path"]),
                "expires_at": "2026-12-01T00:00:00Z",
            },
            "notion___notion-fetch": lambda _: {
                "error": {"code": "TOOL_AUTH_FAILED", "message": "no", "remediation": "share it"}
            },
        }
    )


@pytest.fixture
def bus() -> MemoryBus:
    return MemoryBus()


@pytest.fixture
def cancel() -> threading.Event:
    return threading.Event()


@pytest.fixture
def run(tools: MemoryToolBox, bus: MemoryBus) -> Callable[..., RunAgent]:
    """A run of an agent on a scripted model; its clock ticks a second at each look."""

    def build(turns: list[Any], agent: str = "code", **model: Any) -> RunAgent:
        ticks = itertools.count()
        script = ScriptedModel(turns, **model)
        return RunAgent(
            agent=definition_of(agent),
            model_id="offline.playbook",
            model=lambda: script,
            tools=tools,
            bus=bus,
            clocks=Clocks(wall=lambda: float(next(ticks)), cpu=lambda: 0.5),
            now=lambda: datetime(2026, 11, 21, 10, 0, tzinfo=UTC),
        )

    return build


@pytest.fixture
def work_as_code() -> list[Any]:
    """The turns of a code agent that does its work."""
    return [
        Call(
            "github___push_files",
            {
                "owner": "acme",
                "repo": "storefront",
                "branch": BRANCH,
                "files": [{"path": "src/a.py", "content": ""}, {"path": "tests/b.py"}],
                "message": "Add it",
            },
        ),
        Call(
            "github___create_pull_request",
            {
                "owner": "acme",
                "repo": "storefront",
                "title": "Discount at checkout",
                "head": BRANCH,
                "base": "main",
                "body": "## Acceptance criteria\n\n- [x] SAVE10 takes 10 % off\n  - `test_it`\n"
                "- [ ] Codes expire\n- [x] Codes are shown\n",
            },
        ),
        Call("CodeOutput", code_answer()),
    ]


def code_answer(**changes: Any) -> dict[str, Any]:
    """The structured output of a code agent."""
    artifact = {
        "type": "pull_request",
        "url": PR_URL,
        "title": "Discount at checkout",
        "metadata": {
            "repo": "acme/storefront",
            "branch": BRANCH,
            "pr_number": 7,
            "files_changed": 99,
        },
    }
    return {"status": "completed", "summary": "Done.", "artifacts": [artifact], **changes}


@pytest.fixture
def answer() -> Callable[..., dict[str, Any]]:
    return code_answer


@pytest.fixture
def logged() -> Iterator[list[logging.LogRecord]]:
    """The records of the agents' logger, which does not propagate."""
    records: list[logging.LogRecord] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            records.append(record)

    logger = logging.getLogger("switchboard.agents")
    handler, level = Keep(), logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield records
    logger.removeHandler(handler)
    logger.setLevel(level)
