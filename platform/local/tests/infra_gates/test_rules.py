"""Each rule over a template that breaks it, and one that does not."""

from typing import Any

import pytest

from switchboard.local.infra_gates.house_rules import check_house_rules
from switchboard.local.infra_gates.iam import check_permissions
from switchboard.local.infra_gates.lint import untagged


def policy(action: str, resource: Any, **more: Any) -> tuple[str, dict[str, Any]]:
    statement = {"Effect": "Allow", "Action": action, "Resource": resource, **more}
    return "AWS::IAM::Policy", {"PolicyDocument": {"Statement": [statement]}}


@pytest.mark.parametrize(
    ("action", "resource", "rule"),
    [
        ("dynamodb:GetItme", "arn:aws:dynamodb:::table/x", "iam-unknown-action"),
        ("sqs:*", "arn:aws:sqs:::x", "iam-whole-service"),
        ("s3:GetObject", "*", "iam-any-resource"),
    ],
)
def test_a_permission_that_is_wrong_is_found_with_its_remedy(
    make_stack: Any, action: str, resource: str, rule: str
) -> None:
    found = list(check_permissions(make_stack(Policy=policy(action, resource))))

    assert [(item.rule, item.detail, item.path) for item in found] == [
        (rule, action, "shop/Parts/Policy")
    ]
    assert found[0].remedy


@pytest.mark.parametrize(
    "made",
    [
        policy("dynamodb:getitem", "arn:aws:dynamodb:::table/x"),
        policy("xray:PutTraceSegments", "*"),
        policy("s3:GetObject", "*", Condition={"StringEquals": {"s3:x": "y"}}),
        policy("connect:AssociateSecurityProfiles", "arn:aws:connect:::x"),
        policy("bedrock-agentcore:InvokeAgentRuntime", "arn:aws:bedrock-agentcore:::runtime/x"),
    ],
)
def test_a_permission_that_is_right_is_no_finding(make_stack: Any, made: Any) -> None:
    assert list(check_permissions(make_stack(Policy=made))) == []


def endpoint(**statement: Any) -> tuple[str, dict[str, Any]]:
    document = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*", **statement}]}
    return "AWS::EC2::VPCEndpoint", {"PolicyDocument": document}


@pytest.mark.parametrize(
    "made",
    [
        ("AWS::EC2::VPCEndpoint", {}),
        endpoint(Principal="*"),
        endpoint(Principal={"AWS": "*"}),
    ],
)
def test_an_endpoint_open_to_all_is_found(make_stack: Any, made: Any) -> None:
    found = list(check_house_rules(make_stack(Door=made)))

    assert [item.rule for item in found] == ["endpoint-open-to-all"]


@pytest.mark.parametrize(
    "made",
    [
        endpoint(Principal={"AWS": "arn:aws:iam::111122223333:role/x"}),
        endpoint(
            Principal="*", Condition={"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/x"}}
        ),
        endpoint(Principal="*", Resource="arn:aws:bedrock-agentcore:::gateway/x"),
    ],
)
def test_an_endpoint_that_names_who_or_what_is_no_finding(make_stack: Any, made: Any) -> None:
    assert list(check_house_rules(make_stack(Door=made))) == []


def function(**variables: Any) -> tuple[str, dict[str, Any]]:
    return "AWS::Lambda::Function", {"Environment": {"Variables": variables}}


@pytest.mark.requirement("SEC-11", "S")
@pytest.mark.parametrize(
    "variables",
    [
        {"NOTION_TOKEN": "secret_abc"},
        {"DB_PASSWORD": {"Ref": "Password"}},
        {"URL": "{{resolve:secretsmanager:arn:x:SecretString:key}}"},
    ],
)
def test_a_secret_in_a_variable_is_found(make_stack: Any, variables: dict[str, Any]) -> None:
    found = list(check_house_rules(make_stack(Function=function(**variables))))

    assert [item.rule for item in found] == ["secret-in-variable"]
    assert "_ARN" in found[0].remedy


@pytest.mark.requirement("SEC-11", "S")
def test_a_name_or_an_arn_in_a_variable_is_no_finding(make_stack: Any) -> None:
    stack = make_stack(
        Function=function(
            NOTION_TOKEN_SECRET_ARN={"Ref": "Token"}, TABLE_NAME="x", MODEL_API_KEY_SECRET_ARN=""
        )
    )

    assert list(check_house_rules(stack)) == []


def test_a_name_that_is_too_long_with_the_account_in_it_is_found(make_stack: Any) -> None:
    name = {"Fn::Join": ["", ["b" * 52, {"Ref": "AWS::AccountId"}]]}

    found = list(check_house_rules(make_stack(Bucket=("AWS::S3::Bucket", {"BucketName": name}))))

    assert "has 64 characters" in found[0].message


@pytest.mark.requirement("T050", "S")
@pytest.mark.parametrize("tags", [None, [], [{"Key": "Project", "Value": "Switchboard"}]])
def test_a_resource_without_the_required_tags_is_found(make_stack: Any, tags: Any) -> None:
    stack = make_stack(
        Queue=("AWS::SQS::Queue", {"Tags": tags}), Policy=policy("s3:GetObject", "x")
    )

    found = list(untagged(stack, {"AWS::SQS::Queue": "Tags"}))

    assert [item.path for item in found] == ["shop/Parts/Queue"]
    assert "CostCenter" in found[0].message


@pytest.mark.requirement("T050", "S")
@pytest.mark.parametrize("as_map", [True, False])
def test_a_resource_with_the_required_tags_is_no_finding(make_stack: Any, as_map: bool) -> None:
    names = ("Project", "Environment", "Owner", "CostCenter")
    tags: Any = dict.fromkeys(names, "x") if as_map else [{"Key": n, "Value": "x"} for n in names]

    assert list(untagged(make_stack(X=("AWS::A::B", {"Tags": tags})), {"AWS::A::B": "Tags"})) == []
