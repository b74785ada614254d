"""The knowledge base as it is deployed: by choice, encrypted, with the least rights."""

import json
from typing import Any

import pytest
from aws_cdk.assertions import Match, Template

KINDS = {
    "AWS::Bedrock::KnowledgeBase",
    "AWS::Bedrock::DataSource",
    "AWS::S3Vectors::VectorBucket",
    "AWS::S3Vectors::Index",
}


@pytest.fixture(scope="module")
def workshop(synthesize: Any) -> Template:
    found: Template = synthesize("workshop")
    return found


def _parts(template: Template) -> dict[str, dict[str, Any]]:
    """Everything of the knowledge base, by logical id."""
    resources = template.to_json()["Resources"]
    return {name: item for name, item in resources.items() if name.startswith("Knowledge")}


@pytest.mark.requirement("ENV-05", "S")
def test_pages_are_kept_by_a_custom_data_source_of_a_knowledge_base_on_s3_vectors(
    template: Template,
) -> None:
    template.has_resource_properties(
        "AWS::Bedrock::KnowledgeBase",
        {
            "Name": "switchboard-dev",
            "KnowledgeBaseConfiguration": Match.object_like({"Type": "VECTOR"}),
            "StorageConfiguration": {
                "Type": "S3_VECTORS",
                "S3VectorsConfiguration": {"IndexArn": Match.any_value()},
            },
        },
    )
    template.has_resource_properties(
        "AWS::Bedrock::DataSource",
        {
            "Name": "notion",
            "DataSourceConfiguration": {"Type": "CUSTOM"},
            "VectorIngestionConfiguration": {
                "ChunkingConfiguration": Match.object_like({"ChunkingStrategy": "FIXED_SIZE"})
            },
        },
    )
    template.has_resource_properties(
        "AWS::S3Vectors::Index",
        {
            "DataType": "float32",
            "Dimension": 1024,
            "DistanceMetric": "cosine",
            "MetadataConfiguration": {
                "NonFilterableMetadataKeys": ["AMAZON_BEDROCK_TEXT", "AMAZON_BEDROCK_METADATA"]
            },
        },
    )


@pytest.mark.parametrize(("name", "default"), [("dev", "off"), ("workshop", "on"), ("prod", "on")])
def test_whether_there_is_one_is_a_parameter_that_the_environment_sets(
    synthesize: Any, name: str, default: str
) -> None:
    template = synthesize(name)

    template.has_parameter("KnowledgeBase", {"Default": default, "AllowedValues": ["on", "off"]})
    parts = _parts(template)
    assert {item["Type"] for item in parts.values()} >= KINDS
    assert len({item.get("Condition") for item in parts.values()}) == 1
    assert None not in {item.get("Condition") for item in parts.values()}


def test_without_one_services_are_told_so(template: Template) -> None:
    values = {
        item["Properties"]["Name"].rpartition("/platform/")[2]: item["Properties"]["Value"]
        for item in template.find_resources("AWS::SSM::Parameter").values()
    }

    for name in ("knowledge/base-id", "knowledge/data-source-id"):
        _, value, otherwise = values[name]["Fn::If"]
        assert "Fn::GetAtt" in value
        assert otherwise == "off"


@pytest.mark.requirement("SEC-09", "S")
def test_vectors_and_documents_are_encrypted_with_the_environment_s_own_key(
    workshop: Template,
) -> None:
    workshop.has_resource_properties(
        "AWS::S3Vectors::VectorBucket",
        {"EncryptionConfiguration": {"SseType": "aws:kms", "KmsKeyArn": Match.any_value()}},
    )
    workshop.has_resource_properties(
        "AWS::Bedrock::DataSource",
        {"ServerSideEncryptionConfiguration": {"KmsKeyArn": Match.any_value()}},
    )
    keys = [part for part in _parts(workshop).values() if part["Type"] == "AWS::KMS::Key"]
    (statement,) = [
        item
        for item in keys[0]["Properties"]["KeyPolicy"]["Statement"]
        if item.get("Sid") == "VectorsAreIndexed"
    ]
    assert statement["Action"] == "kms:Decrypt"
    assert statement["Principal"] == {"Service": "indexing.s3vectors.amazonaws.com"}
    assert set(statement["Condition"]) == {"StringEquals", "ArnLike"}


def test_dev_has_no_key_of_its_own_to_pay_for(template: Template) -> None:
    assert "AWS::KMS::Key" not in {part["Type"] for part in _parts(template).values()}
    template.has_resource_properties(
        "AWS::S3Vectors::VectorBucket", {"EncryptionConfiguration": {"SseType": "AES256"}}
    )


def test_its_role_may_use_one_model_one_index_and_one_key(workshop: Template) -> None:
    (role,) = [part for part in _parts(workshop).values() if part["Type"] == "AWS::IAM::Role"]
    trust = role["Properties"]["AssumeRolePolicyDocument"]["Statement"][0]
    statements = role["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]

    assert trust["Principal"] == {"Service": "bedrock.amazonaws.com"}
    assert trust["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    assert [item["Action"] for item in statements] == [
        "bedrock:InvokeModel",
        [
            "s3vectors:GetIndex",
            "s3vectors:QueryVectors",
            "s3vectors:PutVectors",
            "s3vectors:GetVectors",
            "s3vectors:DeleteVectors",
        ],
        ["kms:Decrypt", "kms:GenerateDataKey"],
    ]
    assert "*" not in [item["Resource"] for item in statements]
    assert json.dumps(statements[0]["Resource"]).endswith(
        '::foundation-model/amazon.titan-embed-text-v2:0"]]}'
    )


def test_the_notion_tool_may_search_this_knowledge_base_and_change_nothing_in_it(
    template: Template,
) -> None:
    granted = [
        statement
        for policy in template.find_resources("AWS::IAM::Policy").values()
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        if "bedrock:" in json.dumps(statement["Action"])
    ]

    assert [item["Action"] for item in granted] == ["bedrock:Retrieve"]
    assert "knowledge-base/" in json.dumps(granted[0]["Resource"])


def test_production_keeps_its_knowledge(synthesize: Any) -> None:
    parts = _parts(synthesize("prod"))

    kept = {item["Type"] for item in parts.values() if item.get("DeletionPolicy") == "Retain"}
    assert kept >= KINDS
