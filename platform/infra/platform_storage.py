"""What the platform itself keeps: claim checks and the effect ledger."""

from collections.abc import Mapping

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_s3 as s3
from constructs import Construct

from switchboard.constructs.environments import Environment
from switchboard.constructs.explained import explain

CONTENT_DAYS = 30


class Storage(Construct):
    """A bucket for large event bodies (K-33) and the table of the effect ledger (NEW-10)."""

    def __init__(self, scope: Construct, construct_id: str, *, environment: Environment) -> None:
        """Build both; data outlive the stack where the environment says so."""
        super().__init__(scope, construct_id)
        keep = cdk.RemovalPolicy.RETAIN if environment.keep_data else cdk.RemovalPolicy.DESTROY
        self.content = s3.Bucket(
            self,
            "Content",
            encryption=s3.BucketEncryption.KMS_MANAGED,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            lifecycle_rules=[s3.LifecycleRule(expiration=cdk.Duration.days(CONTENT_DAYS))],
            removal_policy=keep,
        )
        explain(
            self.content,
            "AwsSolutions-S1",
            reason="Written and read by our functions only, whose own logs say what they did",
        )
        self.ledger = dynamodb.Table(
            self,
            "Ledger",
            partition_key=dynamodb.Attribute(name="pk", type=dynamodb.AttributeType.STRING),
            sort_key=dynamodb.Attribute(name="sk", type=dynamodb.AttributeType.STRING),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            time_to_live_attribute="ttl",
            encryption=dynamodb.TableEncryption.AWS_MANAGED,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            removal_policy=keep,
        )

    def values(self) -> Mapping[str, str]:
        """What services look up."""
        return {"content/bucket": self.content.bucket_name}
