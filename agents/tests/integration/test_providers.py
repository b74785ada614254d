"""Each provider's real class of Strands against a small server that speaks its wire.

Sources of the wires: OpenAI chat completions (streaming), Anthropic Messages (streaming), Ollama's
`/api/chat`; each as the provider's own client parses it.
"""

import gc
import json
import socket
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import boto3
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from switchboard.agents import models
from switchboard.agents.memory import Call, MemoryBus
from switchboard.agents.model_key import key_from
from switchboard.agents.models import ModelChoice, build_model
from switchboard.agents.outcome import AgentRunError
from switchboard.agents.payload import RunRequest
from switchboard.agents.prices import price_of
from switchboard.agents.run import RunAgent

SESSION = "inv-01JD2Q3R4S5T6V7W8X9Y0ZABCD-0a1b2c3d"
KEY = "not-a-key-of-anybody"
USED = (1_000, 50)
"""Tokens in and out of each answer."""


@dataclass
class Server:
    """Answers with the calls it was given, one after the other, the last one again and again."""

    calls: list[Call]
    url: str = ""
    heard: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    def app(self) -> Starlette:
        wires = {
            "/v1/chat/completions": (_openai, "text/event-stream"),
            "/v1/messages": (_anthropic, "text/event-stream"),
            "/api/chat": (_ollama, "application/x-ndjson"),
        }
        return Starlette(
            routes=[
                Route(path, self._answer(wire, media), methods=["POST"])
                for path, (wire, media) in wires.items()
            ]
        )

    def _answer(self, wire: Callable[[Call, int], str], media: str) -> Any:
        async def answer(request: Request) -> Response:
            self.heard.append(await request.json())
            self.headers.append(dict(request.headers))
            call = self.calls[min(len(self.heard), len(self.calls)) - 1]
            return Response(wire(call, len(self.heard)), media_type=media)

        return answer


def _openai(call: Call, number: int) -> str:
    arguments = json.dumps(call.arguments)
    function = {"name": call.tool, "arguments": arguments[:5]}
    tool = {"index": 0, "id": f"call_{number}", "type": "function", "function": function}
    rest = {"index": 0, "function": {"arguments": arguments[5:]}}
    usage = {
        "prompt_tokens": USED[0] + 400,
        "completion_tokens": USED[1],
        "total_tokens": sum(USED) + 400,
        "prompt_tokens_details": {"cached_tokens": 400},
    }
    deltas: list[Any] = [
        {"choices": [{"index": 0, "delta": {"role": "assistant", "tool_calls": [tool]}}]},
        {"choices": [{"index": 0, "delta": {"tool_calls": [rest]}}]},
        {"choices": [{"index": 0, "delta": {}, "finish_reason": "tool_calls"}]},
        {"choices": [], "usage": usage},
    ]
    about = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "gpt-5"}
    lines = [f"data: {json.dumps({**about, **delta})}\n\n" for delta in deltas]
    return "".join([*lines, "data: [DONE]\n\n"])


def _anthropic(call: Call, number: int) -> str:
    arguments = json.dumps(call.arguments)
    message = {
        "id": "m",
        "type": "message",
        "role": "assistant",
        "model": "claude-sonnet-5",
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": {"input_tokens": USED[0], "output_tokens": 1},
    }
    use = {"type": "tool_use", "id": f"toolu_{number}", "name": call.tool, "input": {}}
    pieces = [arguments[:5], arguments[5:]]
    events: list[Any] = [
        {"type": "message_start", "message": message},
        {"type": "content_block_start", "index": 0, "content_block": use},
        *(
            {
                "type": "content_block_delta",
                "index": 0,
                "delta": {"type": "input_json_delta", "partial_json": piece},
            }
            for piece in pieces
        ),
        {"type": "content_block_stop", "index": 0},
        {
            "type": "message_delta",
            "delta": {"stop_reason": "tool_use", "stop_sequence": None},
            "usage": {"output_tokens": USED[1]},
        },
        {"type": "message_stop"},
    ]
    return "".join(f"event: {item['type']}\ndata: {json.dumps(item)}\n\n" for item in events)


def _ollama(call: Call, _number: int) -> str:
    about = {"model": "llama3.1:8b", "created_at": "2026-11-28T00:00:00Z"}
    tool = {"function": {"name": call.tool, "arguments": call.arguments}}
    said = {"role": "assistant", "content": ""}
    lines = [
        {**about, "message": {**said, "tool_calls": [tool]}, "done": False},
        {
            **about,
            "message": said,
            "done": True,
            "done_reason": "stop",
            "prompt_eval_count": USED[0],
            "eval_count": USED[1],
            "total_duration": 1_000_000,
        },
    ]
    return "".join(f"{json.dumps(line)}\n" for line in lines)


@pytest.fixture
def server(work_as_code: list[Call]) -> Iterator[Server]:
    made = Server(work_as_code)
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(128)  # who connects before the server runs waits
    running = uvicorn.Server(
        uvicorn.Config(made.app(), log_level="error", ws="none", lifespan="off")
    )
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]})
    thread.start()
    made.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    yield made
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()  # the open clients, while they may be
    running.should_exit = True
    thread.join(20)
    listener.close()


Choices = Callable[[str], ModelChoice]


@pytest.fixture
def choice(server: Server) -> Choices:
    def of(provider: str) -> ModelChoice:
        return {
            "openai": ModelChoice("openai", "gpt-5", f"{server.url}/v1", lambda: KEY),
            "anthropic": ModelChoice("anthropic", "claude-sonnet-5", server.url, lambda: KEY),
            "ollama": ModelChoice("ollama", "llama3.1:8b", server.url),
        }[provider]

    return of


Result = Callable[..., Any]


@pytest.fixture
def result_of(
    choice: Choices,
    run: Callable[..., RunAgent],
    request_of: Callable[..., RunRequest],
    bus: MemoryBus,
) -> Result:
    """Run the code agent on a provider's model, and return the event it ends with."""

    def go(provider: str, **changes: Any) -> Any:
        chosen = choice(provider)
        ready = replace(run([]), model_id=chosen.name, model=lambda: build_model(chosen))
        ready(request_of(**changes), SESSION, threading.Event())
        [event] = bus.events
        return event

    return go


# Strands leaves the clients of Ollama and Anthropic open; a session's process ends soon after.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore:A ToolChoice was provided"),
]
PROVIDERS = pytest.mark.parametrize("provider", ["openai", "anthropic", "ollama"])


@PROVIDERS
def test_an_agent_does_its_work_with_the_providers_model(
    provider: str, result_of: Result, choice: Choices, server: Server
) -> None:
    event = result_of(provider)

    assert event.detail_type == "AgentRunCompleted.v1", event.data
    assert [artifact.type for artifact in event.data.artifacts] == ["pull_request"]
    assert event.data.usage.tool_calls == 2
    assert event.data.usage.model_id == choice(provider).name
    used = event.data.token_usage
    assert (used.input_tokens, used.output_tokens) == (3 * USED[0], 3 * USED[1])
    assert '"commit": "abc"' in json.dumps(server.heard[1]).replace("\\", "")


@PROVIDERS
def test_the_meter_bounds_what_a_turn_may_write(
    provider: str, result_of: Result, server: Server
) -> None:
    result_of(provider, budget={"cost_limit_per_invocation": "0.10"})

    first = server.heard[0]
    bound = first["options"]["num_predict"] if provider == "ollama" else first["max_tokens"]
    assert bound == models.MAX_OUTPUT_TOKENS if provider == "ollama" else 256 <= bound < 10_000


@PROVIDERS
def test_a_key_travels_in_the_providers_header_only(
    provider: str, result_of: Result, server: Server
) -> None:
    event = result_of(provider)

    sent = server.headers[0]
    expected = {"openai": f"Bearer {KEY}", "anthropic": None, "ollama": None}[provider]
    assert sent.get("authorization") == expected
    assert (sent.get("x-api-key") == KEY) == (provider == "anthropic")
    assert KEY not in json.dumps(server.heard)
    assert KEY not in event.detail()


@pytest.mark.requirement("BUD-02", "F")
@pytest.mark.parametrize("provider", ["openai", "anthropic"])
def test_a_model_that_never_stops_is_stopped_by_its_price(
    provider: str, result_of: Result, choice: Choices, server: Server
) -> None:
    server.calls = server.calls[:1]

    data = result_of(provider, budget={"cost_limit_per_invocation": "0.05"}).data

    used, asked = data.token_usage, len(server.heard)
    spent = price_of(choice(provider).name).cost(used.input_tokens, used.output_tokens)
    assert data.error.code == "BUDGET_EXCEEDED"
    assert (data.usage.turns, used.output_tokens) == (asked, USED[1] * asked)
    assert Decimal(0) < spent <= Decimal("0.05")


def test_a_model_that_costs_nothing_is_stopped_by_its_turns(
    result_of: Result, server: Server
) -> None:
    server.calls = server.calls[:1]

    data = result_of("ollama").data

    assert data.error.code == "AGENT_ERROR"
    assert "40 turns" in data.error.message
    assert (data.usage.turns, len(server.heard)) == (40, 40)
    assert data.token_usage.input_tokens == 40 * USED[0]


def test_a_provider_whose_package_is_missing_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "strands.models.ollama", None)

    with pytest.raises(AgentRunError, match="'ollama' needs the package") as caught:
        build_model(ModelChoice("ollama", "llama3.1:8b"))

    assert "MODEL_PROVIDER=bedrock" in caught.value.remediation


def test_the_key_is_read_from_its_secret_once(aws: boto3.Session) -> None:
    manager = aws.client("secretsmanager")
    arn = manager.create_secret(Name="key", SecretString=f"{KEY}\n")["ARN"]

    key = key_from(manager, arn)

    assert key() == KEY
    manager.delete_secret(SecretId=arn, ForceDeleteWithoutRecovery=True)
    assert key() == KEY


def test_a_key_that_is_missing_or_empty_says_where_to_put_it(aws: boto3.Session) -> None:
    manager = aws.client("secretsmanager")
    empty = manager.create_secret(Name="empty", SecretString=" ")["ARN"]

    for arn, reason in ((empty, "is empty"), (f"{empty}x", "cannot be read")):
        with pytest.raises(AgentRunError, match=reason) as caught:
            key_from(manager, arn)()
        assert arn in caught.value.remediation
