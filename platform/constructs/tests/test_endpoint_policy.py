"""Which endpoint policies are refused because they are open to all."""

from typing import Any

import pytest

from switchboard.constructs.endpoint_policy import (
    OpenEndpointPolicyError,
    Pass,
    demand_named,
    endpoint_policy,
)

ROLE = "arn:aws:iam::111122223333:role/switchboard-dev-agent-code"
EVERYTHING: dict[str, Any] = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def _named(*arns: str) -> dict[str, Any]:
    condition = {"ArnLike": {"aws:PrincipalArn": list(arns)}}
    return {**EVERYTHING, "Principal": {"AWS": "*"}, "Condition": condition}


@pytest.mark.requirement("T036", "U")
@pytest.mark.parametrize(
    "statement",
    [
        {**EVERYTHING, "Principal": "*"},
        {**EVERYTHING, "Principal": {"AWS": "*"}},
        {
            **EVERYTHING,
            "Principal": {"AWS": "*"},
            "Condition": {"Bool": {"aws:SecureTransport": "true"}},
        },
        _named("*"),
        _named("arn:aws:iam::111122223333:role/*"),
        _named(ROLE, "arn:aws:iam::*:root"),
        {**EVERYTHING, "Principal": "*", "Action": "s3:GetObject"},
        {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::one/*"},
    ],
)
def test_a_policy_open_to_all_is_refused_with_what_to_name(statement: dict[str, Any]) -> None:
    with pytest.raises(OpenEndpointPolicyError, match="name the callers"):
        demand_named("Logs", {"Statement": [statement]})


@pytest.mark.requirement("T036", "U")
def test_no_policy_at_all_is_open_to_all() -> None:
    with pytest.raises(OpenEndpointPolicyError, match="lets everybody through"):
        endpoint_policy("Logs", [])


@pytest.mark.parametrize(
    "statement",
    [
        _named(ROLE),
        _named("arn:aws:iam::111122223333:role/switchboard-dev-orchestrator-*"),
        {**EVERYTHING, "Principal": {"AWS": ROLE}},
        {
            "Effect": "Allow",
            "Principal": "*",
            "Action": "s3:GetObject",
            "Resource": "arn:aws:s3:::one/*",
        },
        {**EVERYTHING, "Principal": "*", "Effect": "Deny"},
    ],
)
def test_a_policy_that_names_callers_or_exact_things_stands(statement: dict[str, Any]) -> None:
    demand_named("Logs", {"Statement": [statement]})


def test_what_may_pass_is_written_for_the_callers_it_names() -> None:
    policy = endpoint_policy("Logs", [Pass("Write", ["logs:PutLogEvents"], ["*"], [ROLE])])

    (statement,) = policy["Statement"]
    assert statement["Condition"] == {"ArnLike": {"aws:PrincipalArn": [ROLE]}}
    assert statement["Action"] == ["logs:PutLogEvents"]
