"""The Bedrock wire under the agents' own library: an unmodified Strands BedrockModel."""

import json
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from pydantic import BaseModel
from strands import Agent, tool
from strands.models import BedrockModel

SYSTEM = "You are Switchboard's writer agent."
SESSION = boto3.Session("111122223333", "local", region_name="us-east-1")


class Report(BaseModel):
    """What the agent wants at the end."""

    summary: str
    pages: int
    tags: list[str]
    note: str | None = None


@tool
def lookup(word: str) -> str:
    """Look a word up."""
    return json.dumps({"meaning": f"<{word}>"})


@tool
def write(n: int) -> str:
    """Write something."""
    return f"wrote {n}"


def agent(endpoint: str, *, streaming: bool) -> Agent:
    model = BedrockModel(
        boto_session=SESSION,
        endpoint_url=endpoint,
        model_id="offline.playbook",
        streaming=streaming,
    )
    return Agent(model=model, system_prompt=SYSTEM, tools=[lookup, write], callback_handler=None)


@pytest.mark.parametrize("streaming", [True, False])
def test_an_agent_works_through_its_playbook(endpoint: str, *, streaming: bool) -> None:
    subject = agent(endpoint, streaming=streaming)

    result = subject("pear")

    assert str(result).strip() == "done: <pear> wrote 1 wrote 2"
    assert result.stop_reason == "end_turn"
    assert result.metrics.cycle_count == 3
    assert {name: m.call_count for name, m in result.metrics.tool_metrics.items()} == {
        "lookup": 1,
        "write": 2,
    }


def test_streaming_and_not_streaming_say_and_cost_the_same(endpoint: str) -> None:
    streamed, whole = (agent(endpoint, streaming=streaming) for streaming in (True, False))

    first, second = streamed("pear"), whole("pear")

    assert first.metrics.accumulated_usage == second.metrics.accumulated_usage
    assert first.metrics.accumulated_usage["inputTokens"] > 0
    assert [message["content"] for message in streamed.messages] == [
        message["content"] for message in whole.messages
    ]


@pytest.mark.parametrize("streaming", [True, False])
def test_a_structured_answer_is_the_playbooks_completed(endpoint: str, *, streaming: bool) -> None:
    result = agent(endpoint, streaming=streaming)("pear", structured_output_model=Report)

    assert result.structured_output == Report(
        summary="<pear> wrote 1 wrote 2", pages=0, tags=[], note=None
    )


def converse(endpoint: str, model_id: str, system: str = SYSTEM) -> Any:
    client = SESSION.client(
        "bedrock-runtime", endpoint_url=endpoint, config=Config(retries={"max_attempts": 0})
    )
    return client.converse(
        modelId=model_id,
        system=[{"text": system}],
        messages=[{"role": "user", "content": [{"text": "pear"}]}],
    )


def test_a_real_model_id_is_refused_with_its_remedy(endpoint: str) -> None:
    with pytest.raises(ClientError, match=r"Set MODEL_ID=offline\.playbook") as caught:
        converse(endpoint, "global.anthropic.claude-sonnet-4-6")

    assert caught.value.response["Error"]["Code"] == "ValidationException"


def test_an_agent_without_playbook_is_refused_with_its_remedy(endpoint: str) -> None:
    with pytest.raises(ClientError, match="no playbook for agent 'poet'") as caught:
        converse(endpoint, "offline.playbook", "You are Switchboard's poet agent.")

    assert caught.value.response["Error"]["Code"] == "ValidationException"


def test_tokens_can_be_counted_beforehand(endpoint: str) -> None:
    client = SESSION.client("bedrock-runtime", endpoint_url=endpoint)
    messages = [{"role": "user", "content": [{"text": "x" * 400}]}]

    answer = client.count_tokens(
        modelId="offline.playbook", input={"converse": {"messages": messages}}
    )

    assert 100 <= answer["inputTokens"] <= 130


def test_each_model_call_leaves_a_line_without_content(endpoint: str, journal_file: Path) -> None:
    result = agent(endpoint, streaming=True)("a secret story")

    lines = [json.loads(line) for line in journal_file.read_text().splitlines()]
    assert [line["tools"] for line in lines] == [["lookup"], ["write", "write"], []]
    assert {line["agent_type"] for line in lines} == {"writer"}
    assert len({line["conversation"] for line in lines}) == 1
    spent = sum(line["totalTokens"] for line in lines)
    assert spent == result.metrics.accumulated_usage["totalTokens"]
    assert "secret story" not in journal_file.read_text()
