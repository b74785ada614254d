"""How long the names of resources may be, where neither CDK nor CloudFormation says so in time.

From the CloudFormation schemas and the services' quotas. A name with a reference in it that only
AWS can fill is not judged.
"""

from collections.abc import Iterator, Mapping
from typing import Any

LONGEST: Mapping[str, tuple[str, int]] = {
    "AWS::ApiGateway::ApiKey": ("Name", 1024),
    "AWS::BedrockAgentCore::ApiKeyCredentialProvider": ("Name", 128),
    "AWS::BedrockAgentCore::CodeInterpreterCustom": ("Name", 48),
    "AWS::BedrockAgentCore::Gateway": ("Name", 100),
    "AWS::BedrockAgentCore::Memory": ("Name", 48),
    "AWS::BedrockAgentCore::OAuth2CredentialProvider": ("Name", 128),
    "AWS::BedrockAgentCore::Policy": ("Name", 48),
    "AWS::BedrockAgentCore::PolicyEngine": ("Name", 48),
    "AWS::BedrockAgentCore::Runtime": ("AgentRuntimeName", 48),
    "AWS::BedrockAgentCore::RuntimeEndpoint": ("Name", 48),
    "AWS::BedrockAgentCore::WorkloadIdentity": ("Name", 255),
    "AWS::Cognito::UserPoolDomain": ("Domain", 63),
    "AWS::DynamoDB::Table": ("TableName", 255),
    "AWS::ECR::Repository": ("RepositoryName", 256),
    "AWS::Events::Archive": ("ArchiveName", 48),
    "AWS::Events::EventBus": ("Name", 256),
    "AWS::Events::Rule": ("Name", 64),
    "AWS::IAM::Role": ("RoleName", 64),
    "AWS::Lambda::Function": ("FunctionName", 64),
    "AWS::S3::Bucket": ("BucketName", 63),
    "AWS::SQS::Queue": ("QueueName", 80),
    "AWS::Scheduler::ScheduleGroup": ("Name", 64),
}
LONGEST_STACK = 128
ACCOUNT = "1" * 12


def too_long(kind: str, properties: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """A name that is too long, and how many characters it may have."""
    if kind not in LONGEST:
        return
    wanted, most = LONGEST[kind]
    name = text_of(properties.get(wanted))
    if name is not None and len(name) > most:
        yield name, most


def text_of(value: Any) -> str | None:
    """A name with account and region filled in; None when it has other references."""
    if isinstance(value, str):
        return value
    if not isinstance(value, Mapping):
        return None
    if "Fn::Join" in value:
        separator, parts = value["Fn::Join"]
        texts = [text_of(part) for part in parts]
        return None if None in texts else separator.join(str(text) for text in texts)
    known = {"AWS::AccountId": ACCOUNT, "AWS::Region": "us-east-1", "AWS::Partition": "aws"}
    return known.get(str(value.get("Ref")))
