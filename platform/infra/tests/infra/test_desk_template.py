"""The desk's gateway as it is deployed: whom it lets in, what it may do, what it costs."""

import json
from typing import Any

import boto3
import pytest
from aws_cdk.assertions import Match, Template
from botocore.validate import ParamValidator

from switchboard.tools.caller_binding.settings import Settings

GATEWAY = "AWS::BedrockAgentCore::Gateway"
SET_BY_THE_CONSTRUCT = {"POWERTOOLS_SERVICE_NAME", "LOG_LEVEL"}
NO_RESOURCE_LEVEL = {"xray:PutTraceSegments", "xray:PutTelemetryRecords"}


def _one(template: Template, kind: str, **properties: Any) -> tuple[str, dict[str, Any]]:
    wanted = {"Properties": properties} if properties else {}
    ((name, found),) = template.find_resources(kind, wanted).items()
    return name, found


def _text(value: Any) -> str:
    """A joined value with parameters and attributes named in braces."""
    if isinstance(value, str):
        return value
    if "Fn::Join" in value:
        separator, parts = value["Fn::Join"]
        return str(separator).join(_text(part) for part in parts)
    if "Ref" in value:
        return "{" + str(value["Ref"]) + "}"
    return "{" + ".".join(map(str, value["Fn::GetAtt"])) + "}"


def _statements(template: Template, role: str) -> dict[str, Any]:
    """The statements of a role by their id."""
    return {
        statement.get("Sid", str(number)): statement
        for policy in template.find_resources("AWS::IAM::Policy").values()
        if {"Ref": role} in policy["Properties"]["Roles"]
        for number, statement in enumerate(policy["Properties"]["PolicyDocument"]["Statement"])
    }


def _audience(desk: Template) -> dict[str, Any]:
    _name, call = _one(desk, "Custom::ApiCall", Service="bedrock-agentcore-control")
    properties: dict[str, Any] = call["Properties"]
    return properties


@pytest.mark.requirement("CARD-07", "S")
def test_the_desk_has_a_gateway_of_its_own(desk: Template, template: Template) -> None:
    names = [
        item["Properties"]["Name"]
        for stack in (template, desk)
        for item in stack.find_resources(GATEWAY).values()
    ]

    assert names == ["switchboard-dev", "poc-itsm-agentcore-gateway"]


@pytest.mark.requirement("VOI-04", "S")
def test_the_gateway_believes_the_connect_instance_and_nobody_until_it_is_named(
    desk: Template,
) -> None:
    _name, gateway = _one(desk, GATEWAY)
    authorizer = gateway["Properties"]["AuthorizerConfiguration"]["CustomJWTAuthorizer"]
    alias = next(
        name
        for name, item in desk.to_json()["Parameters"].items()
        if item["Default"] == "/switchboard/dev/platform/connect/instance-alias"
    )

    assert gateway["Properties"]["AuthorizerType"] == "CUSTOM_JWT"
    assert _text(authorizer["DiscoveryUrl"]) == (
        f"https://{{{alias}}}.my.connect.aws/.well-known/openid-configuration"
    )
    assert authorizer["AllowedAudience"] == ["set-after-creation"]
    assert "AllowedClients" not in authorizer
    assert "AllowedScopes" not in authorizer


@pytest.mark.requirement("GTW-11", "S")
def test_the_gateways_own_id_becomes_the_only_audience(desk: Template) -> None:
    name, gateway = _one(desk, GATEWAY)
    call = _audience(desk)["Create"]
    authorizer = call["Parameters"]["authorizerConfiguration"]["customJWTAuthorizer"]

    assert call["Operation"] == "update_gateway"
    assert authorizer == {
        "discoveryUrl": gateway["Properties"]["AuthorizerConfiguration"]["CustomJWTAuthorizer"][
            "DiscoveryUrl"
        ],
        "allowedAudience": [{"Fn::GetAtt": [name, "GatewayIdentifier"]}],
    }


def test_naming_the_audience_says_everything_else_of_the_gateway_again(desk: Template) -> None:
    """UpdateGateway replaces the whole: what is left out would be lost."""
    _name, gateway = _one(desk, GATEWAY)
    said = _audience(desk)["Create"]["Parameters"]
    declared = {key[0].lower() + key[1:] for key in gateway["Properties"]} - {"tags"}

    assert set(said) == declared | {"gatewayIdentifier"}
    (interceptor,) = said["interceptorConfigurations"]
    (deployed,) = gateway["Properties"]["InterceptorConfigurations"]
    assert interceptor == {
        "interceptionPoints": deployed["InterceptionPoints"],
        "interceptor": {"lambda": {"arn": deployed["Interceptor"]["Lambda"]["Arn"]}},
        "inputConfiguration": {"passRequestHeaders": True},
    }


def test_a_change_of_the_gateways_tags_alone_names_the_audience_again(desk: Template) -> None:
    _name, gateway = _one(desk, GATEWAY)

    assert json.loads(_audience(desk)["AgainWhen"]) == gateway["Properties"]["Tags"]


def test_bots_are_allowed_on_the_instance_where_the_api_takes_it(desk: Template) -> None:
    _name, call = _one(desk, "Custom::ApiCall", Service="connect")

    assert call["Properties"]["Create"]["Operation"] == "update_instance_attribute"
    assert call["Properties"]["Create"]["Parameters"]["AttributeType"] == "BOT_MANAGEMENT"
    assert call["Properties"]["IgnoreErrors"] == ["InvalidParameterException"]


def test_the_calls_fit_the_apis_they_are_for(desk: Template, aws: boto3.Session) -> None:
    for item in desk.find_resources("Custom::ApiCall").values():
        service, call = item["Properties"]["Service"], item["Properties"]["Create"]
        client = aws.client(service)
        name = client.meta.method_to_api_mapping[call["Operation"]]
        shape = client.meta.service_model.operation_model(name).input_shape

        report = ParamValidator().validate(_resolved(call["Parameters"]), shape)

        assert not report.has_errors(), report.generate_report()


def _resolved(value: Any) -> Any:
    """Parameters as they arrive: references are text."""
    if isinstance(value, dict):
        if set(value) & {"Fn::GetAtt", "Fn::Join", "Ref"}:
            return "resolved-when-deployed"
        return {name: _resolved(item) for name, item in value.items()}
    return [_resolved(item) for item in value] if isinstance(value, list) else value


@pytest.mark.requirement("GTW-10", "C")
def test_the_gateway_makes_no_tool_of_its_own(desk: Template) -> None:
    _name, gateway = _one(desk, GATEWAY)

    assert "SearchType" not in gateway["Properties"]["ProtocolConfiguration"]["Mcp"]
    desk.resource_count_is("AWS::BedrockAgentCore::GatewayTarget", 0)


def test_every_request_passes_the_binding_of_its_caller_with_its_headers(desk: Template) -> None:
    function, found = _one(
        desk,
        "AWS::Lambda::Function",
        Handler="switchboard.tools.caller_binding.handler.handler",
    )
    _name, gateway = _one(desk, GATEWAY)
    (interceptor,) = gateway["Properties"]["InterceptorConfigurations"]

    assert interceptor["InterceptionPoints"] == ["REQUEST"]
    assert interceptor["Interceptor"]["Lambda"]["Arn"] == {"Fn::GetAtt": [function, "Arn"]}
    assert interceptor["InputConfiguration"] == {"PassRequestHeaders": True}
    given = set(found["Properties"]["Environment"]["Variables"])
    assert given - SET_BY_THE_CONSTRUCT == set(Settings.model_fields)


@pytest.mark.requirement("SEC-03", "S")
def test_the_binding_may_describe_contacts_of_this_instance_and_nothing_else(
    desk: Template,
) -> None:
    _name, function = _one(
        desk,
        "AWS::Lambda::Function",
        Handler="switchboard.tools.caller_binding.handler.handler",
    )
    role = function["Properties"]["Role"]["Fn::GetAtt"][0]
    ours = [
        item
        for item in _statements(desk, role).values()
        if not str(item["Action"]).startswith(("['logs", "['xray"))
    ]

    assert [item["Action"] for item in ours] == ["connect:DescribeContact"]
    assert _text(ours[0]["Resource"]).endswith("Parameter}/contact/*")


@pytest.mark.requirement("GTW-12", "S")
def test_the_gateways_role_is_agentcores_and_may_do_what_the_desk_needs(desk: Template) -> None:
    role, found = _one(desk, "AWS::IAM::Role", RoleName="poc-agentcore-gateway-role")
    (trust,) = found["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    statements = _statements(desk, role)
    desk.has_resource_properties("AWS::IAM::Policy", {"PolicyName": "poc-agentcore-gateway-policy"})

    assert trust["Principal"] == {"Service": "bedrock-agentcore.amazonaws.com"}
    assert trust["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    assert _text(trust["Condition"]["ArnLike"]["aws:SourceArn"]).endswith(":gateway/*")
    assert {sid: item["Action"] for sid, item in statements.items()} == {
        "Interceptor": "lambda:InvokeFunction",
        "Itself": "bedrock-agentcore:GetGateway",
        "Identity": "bedrock-agentcore:GetWorkloadAccessToken",
        "Logs": ["logs:CreateLogStream", "logs:PutLogEvents"],
    }
    assert "*" not in [item["Resource"] for item in statements.values()]


@pytest.mark.requirement("VOI-03", "S")
def test_the_agents_role_is_connects_and_may_only_invoke_this_gateway(desk: Template) -> None:
    gateway, _found = _one(desk, GATEWAY)
    role, found = _one(desk, "AWS::IAM::Role", RoleName="poc-connect-ai-agent-role")
    (trust,) = found["Properties"]["AssumeRolePolicyDocument"]["Statement"]

    assert trust["Principal"] == {"Service": "connect.amazonaws.com"}
    assert list(_statements(desk, role).values()) == [
        {
            "Effect": "Allow",
            "Action": "bedrock-agentcore:InvokeGateway",
            "Resource": {"Fn::GetAtt": [gateway, "GatewayArn"]},
        }
    ]


@pytest.mark.requirement("SEC-03", "S")
def test_no_permission_of_the_desk_has_a_wildcard_action_or_an_open_resource(
    desk: Template,
) -> None:
    for policy in desk.find_resources("AWS::IAM::Policy").values():
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]:
            actions = statement["Action"]
            actions = set(actions if isinstance(actions, list) else [actions])
            assert not [action for action in actions if "*" in action]
            if statement["Resource"] == "*":
                assert actions <= NO_RESOURCE_LEVEL


@pytest.mark.requirement("SEC-11", "S")
@pytest.mark.parametrize("stack", ["connect", "desk"])
def test_no_credential_stands_in_the_desks_templates(
    stack: str, templates: dict[str, Template]
) -> None:
    text = json.dumps(templates[stack].to_json())

    assert "resolve:secretsmanager" not in text
    assert "SecretString" not in text
    assert "ApiKey" not in text


def test_connect_knows_the_gateway_as_an_mcp_server_under_its_id(desk: Template) -> None:
    gateway, _found = _one(desk, GATEWAY)
    name, application = _one(desk, "AWS::AppIntegrations::Application")
    url = application["Properties"]["ApplicationSourceConfig"]["ExternalUrlConfig"]["AccessUrl"]
    desk.has_resource_properties(
        "AWS::Connect::IntegrationAssociation",
        {
            "IntegrationType": "APPLICATION",
            "IntegrationArn": {"Fn::GetAtt": [name, "ApplicationArn"]},
        },
    )

    assert application["Properties"]["ApplicationType"] == "MCP_SERVER"
    assert application["Properties"]["Namespace"] == {"Fn::GetAtt": [gateway, "GatewayIdentifier"]}
    # with the path once, whether GetGateway answers it or not
    whole = {"Fn::GetAtt": [gateway, "GatewayUrl"]}
    bare = {"Fn::Select": [0, {"Fn::Split": ["/mcp", whole]}]}
    assert url == {"Fn::Join": ["", [bare, "/mcp"]]}


def test_the_application_waits_for_its_service_role_and_for_the_audience(desk: Template) -> None:
    audience, _call = _one(desk, "Custom::ApiCall", Service="bedrock-agentcore-control")
    _name, application = _one(desk, "AWS::AppIntegrations::Application")
    role, call = _one(desk, "Custom::ApiCall", Service="iam")

    assert {audience, role} <= set(application["DependsOn"])
    assert call["Properties"]["IgnoreErrors"] == ["InvalidInput: has been taken"]
    assert call["Properties"]["Create"] == {
        "Operation": "create_service_linked_role",
        "Parameters": {"AWSServiceName": "app-integrations.amazonaws.com"},
    }


@pytest.mark.requirement("BUD-08", "S")
def test_ten_dollars_for_the_desk_are_announced_at_eight_and_nothing_is_stopped(
    desk: Template,
) -> None:
    topic = next(
        name
        for name, item in desk.to_json()["Parameters"].items()
        if item["Default"] == "/switchboard/dev/platform/alarms/topic-arn"
    )
    desk.has_resource_properties(
        "AWS::Budgets::Budget",
        {
            "Budget": {
                "BudgetName": "poc-itsm-desk",
                "BudgetType": "COST",
                "TimeUnit": "ANNUALLY",
                "BudgetLimit": {"Amount": 10, "Unit": "USD"},
                "CostFilters": {"TagKeyValue": ["user:Environment$PoC"]},
            },
            "NotificationsWithSubscribers": [
                {
                    "Notification": {
                        "NotificationType": "ACTUAL",
                        "ComparisonOperator": "GREATER_THAN",
                        "Threshold": 8,
                        "ThresholdType": "ABSOLUTE_VALUE",
                    },
                    "Subscribers": [{"SubscriptionType": "SNS", "Address": {"Ref": topic}}],
                }
            ],
        },
    )
    desk.resource_count_is("AWS::Budgets::BudgetsAction", 0)


def test_services_find_the_gateway_among_the_platforms_values(desk: Template) -> None:
    prefix = "/switchboard/dev/platform/"
    published = {
        item["Properties"]["Name"].removeprefix(prefix)
        for item in desk.find_resources("AWS::SSM::Parameter").values()
    }

    assert published == {
        "desk/gateway-id",
        "desk/gateway-arn",
        "desk/gateway-url",
        "desk/gateway-role-name",
        "desk/application-arn",
    }


def test_another_environment_has_names_of_its_own(synthesize: Any) -> None:
    workshop = synthesize("workshop", "desk")

    workshop.has_resource_properties(GATEWAY, {"Name": "poc-itsm-agentcore-gateway-workshop"})
    names = {
        item["Properties"].get("RoleName")
        for item in workshop.find_resources("AWS::IAM::Role").values()
    }
    assert {"poc-agentcore-gateway-role-workshop", "poc-connect-ai-agent-role-workshop"} <= names


def test_the_desk_has_a_stack_without_any_database_or_server(desk: Template) -> None:
    kinds = {item["Type"] for item in desk.to_json()["Resources"].values()}

    assert not [kind for kind in kinds if kind.startswith(("AWS::EC2::", "AWS::DynamoDB::"))]
    desk.has_resource_properties("AWS::Logs::LogGroup", {"RetentionInDays": Match.any_value()})
