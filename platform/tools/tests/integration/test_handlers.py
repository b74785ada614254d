"""Whole functions, built from their environment as on AWS."""

import importlib
import json
from typing import Any

import boto3
import pytest

INVOCATION = "01J9ZQ8H3V5T7W2X4Y6A8B0C1D"


@pytest.fixture
def function(monkeypatch: pytest.MonkeyPatch, table: Any) -> Any:
    monkeypatch.setenv("LEDGER_TABLE", "ledger")
    monkeypatch.setenv("CODE_INTERPRETER_ID", "switchboard_dev-abc")

    def load(target: str, **environment: str) -> Any:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        module = importlib.import_module(f"switchboard.tools.{target}.handler")
        module._warm.cache_clear()
        return module.handler

    return load


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


def test_notion_is_reached_with_the_token_of_the_secret(
    aws: boto3.Session, function: Any, context: Any, server: Any
) -> None:
    arn = aws.client("secretsmanager").create_secret(Name="n", SecretString="ntn_x")["ARN"]
    server.on("POST /v1/search", 200, {"results": []})
    notion = function(
        "notion", NOTION_API_URL=server.url, NOTION_TOKEN_ARN=arn, KNOWLEDGE_BASE_ID="off"
    )

    assert notion({"query": "x"}, context("notion-search")) == {"results": []}
    assert server.headers[0]["authorization"] == "Bearer ntn_x"


def test_a_github_secret_that_is_a_placeholder_fails_without_showing_it(
    aws: boto3.Session, function: Any, context: Any, server: Any
) -> None:
    value = json.dumps({"app_id": "0", "private_key": "placeholder"})
    arn = aws.client("secretsmanager").create_secret(Name="g", SecretString=value)["ARN"]
    github = function("github", GITHUB_API_URL=server.url, GITHUB_APP_ARN=arn)

    answer = github({"owner": "acme", "repo": "app"}, context("get_file_contents"))

    assert "placeholder" not in str(answer)
    assert answer["error"]["code"] == "TOOL_FAILED"


def test_the_sandbox_function_is_built_from_its_environment(function: Any, context: Any) -> None:
    sandbox = function("sandbox")

    answer = sandbox({"name": "-bad"}, context("install_package"))

    assert answer["error"]["code"] == "INVALID_ARGUMENTS"
