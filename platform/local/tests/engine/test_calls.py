import asyncio
import json

import pytest

from switchboard.local.engine.calls import CallJournal

SIGNED = "AWS4-HMAC-SHA256 Credential=111122223333/20260101/us-east-1/{}/aws4_request, Signature=x"


@pytest.fixture
def noted(tmp_path):
    """Send a request through the journal; returns what was noted and what the app has read."""

    def send(method, path, service, body=b"", **headers):
        read = []

        async def app(scope, receive, send):
            read.append((await receive())["body"])

        async def receive():
            return {"type": "http.request", "body": body, "more_body": False}

        journal = CallJournal(app, tmp_path / "journal" / "aws.jsonl")
        given = {"authorization": SIGNED.format(service), **headers}
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "headers": [(key.replace("_", "-").encode(), v.encode()) for key, v in given.items()],
        }
        asyncio.run(journal(scope, receive, None))
        path = tmp_path / "journal" / "aws.jsonl"
        lines = path.read_text().splitlines() if path.exists() else []
        return [json.loads(line) for line in lines], read

    return send


@pytest.mark.parametrize(
    ("request_line", "service", "headers", "operation"),
    [
        ("POST /", "dynamodb", {"x_amz_target": "DynamoDB_20120810.PutItem"}, "PutItem"),
        ("POST /runtimes/arn%3Aaws/invocations", "bedrock-agentcore", {}, "InvokeAgentRuntime"),
        ("PUT /bucket/key/of/object", "s3", {}, "PutObject"),
        ("POST /schedules/deadline", "scheduler", {}, "CreateSchedule"),
        ("POST /model/some.model/converse-stream", "bedrock", {}, "ConverseStream"),
        ("PATCH /unheard/of", "something", {}, "PATCH /unheard/of"),
    ],
)
def test_a_call_is_noted_by_the_name_of_its_operation(
    noted, request_line, service, headers, operation
):
    method, path = request_line.split(" ")

    [call], _read = noted(method, path, service, user_agent="Boto3 app/switchboard-x", **headers)

    assert (call["app"], call["service"], call["operation"]) == (
        "switchboard-x",
        service,
        operation,
    )


def test_a_form_names_its_operation_in_its_body_which_is_still_there_for_the_service(noted):
    form = "application/x-www-form-urlencoded; charset=utf-8"

    [call], read = noted(
        "POST",
        "/",
        "sns",
        b"Action=Publish&Message=secret",
        user_agent="Boto3 app/switchboard-x",
        content_type=form,
    )

    assert call["operation"] == "Publish"
    assert "secret" not in json.dumps(call)
    assert read == [b"Action=Publish&Message=secret"]


def test_a_call_of_a_person_is_not_noted(noted):
    calls, _read = noted("POST", "/", "sqs", user_agent="Boto3/1.44 app/mine")

    assert calls == []
