import pytest

from switchboard.local.usage.matching import met, not_judged, same_action, same_resource

OURS = {"StringEqualsIfExists": {"aws:ResourceAccount": "111122223333"}}
BY_A_SERVICE = {"Bool": {"aws:ViaAWSService": "true"}}
TO_SCHEDULER = {"StringEquals": {"iam:PassedToService": "scheduler.amazonaws.com"}}


@pytest.mark.parametrize(
    ("pattern", "action", "same"),
    [
        ("dynamodb:GetItem", "dynamodb:getitem", True),
        ("s3:GetObject*", "s3:GetObjectTagging", True),
        ("s3:Get?bject", "s3:GetObject", True),
        ("s3:GetObject", "s3:GetObjectTagging", False),
        ("dynamodb:[GP]*", "dynamodb:GetItem", False),
    ],
)
def test_an_action_is_meant_by_its_name_or_a_pattern_of_stars_and_question_marks(
    pattern, action, same
):
    assert same_action(pattern, action) is same


@pytest.mark.parametrize(
    ("pattern", "resource", "same"),
    [
        ("*", "arn:aws:s3:::bucket/key", True),
        ("arn:aws:s3:::bucket/*", "arn:aws:s3:::bucket/a/b", True),
        ("arn:aws:s3:::bucket/*", "arn:aws:s3:::bucket", False),
        ("arn:aws:s3:::Bucket", "arn:aws:s3:::bucket", False),
        ("arn:table/orders", "arn:table/orders/index/by_due", False),
        ("arn:secret:token-Ab12Cd", "arn:secret:token-??????", True),
        ("arn:secret:other-Ab12Cd", "arn:secret:token-??????", False),
        ("arn:secret:only", "", True),
    ],
)
def test_a_resource_is_meant_when_it_lies_inside_the_pattern_or_the_grant_inside_what_is_known(
    pattern, resource, same
):
    assert same_resource(pattern, resource) is same


@pytest.mark.parametrize(
    ("condition", "context", "holds"),
    [
        ({}, {}, True),
        (OURS, {"aws:ResourceAccount": "111122223333"}, True),
        (OURS, {"aws:ResourceAccount": "999999999999"}, False),
        (OURS, {}, True),
        (BY_A_SERVICE, {"aws:ViaAWSService": "true"}, True),
        (BY_A_SERVICE, {"aws:ViaAWSService": "false"}, False),
        (TO_SCHEDULER, {"iam:PassedToService": "scheduler.amazonaws.com"}, True),
        (TO_SCHEDULER, {"iam:PassedToService": "lambda.amazonaws.com"}, False),
        (TO_SCHEDULER, {}, False),
        (
            {"StringLike": {"iam:PassedToService": ["a.*", "sch*"]}},
            {"IAM:passedtoservice": "sch1"},
            True,
        ),
    ],
)
def test_a_condition_holds_as_iam_says(condition, context, holds):
    assert met(condition, context) is holds


def test_a_condition_of_which_nothing_is_known_holds_and_is_named():
    condition = {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["a"]}, **OURS}

    assert met(condition, {})
    assert not_judged(condition) == ["dynamodb:LeadingKeys"]
