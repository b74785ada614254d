import pytest

from switchboard.local.usage.grants import UnreadableGrantError, template_grants

ARN = {"Fn::GetAtt": ["Table", "Arn"]}


def test_each_allow_statement_of_a_role_is_read_from_its_own_policies_and_those_beside_it(
    stack, role, policy
):
    inline = {"PolicyName": "Own", "PolicyDocument": {"Statement": {}}}
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
    inline["PolicyDocument"]["Statement"] = [statement]
    shop = stack(
        WorkerRole=role(Policies=[inline]),
        P=policy(
            "Beside",
            [{"Ref": "WorkerRole"}],
            {"Action": ["dynamodb:GetItem", "dynamodb:PutItem"], "Resource": [ARN]},
            {"Action": "sqs:SendMessage", "Resource": "arn:q", "Condition": {"Bool": {"a": "b"}}},
        ),
    )

    found = [(g.role, g.policy, g.number, g.actions) for g in template_grants([shop])]

    assert found == [
        ("shop/Worker/Role", "Own", 0, ("s3:GetObject",)),
        ("shop/Worker/Role", "Beside", 0, ("dynamodb:GetItem", "dynamodb:PutItem")),
        ("shop/Worker/Role", "Beside", 1, ("sqs:SendMessage",)),
    ]


def test_a_policy_for_a_role_of_another_stack_is_that_roles_grant(stack, role, policy):
    name = "/switchboard/dev/platform/desk/gateway-role-name"
    desk = stack(
        "desk",
        GatewayRole=role(),
        Value=("AWS::SSM::Parameter", {"Name": name, "Value": {"Ref": "GatewayRole"}}),
    )
    itsm = stack(
        "itsm-mock",
        parameters={"Looked": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": name}},
        P=policy("Target", [{"Ref": "Looked"}], {"Action": "a:B", "Resource": "*"}),
    )

    [found] = template_grants([desk, itsm])

    assert (found.role, found.policy) == ("desk/Gateway/Role", "Target")


REFERENCE = [{"Ref": "WorkerRole"}]
EVERYWHERE = {"Action": "a:B", "Resource": "*"}


@pytest.mark.parametrize(
    ("resources", "what"),
    [
        (lambda role, _: {"WorkerRole": role(ManagedPolicyArns=["arn:x"])}, "ManagedPolicyArns"),
        (lambda *_: {"M": ("AWS::IAM::ManagedPolicy", {})}, "ManagedPolicy"),
        (
            lambda role, policy: {
                "WorkerRole": role(),
                "P": policy("P", REFERENCE, {**EVERYWHERE, "Effect": "Deny"}),
            },
            "Effect Deny",
        ),
        (
            lambda role, policy: {
                "WorkerRole": role(),
                "P": policy("P", REFERENCE, {"NotAction": "a:B", "Resource": "*"}),
            },
            "NotAction",
        ),
        (lambda _, policy: {"P": policy("P", ["somebody"], EVERYWHERE)}, "unknown role"),
    ],
)
def test_a_grant_that_cannot_be_read_is_refused_by_name(stack, role, policy, resources, what):
    with pytest.raises(UnreadableGrantError, match=what):
        template_grants([stack(**resources(role, policy))])
