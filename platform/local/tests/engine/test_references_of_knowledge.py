"""References to knowledge bases and vector buckets look like those of AWS, and ids are stable."""

import re
from datetime import UTC, datetime

import pytest

from switchboard.local.engine.registry import Registry
from switchboard.local.engine.resource_kinds import name_code
from switchboard.local.engine.resource_types import ResourceTypes
from switchboard.local.notion.seed import knowledge_base_id

PREFIX = "us-east-1:111122223333"


@pytest.fixture
def create(tmp_path):
    handlers = {}
    ResourceTypes(
        Registry(tmp_path / "registry"),
        scope=lambda: ("111122223333", "us-east-1"),
        gateway_url="http://127.0.0.1:8802/mcp",
        now=lambda: datetime(2026, 1, 1, tzinfo=UTC),
    ).register(handlers)
    return lambda kind, stack="stack", **given: handlers[kind]["create"]("Logical", given, stack)


def test_a_knowledge_base_has_the_id_that_the_seeded_project_names(create):
    base, answers = create("AWS::Bedrock::KnowledgeBase", Name="switchboard-dev")
    again, _ = create("AWS::Bedrock::KnowledgeBase", "other", Name="switchboard-dev")

    assert base == again == knowledge_base_id("dev") == name_code("switchboard-dev")
    assert re.fullmatch(r"[0-9a-zA-Z]{10}", base)
    assert answers["KnowledgeBaseId"] == base
    assert answers["KnowledgeBaseArn"] == f"arn:aws:bedrock:{PREFIX}:knowledge-base/{base}"


def test_a_data_source_is_named_with_its_knowledge_base(create):
    source, answers = create("AWS::Bedrock::DataSource", Name="notion", KnowledgeBaseId="KB")

    assert source == f"KB|{answers['DataSourceId']}"
    assert re.fullmatch(r"[0-9a-zA-Z]{10}", answers["DataSourceId"])


def test_vector_buckets_and_indexes_are_named_by_their_arns(create):
    bucket, answers = create("AWS::S3Vectors::VectorBucket")
    index, found = create("AWS::S3Vectors::Index", VectorBucketArn=bucket)

    assert bucket == answers["VectorBucketArn"]
    assert bucket.startswith(f"arn:aws:s3vectors:{PREFIX}:bucket/")
    assert index == found["IndexArn"]
    assert index.startswith(f"{bucket}/index/")
