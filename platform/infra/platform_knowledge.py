"""The knowledge base of an environment: Bedrock, a custom data source, vectors in S3 (KBS-04).

S3 Vectors needs no server and costs nothing at rest but storage, so a small base costs cents; a
search is semantic only, which is all that `notion-search` asks for. Whether there is one at all is
the parameter `KnowledgeBase`, by default as the environment says. Not run on AWS.
"""

from collections.abc import Mapping

import aws_cdk as cdk
from aws_cdk import aws_bedrock as bedrock
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3vectors as s3vectors
from constructs import Construct

from switchboard.constructs.environments import Environment

NONE = "off"
"""Stands where an id would when there is no knowledge base."""
EMBEDDING_MODEL = "amazon.titan-embed-text-v2:0"
DIMENSION = 1024
CHUNK_TOKENS, CHUNK_OVERLAP_PERCENT = 300, 20
BEDROCK_S_OWN_KEYS = ["AMAZON_BEDROCK_TEXT", "AMAZON_BEDROCK_METADATA"]
"""Where Bedrock keeps chunk and source; too long to be filtered on (S3 Vectors: 2 KB)."""


class KnowledgeBase(Construct):
    """Vector bucket and index, role, knowledge base and data source; all or none of them."""

    def __init__(self, scope: cdk.Stack, construct_id: str, *, environment: Environment) -> None:
        """Build them under the condition that they are wanted."""
        super().__init__(scope, construct_id)
        self._stack = scope
        self._environment = environment
        self._name = f"switchboard-{environment.name}"
        wanted = cdk.CfnParameter(
            scope,
            "KnowledgeBase",
            default="on" if environment.knowledge.deployed else NONE,
            allowed_values=["on", NONE],
            description="Whether there is a knowledge base; it costs as it is used",
        )
        self._on = cdk.CfnCondition(
            self, "Wanted", expression=cdk.Fn.condition_equals(wanted.value_as_string, "on")
        )
        self.key = self._key() if environment.customer_managed_keys else None
        self.bucket = self._bucket()
        self.index = self._index()
        self.role = self._role()
        self.base = self._base()
        self.source = self._source()
        for part in self.node.find_all():
            if isinstance(part, cdk.CfnResource):
                part.cfn_options.condition = self._on
                if environment.keep_data:
                    part.apply_removal_policy(cdk.RemovalPolicy.RETAIN)

    @property
    def base_id(self) -> str:
        """Its id, or `off`."""
        return self._or_none(self.base.attr_knowledge_base_id)

    @property
    def base_arn(self) -> str:
        """Its ARN; one that names nothing when there is none."""
        where = f"{self._stack.region}:{self._stack.account}"
        return f"arn:{self._stack.partition}:bedrock:{where}:knowledge-base/{self.base_id}"

    def values(self) -> Mapping[str, str]:
        """What services look up."""
        return {
            "knowledge/base-id": self.base_id,
            "knowledge/data-source-id": self._or_none(self.source.attr_data_source_id),
        }

    def _or_none(self, value: str) -> str:
        return cdk.Fn.condition_if(self._on.logical_id, value, NONE).to_string()

    def _key(self) -> kms.Key:
        """For the vectors at rest and for documents on their way into them."""
        key = kms.Key(
            self,
            "Key",
            description="Knowledge base of Switchboard",
            enable_key_rotation=True,
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        account = self._stack.account
        key.add_to_resource_policy(
            iam.PolicyStatement(
                sid="VectorsAreIndexed",
                principals=[iam.ServicePrincipal("indexing.s3vectors.amazonaws.com")],
                actions=["kms:Decrypt"],
                resources=["*"],
                conditions={
                    "StringEquals": {"aws:SourceAccount": account},
                    "ArnLike": {
                        "aws:SourceArn": f"arn:{self._stack.partition}:s3vectors:"
                        f"{self._stack.region}:{account}:bucket/*"
                    },
                },
            )
        )
        return key

    def _bucket(self) -> s3vectors.CfnVectorBucket:
        kind = s3vectors.CfnVectorBucket.EncryptionConfigurationProperty
        return s3vectors.CfnVectorBucket(
            self,
            "Vectors",
            encryption_configuration=(
                kind(sse_type="aws:kms", kms_key_arn=self.key.key_arn)
                if self.key
                else kind(sse_type="AES256")
            ),
        )

    def _index(self) -> s3vectors.CfnIndex:
        return s3vectors.CfnIndex(
            self,
            "Index",
            vector_bucket_arn=self.bucket.attr_vector_bucket_arn,
            data_type="float32",
            dimension=DIMENSION,
            distance_metric="cosine",
            metadata_configuration=s3vectors.CfnIndex.MetadataConfigurationProperty(
                non_filterable_metadata_keys=BEDROCK_S_OWN_KEYS
            ),
        )

    @property
    def _model_arn(self) -> str:
        place = f"{self._stack.partition}:bedrock:{self._stack.region}"
        return f"arn:{place}::foundation-model/{EMBEDDING_MODEL}"

    def _role(self) -> iam.Role:
        """Trusted by this account's knowledge bases only; one model, one index, one key."""
        account = self._stack.account
        ours = f"arn:{self._stack.partition}:bedrock:{self._stack.region}:{account}"
        statements = [
            iam.PolicyStatement(actions=["bedrock:InvokeModel"], resources=[self._model_arn]),
            iam.PolicyStatement(
                actions=[
                    "s3vectors:GetIndex",
                    "s3vectors:QueryVectors",
                    "s3vectors:PutVectors",
                    "s3vectors:GetVectors",
                    "s3vectors:DeleteVectors",
                ],
                resources=[self.index.attr_index_arn],
            ),
        ]
        if self.key:
            statements.append(
                iam.PolicyStatement(
                    actions=["kms:Decrypt", "kms:GenerateDataKey"], resources=[self.key.key_arn]
                )
            )
        return iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal(
                "bedrock.amazonaws.com",
                conditions={
                    "StringEquals": {"aws:SourceAccount": account},
                    "ArnLike": {"aws:SourceArn": f"{ours}:knowledge-base/*"},
                },
            ),
            inline_policies={"Knowledge": iam.PolicyDocument(statements=statements)},
        )

    def _base(self) -> bedrock.CfnKnowledgeBase:
        kind = bedrock.CfnKnowledgeBase
        model = kind.BedrockEmbeddingModelConfigurationProperty(
            dimensions=DIMENSION, embedding_data_type="FLOAT32"
        )
        return kind(
            self,
            "Base",
            name=self._name,
            description="Notion pages of Switchboard's projects",
            role_arn=self.role.role_arn,
            knowledge_base_configuration=kind.KnowledgeBaseConfigurationProperty(
                type="VECTOR",
                vector_knowledge_base_configuration=kind.VectorKnowledgeBaseConfigurationProperty(
                    embedding_model_arn=self._model_arn,
                    embedding_model_configuration=kind.EmbeddingModelConfigurationProperty(
                        bedrock_embedding_model_configuration=model
                    ),
                ),
            ),
            storage_configuration=kind.StorageConfigurationProperty(
                type="S3_VECTORS",
                s3_vectors_configuration=kind.S3VectorsConfigurationProperty(
                    index_arn=self.index.attr_index_arn
                ),
            ),
        )

    def _source(self) -> bedrock.CfnDataSource:
        kind = bedrock.CfnDataSource
        chunking = kind.ChunkingConfigurationProperty(
            chunking_strategy="FIXED_SIZE",
            fixed_size_chunking_configuration=kind.FixedSizeChunkingConfigurationProperty(
                max_tokens=CHUNK_TOKENS, overlap_percentage=CHUNK_OVERLAP_PERCENT
            ),
        )
        encryption = (
            kind.ServerSideEncryptionConfigurationProperty(kms_key_arn=self.key.key_arn)
            if self.key
            else None
        )
        return kind(
            self,
            "Source",
            name="notion",
            description="Pages, put in one by one by ingress",
            knowledge_base_id=self.base.attr_knowledge_base_id,
            data_source_configuration=kind.DataSourceConfigurationProperty(type="CUSTOM"),
            data_deletion_policy="RETAIN" if self._environment.keep_data else "DELETE",
            server_side_encryption_configuration=encryption,
            vector_ingestion_configuration=kind.VectorIngestionConfigurationProperty(
                chunking_configuration=chunking
            ),
        )
