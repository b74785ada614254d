"""CloudTrail for AgentCore: who deployed, changed, invoked what (S001-FR-033).

Calls of the control plane are management events; invocations of runtimes and gateways are data
events and have to be asked for by resource type. Not run on AWS.
"""

import aws_cdk as cdk
from aws_cdk import aws_cloudtrail as cloudtrail
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from switchboard.constructs.environments import Environment
from switchboard.constructs.explained import explain
from switchboard.constructs.service_stack import ServiceStack

KEPT_DAYS = 90
DATA = ("AWS::BedrockAgentCore::Runtime", "AWS::BedrockAgentCore::Gateway")
"""Resource types whose calls are data events (AgentCore developer guide, CloudTrail)."""
_Selector = cloudtrail.CfnTrail.AdvancedEventSelectorProperty
_Field = cloudtrail.CfnTrail.AdvancedFieldSelectorProperty


class AgentCoreTrail(Construct):
    """A trail of this region into a bucket of its own, its files signed against change."""

    def __init__(self, scope: ServiceStack, construct_id: str, *, environment: Environment) -> None:
        """Build bucket, policy and trail `switchboard-<env>-agentcore`."""
        super().__init__(scope, construct_id)
        name = f"switchboard-{environment.name}-agentcore"
        arn = scope.format_arn(service="cloudtrail", resource="trail", resource_name=name)
        bucket = self._bucket(keep=environment.keep_data)
        policy = self._let_write(bucket, arn, scope.account)
        trail = cloudtrail.CfnTrail(
            self,
            "Trail",
            trail_name=name,
            is_logging=True,
            is_multi_region_trail=False,
            include_global_service_events=False,
            enable_log_file_validation=True,
            s3_bucket_name=bucket.bucket_name,
            advanced_event_selectors=[
                _Selector(
                    name="Control plane",
                    field_selectors=[_Field(field="eventCategory", equal_to=["Management"])],
                ),
                *(
                    _Selector(
                        name=kind.rsplit(":", 1)[-1],
                        field_selectors=[
                            _Field(field="eventCategory", equal_to=["Data"]),
                            _Field(field="resources.type", equal_to=[kind]),
                        ],
                    )
                    for kind in DATA
                ),
            ],
        )
        # CloudTrail tries to write when it is made.
        trail.node.add_dependency(policy)

    def _bucket(self, *, keep: bool) -> s3.Bucket:
        bucket = s3.Bucket(
            self,
            "Bucket",
            encryption=s3.BucketEncryption.S3_MANAGED,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            lifecycle_rules=[s3.LifecycleRule(expiration=cdk.Duration.days(KEPT_DAYS))],
            removal_policy=cdk.RemovalPolicy.RETAIN if keep else cdk.RemovalPolicy.DESTROY,
        )
        explain(
            bucket, "AwsSolutions-S1", reason="It holds the log of access; CloudTrail writes it"
        )
        return bucket

    def _let_write(self, bucket: s3.Bucket, trail_arn: str, account: str) -> Construct:
        writer = iam.ServicePrincipal("cloudtrail.amazonaws.com")
        only_ours = {"aws:SourceArn": trail_arn}
        bucket.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[writer],
                actions=["s3:GetBucketAcl"],
                resources=[bucket.bucket_arn],
                conditions={"StringEquals": only_ours},
            )
        )
        bucket.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[writer],
                actions=["s3:PutObject"],
                resources=[bucket.arn_for_objects(f"AWSLogs/{account}/*")],
                conditions={
                    "StringEquals": {**only_ours, "s3:x-amz-acl": "bucket-owner-full-control"}
                },
            )
        )
        policy = bucket.policy
        if policy is None:
            raise ValueError("a bucket with statements has a policy")
        return policy
