"""Whole functions, built from their environment as on AWS."""

import importlib
import json
from dataclasses import dataclass
from typing import Any

import boto3
import pytest

INVOCATION = "01J9ZQ8H3V5T7W2X4Y6A8B0C1D"


@pytest.fixture
def function(monkeypatch: pytest.MonkeyPatch, table: Any) -> Any:
    monkeypatch.setenv("LEDGER_TABLE", "ledger")
    monkeypatch.setenv("CODE_INTERPRETER_ID", "switchboard_dev-abc")
    monkeypatch.setenv("WORKLOAD_NAME", "tools-workload")
    monkeypatch.setenv("NOTION_PROVIDER", "notion-provider")
    monkeypatch.setenv("GITHUB_APP_ID_PROVIDER", "id-provider")
    monkeypatch.setenv("GITHUB_APP_KEY_PROVIDER", "key-provider")

    def load(target: str, **environment: str) -> Any:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        module = importlib.import_module(f"switchboard.tools.{target}.handler")
        module._warm.cache_clear()
        return module.handler

    return load


@dataclass
class Identity:
    """AgentCore Identity on the scripted server: keys by their order."""

    script: Any

    def hands_out(self, key: str) -> "Identity":
        self.script.on("POST /identities/api-key", 200, {"apiKey": key})
        return self

    def refuses(self, status: int, error_type: str) -> "Identity":
        self.script.on(
            "POST /identities/api-key", status, {"message": "no"}, x_amzn_ErrorType=error_type
        )
        return self

    def asked(self) -> list[tuple[str, str]]:
        """Who asked, and which provider."""
        asked = self.script.requests
        names = [body["workloadName"] for path, body in asked if "GetWorkload" in path]
        keys = [body["resourceCredentialProviderName"] for path, body in asked if "api-key" in path]
        return list(zip(names, keys, strict=True))


@pytest.fixture
def identity(server: Any, monkeypatch: pytest.MonkeyPatch) -> Identity:
    monkeypatch.setenv("AWS_ENDPOINT_URL_BEDROCK_AGENTCORE", server.url)
    server.on("POST /identities/GetWorkloadAccessToken", 200, {"workloadAccessToken": "w" * 200})
    return Identity(server)


def test_an_uploaded_page_gets_its_address_and_a_latency_metric(
    aws: boto3.Session, function: Any, context: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    aws.client("s3").create_bucket(Bucket="prototypes")
    prototype = function(
        "prototype", PROTOTYPES_BUCKET="prototypes", PROTOTYPES_URL="https://p.example"
    )
    page = {"path": "index.html", "content": "<p>top secret</p>"}
    prototype(page, context("s3_upload_prototype"))
    answer = prototype({"path": "index.html"}, context("s3_generate_url"))

    assert answer["url"] == f"https://p.example/{INVOCATION}/index.html"
    lines = capsys.readouterr().out
    metrics = [json.loads(line) for line in lines.splitlines() if '"_aws"' in line]
    latency = [item for item in metrics if "ToolLatency" in item]
    assert [item["tool"] for item in latency] == [
        "prototype___s3_upload_prototype",
        "prototype___s3_generate_url",
    ]
    assert sum("PrototypesDeployed" in item for item in metrics) == 1
    assert "secret" not in lines


def test_notion_is_reached_with_the_token_identity_hands_out(
    function: Any, context: Any, server: Any, identity: Any
) -> None:
    identity.hands_out("ntn_x")
    server.on("POST /v1/search", 200, {"results": []})
    notion = function("notion", NOTION_API_URL=server.url, KNOWLEDGE_BASE_ID="off")

    assert notion({"query": "x"}, context("notion-search")) == {"results": []}
    assert server.headers[-1]["authorization"] == "Bearer ntn_x"
    assert identity.asked() == [("tools-workload", "notion-provider")]


@pytest.mark.requirement("GTW-08", "F")
def test_an_expired_token_is_told_and_the_one_that_follows_is_used_at_once(
    function: Any, context: Any, server: Any, identity: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    identity.hands_out("ntn_expired").hands_out("ntn_fresh")
    server.on("POST /v1/search", 401, {"object": "error", "code": "unauthorized", "message": "x"})
    server.on("POST /v1/search", 200, {"results": []})
    notion = function("notion", NOTION_API_URL=server.url, KNOWLEDGE_BASE_ID="off")

    refused = notion({"query": "x"}, context("notion-search"))["error"]

    assert refused["code"] == "TOOL_AUTH_FAILED"
    assert refused["remediation"]
    assert notion({"query": "x"}, context("notion-search")) == {"results": []}
    assert server.headers[-1]["authorization"] == "Bearer ntn_fresh"
    assert "ntn_" not in capsys.readouterr().out


def test_a_github_key_that_is_a_placeholder_fails_without_showing_it(
    function: Any, context: Any, server: Any, identity: Any
) -> None:
    identity.hands_out("0").hands_out("placeholder")
    github = function("github", GITHUB_API_URL=server.url)

    answer = github({"owner": "acme", "repo": "app"}, context("get_file_contents"))

    assert "placeholder" not in str(answer)
    assert answer["error"]["code"] == "TOOL_AUTH_FAILED"
    assert [provider for _, provider in identity.asked()] == ["id-provider", "key-provider"]


def test_the_sandbox_function_is_built_from_its_environment(function: Any, context: Any) -> None:
    sandbox = function("sandbox")

    answer = sandbox({"name": "-bad"}, context("install_package"))

    assert answer["error"]["code"] == "INVALID_ARGUMENTS"


@pytest.mark.requirement("GTW-08", "F")
@pytest.mark.parametrize(
    ("refusal", "code"),
    [
        ((401, "UnauthorizedException"), "TOOL_AUTH_FAILED"),
        ((403, "AccessDeniedException"), "TOOL_AUTH_FAILED"),
        ((404, "ResourceNotFoundException"), "TOOL_AUTH_FAILED"),
        ((429, "ThrottlingException"), "TOOL_RATE_LIMITED"),
        ((500, "InternalServerException"), "TOOL_FAILED"),
    ],
)
def test_what_identity_refuses_reaches_the_agent_with_its_code_and_a_remedy(
    refusal: tuple[int, str], code: str, function: Any, context: Any, server: Any, identity: Any
) -> None:
    identity.refuses(*refusal)
    notion = function("notion", NOTION_API_URL=server.url, KNOWLEDGE_BASE_ID="off")

    error = notion({"query": "x"}, context("notion-search"))["error"]

    assert error["code"] == code
    assert error["remediation"]
    assert not [request for request, _ in server.requests if request.startswith("POST /v1")]
