"""The examples of docs/examples/invoke.md, run as they stand there."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from switchboard.local.checkout import ROOT


@pytest.fixture
def example(shared_front: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Any]:
    """A function of the page, against the local AgentCore door."""
    for name, value in {
        "AWS_ENDPOINT_URL_BEDROCK_AGENTCORE": shared_front.url,
        "AWS_ACCESS_KEY_ID": "111122223333",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    page = (Path(ROOT) / "docs/examples/invoke.md").read_text()
    found: dict[str, Any] = {}
    for block in re.findall(r"```python\n(.*?)```", page, re.DOTALL):
        exec(compile(block, "invoke.md", "exec"), found)
    return lambda name: found[name]


@pytest.mark.requirement("P003-12", "D")
def test_the_synchronous_example_gets_the_runtimes_answer(
    example: Callable[[str], Any], shared_front: Any
) -> None:
    answer = example("invoke")(shared_front.runtime("code"), f"inv-{uuid4()}", {"hello": 1})

    assert answer["pid"] > 0


@pytest.mark.requirement("P003-12", "D")
def test_the_streaming_example_gets_the_lines_of_a_stream(
    example: Callable[[str], Any], shared_front: Any
) -> None:
    lines = example("stream")(shared_front.runtime("code"), f"inv-{uuid4()}", {"action": "stream"})

    assert list(lines) == ["0", "1", "2"]
