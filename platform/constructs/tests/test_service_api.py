"""A REST API as every service has it."""

import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_apigateway as apigateway
from aws_cdk.assertions import Match, Template

from switchboard.constructs.bundling import lambda_code
from switchboard.constructs.environments import environment
from switchboard.constructs.service_api import ServiceApi
from switchboard.constructs.service_function import ServiceFunction
from switchboard.constructs.service_stack import ServiceStack


def _template(**options: Any) -> Template:
    app = cdk.App(context={"aws:cdk:bundling-stacks": []})
    stack = ServiceStack(app, service="sample", environment=environment("dev"))
    function = ServiceFunction(
        stack,
        "Door",
        service="sample",
        code=lambda_code(stack, ["platform/runtime"]),
        handler="a.b",
        environment={},
    )
    api = ServiceApi(stack, "Api", **options)
    api.route("GET", "things/{id}", function)
    api.route("POST", "hook", function, authorization=apigateway.AuthorizationType.NONE)
    api.route(
        "PUT", "hook", function, authorization=apigateway.AuthorizationType.NONE, needs_key=True
    )
    cdk.CfnOutput(stack, "Url", value=api.url)
    return Template.from_stack(stack)


@pytest.fixture(scope="module")
def template() -> Template:
    return _template(logged={"caller": "$context.identity.caller"})


@pytest.mark.requirement("SEC-08", "S")
def test_an_api_speaks_tls_1_2_or_newer_and_has_limits(template: Template) -> None:
    template.has_resource_properties(
        "AWS::ApiGateway::RestApi",
        {
            "Name": "switchboard-dev-sample",
            "SecurityPolicy": "SecurityPolicy_TLS13_1_2_PQ_2025_09",
            "EndpointConfiguration": {"Types": ["REGIONAL"]},
        },
    )
    template.has_resource_properties(
        "AWS::ApiGateway::Stage",
        {
            "StageName": "dev",
            "MethodSettings": [
                Match.object_like({"ThrottlingRateLimit": 50, "ThrottlingBurstLimit": 100})
            ],
            "TracingEnabled": True,
        },
    )


def test_a_route_is_signed_unless_it_says_otherwise(template: Template) -> None:
    methods = [
        item["Properties"] for item in template.find_resources("AWS::ApiGateway::Method").values()
    ]

    assert {
        (item["HttpMethod"], item["AuthorizationType"], item.get("ApiKeyRequired", False))
        for item in methods
    } == {("GET", "AWS_IAM", False), ("POST", "NONE", False), ("PUT", "NONE", True)}


def test_the_access_log_names_the_resource_and_never_what_was_asked_for(template: Template) -> None:
    (stage,) = template.find_resources("AWS::ApiGateway::Stage").values()
    fields = json.loads(stage["Properties"]["AccessLogSetting"]["Format"])

    assert fields["path"] == "$context.resourcePath"
    assert fields["caller"] == "$context.identity.caller"
    assert not [value for value in fields.values() if "querystring" in value]


@pytest.mark.requirement("ERR-01", "C")
def test_what_api_gateway_says_by_itself_has_the_common_format_or_its_own(
    template: Template,
) -> None:
    answers = template.find_resources("AWS::ApiGateway::GatewayResponse").values()
    texts = [item["Properties"]["ResponseTemplates"]["application/json"] for item in answers]
    errors = [
        json.loads(text.replace("$context.error.messageString", '"Forbidden"'))["error"]
        for text in texts
    ]

    assert {error["code"] for error in errors} == {"REQUEST_REFUSED", "INTERNAL_ERROR"}
    for error in errors:
        assert set(error) == {"code", "message", "invocation_id", "remediation"}
    plain = _template(common_errors=False)
    plain.resource_count_is("AWS::ApiGateway::GatewayResponse", 0)


def test_name_and_stage_may_be_given(template: Template) -> None:
    named = _template(name="poc-api", stage="poc")

    named.has_resource_properties("AWS::ApiGateway::RestApi", {"Name": "poc-api"})
    named.has_resource_properties("AWS::ApiGateway::Stage", {"StageName": "poc"})
    address = json.dumps(named.to_json()["Outputs"]["Url"]["Value"])
    assert "/poc" in address
    assert ".execute-api.us-east-1." in address
