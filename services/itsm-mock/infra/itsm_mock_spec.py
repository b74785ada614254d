"""The OpenAPI file in a bucket nobody can open to the public, and its hash beside it (ITS-12)."""

import aws_cdk as cdk
from aws_cdk import aws_s3 as s3
from constructs import Construct

from switchboard.constructs.api_call import ApiCall
from switchboard.constructs.explained import explain
from switchboard.itsm_mock.adapters import openapi
from switchboard.itsm_mock.adapters.stored_copy import OBJECT


class StoredSpec(Construct):
    """Bucket and object; CDK's own deployment of files needs a Lambda that runs on AWS only."""

    def __init__(self, scope: Construct, construct_id: str, *, suffix: str) -> None:
        """Put the committed file there, byte for byte, whenever it changes."""
        super().__init__(scope, construct_id)
        self.bucket = s3.Bucket(
            self,
            "Bucket",
            bucket_name=f"poc-itsm-openapi-specs-{cdk.Aws.ACCOUNT_ID}{suffix}",
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            # The file is in the repository: the bucket goes with the stack.
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        explain(self.bucket, "AwsSolutions-S1", reason="It holds one file, which is public anyway")
        where = {"Bucket": self.bucket.bucket_name, "Key": OBJECT}
        body = openapi.text()
        self.sha256 = openapi.sha256(body)
        ApiCall(
            self,
            "Object",
            service="s3",
            create=("put_object", {**where, "Body": body, "ContentType": "application/yaml"}),
            delete=("delete_object", where),
            physical_id=f"{self.bucket.bucket_name}/{OBJECT}",
            allow=[
                (["s3:PutObject", "s3:DeleteObject"], [self.bucket.arn_for_objects(OBJECT)]),
            ],
        )
