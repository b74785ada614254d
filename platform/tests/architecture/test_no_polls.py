"""Nobody asks again and again whether something has happened: waits are retries, and all known."""

import ast
from pathlib import Path

import pytest

PRODUCT = (
    *(f"services/{name}/src" for name in ("ingress", "orchestrator", "completion", "voice")),
    "services/itsm-mock/src",
    "agents/src",
    "platform/tools/src",
    "platform/runtime/src",
)
WAITING = {"sleep", "_sleep", "wait", "pause", "_pause", "get_waiter"}
"""How a wait is called here: time is injected under one of these names."""
RETRIES = {
    "services/completion/src/switchboard/completion/adapters/patience.py": "Notion failed",
    "services/completion/src/switchboard/completion/domain/one_at_a_time.py": "lease held",
    "services/ingress/src/switchboard/ingress/adapters/notion.py": "Notion failed",
    "services/ingress/src/switchboard/ingress/adapters/notion_content.py": "Notion's pace",
    "services/orchestrator/src/switchboard/orchestrator/adapters/dynamodb.py": "write conflict",
    "services/itsm-mock/src/switchboard/itsm_mock/adapters/patience.py": "write conflict",
    "services/voice/src/switchboard/voice/adapters/patience.py": "Connect failed",
    "platform/runtime/src/switchboard/runtime/api_call.py": "new permission not known yet",
    "platform/tools/src/switchboard/tools/backoff.py": "GitHub or S3 failed",
    "platform/tools/src/switchboard/tools/ledger.py": "the same effect is being made",
    "platform/tools/src/switchboard/tools/notion/adapters/notion_client.py": "Notion failed",
}
"""Every module that waits for anything, and what it waits after."""


def waits(source: str) -> list[str]:
    """The names of the waits that this source makes."""
    return [
        name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        for name in [getattr(node.func, "attr", getattr(node.func, "id", ""))]
        if name in WAITING
    ]


@pytest.mark.requirement("ING-13", "D")
def test_who_waits_tries_a_failed_call_again_and_asks_for_no_result(root: Path) -> None:
    modules = [path for folder in PRODUCT for path in sorted((root / folder).rglob("*.py"))]

    found = {path.relative_to(root).as_posix() for path in modules if waits(path.read_text())}

    assert len(modules) > 200
    assert found == set(RETRIES)


def test_a_poll_is_noticed() -> None:
    assert waits("while not run.ended():\n    self.clock.sleep(5)") == ["sleep"]
    assert waits("client.get_waiter('stack_exists')") == ["get_waiter"]
