"""One API call for CloudFormation: made, answered, and never silent about why it failed."""

import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from switchboard.runtime.api_call import NEVER_MADE, ApiCall, put

GATEWAY = {
    "gatewayIdentifier": "desk-1",
    "name": "desk",
    "roleArn": "arn:aws:iam::111122223333:role/desk",
    "authorizerType": "CUSTOM_JWT",
}
UPDATED = {
    "gatewayArn": "arn:aws:bedrock-agentcore:us-east-1:111122223333:gateway/desk-1",
    "gatewayId": "desk-1",
    "createdAt": datetime(2026, 11, 27, tzinfo=UTC),
    "updatedAt": datetime(2026, 11, 27, tzinfo=UTC),
    "status": "UPDATING",
    "name": "desk",
    "authorizerType": "CUSTOM_JWT",
}
PUT = {"Operation": "put_parameter", "Parameters": {"Name": "a", "Value": "1", "Type": "String"}}


class Answers:
    """What CloudFormation was told."""

    def __init__(self) -> None:
        self.body: dict[str, Any] = {}
        self.waited: list[float] = []

    def __call__(self, url: str, body: bytes) -> None:
        assert url == "https://answer.example/signed"
        self.body = json.loads(body)


@pytest.fixture
def answers() -> Answers:
    return Answers()


Serve = Callable[..., dict[str, Any]]


@pytest.fixture
def serve(aws: boto3.Session, answers: Answers) -> Serve:
    """Serve one request with the clients given, or with those of the account in memory."""

    def served(kind: str, properties: dict[str, Any], **more: Any) -> dict[str, Any]:
        client = more.pop("client", None)
        request = {
            "RequestType": kind,
            "ResponseURL": "https://answer.example/signed",
            "StackId": "stack",
            "RequestId": "request",
            "LogicalResourceId": "Thing",
            "ResourceProperties": {"ServiceToken": "arn", **properties},
            **more,
        }
        ApiCall(lambda name: client or aws.client(name), answers, answers.waited.append)(request)
        return answers.body

    return served


@pytest.fixture
def gateway(aws: boto3.Session) -> Any:
    return aws.client("bedrock-agentcore-control")


def test_a_creation_makes_its_call_and_answers_what_is_asked_of_the_response(
    serve: Serve, aws: boto3.Session
) -> None:
    asked = {"Outputs": ["Version", "No.Such"], "PhysicalId": "parameter:a"}

    answer = serve("Create", {"Service": "ssm", "Create": PUT, **asked})

    assert aws.client("ssm").get_parameter(Name="a")["Parameter"]["Value"] == "1"
    assert answer == {
        "Status": "SUCCESS",
        "Data": {"Version": "1", "No.Such": ""},
        "StackId": "stack",
        "RequestId": "request",
        "LogicalResourceId": "Thing",
        "PhysicalResourceId": "parameter:a",
    }


def test_what_cloudformation_turned_into_text_reaches_the_api_with_its_type(
    serve: Serve, gateway: Any
) -> None:
    interceptor = {
        "interceptor": {"lambda": {"arn": "arn:aws:lambda:us-east-1:111122223333:function:bind"}},
        "interceptionPoints": ["REQUEST"],
        "inputConfiguration": {"passRequestHeaders": "true"},
    }
    parameters = {**GATEWAY, "interceptorConfigurations": [interceptor]}
    typed = {**interceptor, "inputConfiguration": {"passRequestHeaders": True}}
    call = {"Operation": "update_gateway", "Parameters": parameters}
    with Stubber(gateway) as stub:
        stub.add_response(
            "update_gateway", UPDATED, {**parameters, "interceptorConfigurations": [typed]}
        )
        answer = serve("Create", {"Service": "x", "Create": call}, client=gateway)

    assert answer["Status"] == "SUCCESS"
    assert answer["PhysicalResourceId"] == "Thing-request"


def test_an_update_repeats_the_creation_unless_it_has_a_call_of_its_own(
    serve: Serve, aws: boto3.Session
) -> None:
    second = {**PUT["Parameters"], "Value": "2", "Overwrite": "true"}
    create = {"Operation": "put_parameter", "Parameters": second}
    before = {"PhysicalResourceId": "kept"}

    serve("Update", {"Service": "ssm", "Create": create}, **before)
    repeated = aws.client("ssm").get_parameter(Name="a")["Parameter"]
    update = {"Operation": "put_parameter", "Parameters": {**second, "Value": "3"}}
    answer = serve("Update", {"Service": "ssm", "Create": create, "Update": update}, **before)

    assert repeated["Value"] == "2"
    assert aws.client("ssm").get_parameter(Name="a")["Parameter"]["Value"] == "3"
    assert answer["PhysicalResourceId"] == "kept"


def test_deleting_what_is_gone_is_success(serve: Serve) -> None:
    delete = {"Operation": "get_secret_value", "Parameters": {"SecretId": "nobody"}}

    answer = serve(
        "Delete", {"Service": "secretsmanager", "Delete": delete}, PhysicalResourceId="kept"
    )

    assert answer["Status"] == "SUCCESS"
    assert answer["PhysicalResourceId"] == "kept"


def test_what_was_never_made_is_not_deleted(serve: Serve) -> None:
    delete = {"Operation": "no_such_operation"}

    answer = serve("Delete", {"Service": "ssm", "Delete": delete}, PhysicalResourceId=NEVER_MADE)

    assert answer["Status"] == "SUCCESS"


def test_a_resource_without_a_deletion_leaves_quietly(serve: Serve) -> None:
    answer = serve("Delete", {"Service": "ssm", "Create": PUT}, PhysicalResourceId="kept")

    assert answer["Status"] == "SUCCESS"


@pytest.mark.parametrize(
    ("ignored", "status"),
    [
        (["ConflictException"], "SUCCESS"),
        (["ConflictException: has been taken"], "SUCCESS"),
        (["ConflictException: something else"], "FAILED"),
        (["Conflict"], "FAILED"),
        ([], "FAILED"),
    ],
)
def test_an_error_counts_as_success_when_its_code_and_words_are_named(
    serve: Serve, gateway: Any, ignored: list[str], status: str
) -> None:
    call = {"Operation": "update_gateway", "Parameters": GATEWAY}
    with Stubber(gateway) as stub:
        stub.add_client_error("update_gateway", "ConflictException", "the name has been taken")
        answer = serve(
            "Create", {"Service": "x", "Create": call, "IgnoreErrors": ignored}, client=gateway
        )

    assert answer["Status"] == status


def test_a_refused_call_waits_for_its_permission_to_arrive(
    serve: Serve, gateway: Any, answers: Answers
) -> None:
    call = {"Operation": "update_gateway", "Parameters": GATEWAY}
    with Stubber(gateway) as stub:
        stub.add_client_error("update_gateway", "AccessDeniedException")
        stub.add_client_error("update_gateway", "AccessDeniedException")
        stub.add_response("update_gateway", UPDATED)
        answer = serve("Create", {"Service": "x", "Create": call}, client=gateway)

    assert answer["Status"] == "SUCCESS"
    assert answers.waited == [2.0, 5.0]


@pytest.mark.parametrize(
    ("code", "remedy"),
    [("AccessDeniedException", "`allow`"), ("ValidationException", "deploy again")],
)
def test_a_failure_names_the_operation_the_reason_and_what_to_do(
    serve: Serve, gateway: Any, code: str, remedy: str
) -> None:
    call = {"Operation": "update_gateway", "Parameters": GATEWAY}
    with Stubber(gateway) as stub:
        for _ in range(5):
            stub.add_client_error("update_gateway", code, "not like this")
        answer = serve(
            "Create", {"Service": "bedrock-agentcore-control", "Create": call}, client=gateway
        )

    assert answer["Status"] == "FAILED"
    assert answer["PhysicalResourceId"] == NEVER_MADE
    assert answer["Reason"].startswith("bedrock-agentcore-control.update_gateway: ")
    assert code in answer["Reason"]
    assert remedy in answer["Reason"]


def test_a_failed_update_keeps_the_resource_it_was_about(serve: Serve) -> None:
    call = {"Operation": "get_parameter", "Parameters": {"Name": "nobody"}}

    answer = serve("Update", {"Service": "ssm", "Create": call}, PhysicalResourceId="kept")

    assert answer["Status"] == "FAILED"
    assert answer["PhysicalResourceId"] == "kept"


def _ssm(operation: str, **parameters: str) -> dict[str, Any]:
    return {"Service": "ssm", "Create": {"Operation": operation, "Parameters": parameters}}


@pytest.mark.parametrize(
    ("properties", "reason"),
    [
        (
            {"Service": "ssm", "Create": {"Operation": "putParameter"}},
            "has no method 'putParameter'",
        ),
        ({"Create": PUT}, "the property 'Service' is missing"),
        ({"Service": "no-such", "Create": PUT}, "Unknown service: 'no-such'"),
        (
            _ssm("put_parameter", Nam="a"),
            'Missing required parameter in input: "Name"',
        ),
    ],
)
def test_a_call_that_is_no_call_is_refused_with_its_fault(
    serve: Serve, properties: dict[str, Any], reason: str
) -> None:
    answer = serve("Create", properties)

    assert answer["Status"] == "FAILED"
    assert reason in answer["Reason"]


def test_no_secret_reaches_the_reason_or_the_log(
    serve: Serve, aws: boto3.Session, capsys: pytest.CaptureFixture[str]
) -> None:
    client = aws.client("secretsmanager")
    call = {
        "Operation": "put_secret_value",
        "Parameters": {"SecretId": "door", "SecretString": "hunter22-hunter22"},
    }
    with Stubber(client) as stub:
        stub.add_client_error("put_secret_value", "InvalidRequest", "hunter22-hunter22 of door")
        said = serve("Create", {"Service": "secretsmanager", "Create": call}, client=client)

    assert ": *** of door" in said["Reason"]
    assert "hunter22" not in said["Reason"] + capsys.readouterr().out


def test_a_parameter_that_does_not_fit_is_named_without_its_value(serve: Serve) -> None:
    call = {"Operation": "put_secret_value", "Parameters": {"SecretString": ["hunter22"]}}

    answer = serve("Create", {"Service": "secretsmanager", "Create": call})

    assert "Invalid type for parameter SecretString" in answer["Reason"]
    assert "hunter22" not in answer["Reason"]


def test_the_reason_fits_into_an_answer(serve: Serve, gateway: Any) -> None:
    call = {"Operation": "update_gateway", "Parameters": GATEWAY}
    with Stubber(gateway) as stub:
        stub.add_client_error("update_gateway", "ValidationException", "x" * 10_000)
        answer = serve("Create", {"Service": "x", "Create": call}, client=gateway)

    assert len(json.dumps(answer)) < 4096


def test_the_answer_is_put_without_a_content_type_as_it_was_signed() -> None:
    seen: dict[str, Any] = {}

    class Bucket(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            length = int(self.headers["Content-Length"])
            seen.update(type=self.headers["Content-Type"], body=self.rfile.read(length))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
            pass

    with HTTPServer(("127.0.0.1", 0), Bucket) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        put(f"http://127.0.0.1:{server.server_port}/", b"{}")
        thread.join()

    assert seen == {"type": "", "body": b"{}"}
