"""Prototype hosting as it is deployed."""

import json
from typing import Any

import pytest
from aws_cdk.assertions import Match, Template

PEM = "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkq\n-----END PUBLIC KEY-----\n"


def _distribution(template: Template) -> dict[str, Any]:
    (found,) = template.find_resources("AWS::CloudFront::Distribution").values()
    config: dict[str, Any] = found["Properties"]["DistributionConfig"]
    return config


def _bucket(template: Template) -> str:
    (name,) = template.find_resources(
        "AWS::S3::Bucket",
        {
            "Properties": {
                "LifecycleConfiguration": {
                    "Rules": Match.array_with([Match.object_like({"Id": "expiry-7-days"})])
                }
            }
        },
    )
    return str(name)


@pytest.mark.requirement("PRO-01", "S")
def test_prototypes_lie_in_s3_and_are_reached_by_the_distributions_address(
    template: Template,
) -> None:
    (origin,) = _distribution(template)["Origins"]
    template.has_resource_properties(
        "AWS::SSM::Parameter",
        {
            "Name": "/switchboard/dev/platform/prototypes/url",
            "Value": {
                "Fn::If": [
                    Match.any_value(),
                    {"Fn::Join": ["", ["https://", Match.any_value()]]},
                    {"Ref": "PrototypesUrl"},
                ]
            },
        },
    )

    assert origin["DomainName"] == {"Fn::GetAtt": [_bucket(template), "RegionalDomainName"]}


@pytest.mark.requirement("PRO-02", "S")
def test_access_uses_origin_access_control(template: Template) -> None:
    (origin,) = _distribution(template)["Origins"]

    assert "OriginAccessControlId" in origin
    assert origin["S3OriginConfig"] == {"OriginAccessIdentity": ""}
    template.has_resource_properties(
        "AWS::CloudFront::OriginAccessControl",
        {
            "OriginAccessControlConfig": Match.object_like(
                {"SigningBehavior": "always", "SigningProtocol": "sigv4"}
            )
        },
    )


@pytest.mark.requirement("PRO-02", "S")
def test_signed_addresses_are_an_option(synthesize: Any) -> None:
    template = synthesize("dev", **{"switchboard:prototypes-public-key": PEM})

    template.resource_count_is("AWS::CloudFront::KeyGroup", 1)
    assert len(_distribution(template)["DefaultCacheBehavior"]["TrustedKeyGroups"]) == 1


@pytest.mark.requirement("PRO-03", "S")
def test_objects_are_deleted_by_their_expiry_tag_from_1_to_30_days(template: Template) -> None:
    bucket = template.find_resources("AWS::S3::Bucket")[_bucket(template)]
    rules = bucket["Properties"]["LifecycleConfiguration"]["Rules"]

    found = {
        rule["TagFilters"][0]["Value"]: (rule["ExpirationInDays"], rule["Status"]) for rule in rules
    }

    assert found == {str(days): (days, "Enabled") for days in range(1, 31)}
    assert {rule["TagFilters"][0]["Key"] for rule in rules} == {"expiry-days"}


@pytest.mark.requirement("SEC-12", "S")
def test_the_bucket_is_private_and_readable_by_the_distribution_only(template: Template) -> None:
    name = _bucket(template)
    bucket = template.find_resources("AWS::S3::Bucket")[name]
    (policy,) = [
        item["Properties"]["PolicyDocument"]["Statement"]
        for item in template.find_resources("AWS::S3::BucketPolicy").values()
        if item["Properties"]["Bucket"] == {"Ref": name}
    ]
    (allowed,) = [statement for statement in policy if statement["Effect"] == "Allow"]

    assert all(bucket["Properties"]["PublicAccessBlockConfiguration"].values())
    assert allowed["Action"] == "s3:GetObject"
    assert allowed["Principal"] == {"Service": "cloudfront.amazonaws.com"}
    assert "AWS:SourceArn" in json.dumps(allowed["Condition"])


def test_the_gate_sees_every_request_and_every_answer(template: Template) -> None:
    behaviour = _distribution(template)["DefaultCacheBehavior"]

    events = {item["EventType"] for item in behaviour["LambdaFunctionAssociations"]}

    assert events == {"origin-request", "origin-response"}
    assert behaviour["CachePolicyId"] == "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"  # CachingDisabled


def test_the_gate_is_small_enough_to_be_inline_and_has_no_environment(template: Template) -> None:
    (gate,) = template.find_resources(
        "AWS::Lambda::Function", {"Properties": {"Handler": "index.handler"}}
    ).values()

    assert len(gate["Properties"]["Code"]["ZipFile"]) <= 4096
    assert "Environment" not in gate["Properties"]


def test_a_replica_of_the_gate_may_log_wherever_it_runs(template: Template) -> None:
    (statement,) = [
        statement
        for policy in template.find_resources("AWS::IAM::Policy").values()
        if "GateRole" in json.dumps(policy["Properties"]["Roles"])
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
    ]

    assert statement["Action"] == [
        "logs:CreateLogGroup",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
    ]
    assert ":logs:*:" in json.dumps(statement["Resource"])
    assert "/aws/lambda/us-east-1.switchboard-dev-platform-" in json.dumps(statement["Resource"])


def test_a_customer_key_encrypts_prototypes_where_the_environment_asks(synthesize: Any) -> None:
    template = synthesize("prod")

    bucket = template.find_resources("AWS::S3::Bucket")[_bucket(template)]
    rule = bucket["Properties"]["BucketEncryption"]["ServerSideEncryptionConfiguration"][0]

    assert rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
    assert bucket["DeletionPolicy"] == "Retain"
