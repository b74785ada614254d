"""A wrong environment is found when the process starts."""

from typing import Any

import pytest
from pydantic import ValidationError

from switchboard.agents.models import ModelChoice, build_model
from switchboard.agents.settings import Settings
from switchboard.events.trace import NoSpans
from switchboard.events.trace_export import QueuedSpans
from switchboard.events.xray import SignedPost

KEY = "arn:aws:secretsmanager:us-east-1:111122223333:secret:key"
ENVIRONMENT = {
    "AGENT": "code",
    "ENVIRONMENT": "dev",
    "MODEL_PROVIDER": "bedrock",
    "MODEL_ID": "global.anthropic.claude-sonnet-4-6",
    "GATEWAY_MCP_ENDPOINT": "https://gateway.example/mcp",
    "GATEWAY_OAUTH_PROVIDER": "switchboard-gateway",
    "GATEWAY_OAUTH_SCOPE": "gateway/code",
    "EVENT_BUS_NAME": "switchboard-dev",
}


def test_every_missing_name_is_reported_at_once() -> None:
    with pytest.raises(ValidationError) as caught:
        Settings.from_env({})

    missing = {item["loc"][0] for item in caught.value.errors() if item["type"] == "missing"}
    assert missing == set(ENVIRONMENT)


@pytest.mark.parametrize(
    "model_id",
    ["global.anthropic.claude-sonnet-4-6", "us.amazon.nova-pro-v1:0", "offline.playbook"],
)
def test_an_inference_profile_with_a_price_is_accepted(model_id: str) -> None:
    settings = Settings.from_env({**ENVIRONMENT, "MODEL_ID": model_id})

    assert model_id == settings.MODEL_ID


@pytest.mark.parametrize(
    ("model_id", "reason"),
    [
        ("anthropic.claude-sonnet-4-6", "not an inference profile"),
        ("claude", "not an inference profile"),
        ("global.acme.brain-1", "no price"),
    ],
)
def test_a_model_that_cannot_be_used_or_metered_is_refused(model_id: str, reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        Settings.from_env({**ENVIRONMENT, "MODEL_ID": model_id})


def test_an_unknown_provider_is_refused() -> None:
    with pytest.raises(ValidationError, match="MODEL_PROVIDER"):
        Settings.from_env({**ENVIRONMENT, "MODEL_PROVIDER": "guesswork"})


@pytest.mark.parametrize(
    ("given", "host"),
    [
        ({}, "127.0.0.1"),
        ({"DOCKER_CONTAINER": "1"}, "0.0.0.0"),
        ({"DOCKER_CONTAINER": "1", "HOST": "127.0.0.1"}, "127.0.0.1"),
    ],
)
def test_the_server_listens_on_loopback_unless_it_is_in_a_container(
    given: dict[str, str], host: str
) -> None:
    assert Settings.from_env({**ENVIRONMENT, **given}).bind_host == host


def test_the_model_is_the_one_of_the_settings() -> None:
    model = build_model(ModelChoice("bedrock", "offline.playbook"))

    assert model.get_config()["model_id"] == "offline.playbook"


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"MODEL_PROVIDER": "anthropic", "MODEL_ID": "claude-sonnet-5"}, "needs a key"),
        ({"MODEL_PROVIDER": "openai", "MODEL_ID": "gpt-5"}, "MODEL_API_KEY_SECRET_ARN"),
        ({"MODEL_PROVIDER": "openai", "MODEL_ID": "gpt-of-nobody"}, "no price for model"),
        ({"MODEL_PROVIDER": "ollama", "MODEL_ID": ""}, "MODEL_ID"),
    ],
)
def test_a_provider_that_cannot_be_used_is_refused_with_what_is_missing(
    given: dict[str, str], reason: str
) -> None:
    with pytest.raises(ValidationError, match=reason):
        Settings.from_env({**ENVIRONMENT, **given})


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"MODEL_PROVIDER": "ollama", "MODEL_ID": "llama3.1:8b"}, "ollama/llama3.1:8b"),
        (
            {"MODEL_PROVIDER": "openai", "MODEL_ID": "gpt-5", "MODEL_BASE_URL": "http://x/v1"},
            "gpt-5",
        ),
        (
            {
                "MODEL_PROVIDER": "anthropic",
                "MODEL_ID": "claude-sonnet-5",
                "MODEL_API_KEY_SECRET_ARN": KEY,
            },
            "claude-sonnet-5",
        ),
    ],
)
def test_other_providers_are_a_matter_of_the_environment(given: dict[str, str], name: str) -> None:
    settings = Settings.from_env({**ENVIRONMENT, **given, "MEMORY_ID": ""})

    assert settings.model_choice(None).name == name
    assert settings.MEMORY_ID is None


def test_spans_for_x_ray_leave_by_a_thread_signed_by_the_agents_role() -> None:
    region = "us-east-1"
    endpoint = {"OTEL_EXPORTER_OTLP_ENDPOINT": f"https://xray.{region}.amazonaws.com"}

    spans: Any = Settings.from_env({**ENVIRONMENT, **endpoint}).spans
    spans.close()

    assert isinstance(spans, QueuedSpans)  # a run never waits for them
    assert isinstance(spans._to._post, SignedPost)
    assert isinstance(Settings.from_env(ENVIRONMENT).spans, NoSpans)
