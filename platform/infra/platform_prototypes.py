"""Hosting of prototypes: a private bucket behind CloudFront, with a gate that knows expiry."""

from collections.abc import Mapping
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from constructs import Construct

from switchboard.constructs.bundling import repository_root
from switchboard.constructs.environments import Environment
from switchboard.constructs.explained import explain, explain_wildcard

LONGEST_DAYS = 30
PUBLIC_KEY_CONTEXT = "switchboard:prototypes-public-key"
"""CDK context: a PEM public key makes the distribution demand signed URLs (PRO-02)."""


class PrototypeHosting(Construct):
    """`{bucket}/{invocation_id}/...` and the address people open (F19)."""

    def __init__(
        self, scope: Construct, construct_id: str, *, environment: Environment, url: str
    ) -> None:
        """Build bucket and distribution; `url` replaces the distribution's own when not empty."""
        super().__init__(scope, construct_id)
        self.bucket = self._bucket(environment)
        self.distribution = self._distribution()
        self._explain()
        own = cdk.CfnCondition(self, "OwnDomain", expression=cdk.Fn.condition_equals(url, ""))
        self.url = cdk.Fn.condition_if(
            own.logical_id, f"https://{self.distribution.distribution_domain_name}", url
        ).to_string()

    def _bucket(self, environment: Environment) -> s3.Bucket:
        return s3.Bucket(
            self,
            "Bucket",
            # CloudFront cannot use the AWS-managed KMS key
            encryption=(
                s3.BucketEncryption.KMS
                if environment.customer_managed_keys
                else s3.BucketEncryption.S3_MANAGED
            ),
            bucket_key_enabled=environment.customer_managed_keys or None,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            lifecycle_rules=[
                s3.LifecycleRule(
                    id=f"expiry-{days}-days",
                    tag_filters={"expiry-days": str(days)},
                    expiration=cdk.Duration.days(days),
                )
                for days in range(1, LONGEST_DAYS + 1)
            ],
            removal_policy=(
                cdk.RemovalPolicy.RETAIN if environment.keep_data else cdk.RemovalPolicy.DESTROY
            ),
        )

    def _distribution(self) -> cloudfront.Distribution:
        gate = self._gate()
        return cloudfront.Distribution(
            self,
            "Distribution",
            comment="Switchboard prototypes",
            default_behavior=cloudfront.BehaviorOptions(
                origin=origins.S3BucketOrigin.with_origin_access_control(self.bucket),
                viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
                allowed_methods=cloudfront.AllowedMethods.ALLOW_GET_HEAD,
                # the gate must see every request, or an expired prototype would live on in a cache
                cache_policy=cloudfront.CachePolicy.CACHING_DISABLED,
                origin_request_policy=cloudfront.OriginRequestPolicy(
                    self,
                    "ViewerTls",
                    header_behavior=cloudfront.OriginRequestHeaderBehavior.allow_list(
                        "CloudFront-Viewer-TLS"
                    ),
                ),
                response_headers_policy=cloudfront.ResponseHeadersPolicy.SECURITY_HEADERS,
                trusted_key_groups=self._key_groups(),
                edge_lambdas=[
                    cloudfront.EdgeLambda(function_version=gate, event_type=event)
                    for event in (
                        cloudfront.LambdaEdgeEventType.ORIGIN_REQUEST,
                        cloudfront.LambdaEdgeEventType.ORIGIN_RESPONSE,
                    )
                ],
            ),
        )

    def _explain(self) -> None:
        explain(
            self.distribution,
            "AwsSolutions-CFR1",
            "AwsSolutions-CFR2",
            reason="Throw-away pages for people anywhere, without input; a web ACL costs money",
        )
        explain(
            self,
            "AwsSolutions-CFR3",
            "AwsSolutions-S1",
            reason="Who looked at a prototype is nobody's business; its pages expire",
        )
        explain(
            self.distribution,
            "AwsSolutions-CFR4",
            reason="CloudFront's own certificate fixes this; the gate refuses TLS below 1.2",
        )

    def _gate(self) -> lambda_.IVersion:
        """The viewer gate; CloudFront keeps replicas for hours, so the stack leaves it behind."""
        source = "platform/tools/src/switchboard/tools/viewer_gate.py"
        role = iam.Role(
            self,
            "GateRole",
            assumed_by=iam.CompositePrincipal(
                iam.ServicePrincipal("lambda.amazonaws.com"),
                iam.ServicePrincipal("edgelambda.amazonaws.com"),
            ),
        )
        self._may_log_anywhere(role)
        function = lambda_.Function(
            self,
            "Gate",
            runtime=lambda_.Runtime.PYTHON_3_12,
            code=lambda_.Code.from_inline((repository_root(Path(__file__)) / source).read_text()),
            handler="index.handler",
            role=role,
            timeout=cdk.Duration.seconds(5),
            memory_size=128,
        )
        function.apply_removal_policy(cdk.RemovalPolicy.RETAIN)
        explain(
            function,
            "AwsSolutions-L1",
            "Serverless-LambdaLatestVersion",
            "Serverless-LambdaDLQ",
            "Serverless-LambdaTracing",
            reason="Lambda@Edge: synchronous, without tracing; Python 3.12 as everywhere (K-26)",
        )
        return function.current_version

    def _may_log_anywhere(self, role: iam.Role) -> None:
        """A replica logs in the region it runs in, in a group that it makes itself."""
        stack = cdk.Stack.of(self)
        group = f"/aws/lambda/us-east-1.{stack.stack_name}-{self.node.id}Gate*"
        role.add_to_policy(
            iam.PolicyStatement(
                actions=["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
                resources=[
                    stack.format_arn(
                        service="logs",
                        region="*",
                        resource="log-group",
                        resource_name=group,
                        arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
                    )
                ],
            )
        )
        explain_wildcard(role, group, reason="Wherever a viewer is; this function's only")

    def _key_groups(self) -> list[cloudfront.IKeyGroup] | None:
        pem = self.node.try_get_context(PUBLIC_KEY_CONTEXT)
        if not pem:
            return None
        key = cloudfront.PublicKey(self, "SigningKey", encoded_key=pem)
        return [cloudfront.KeyGroup(self, "Signers", items=[key])]

    def values(self) -> Mapping[str, str]:
        """What services look up."""
        return {"prototypes/bucket": self.bucket.bucket_name, "prototypes/url": self.url}
