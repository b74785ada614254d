"""How references to added types look: data for `resource_types`.

ARN forms, Ref and GetAtt are those of the public CloudFormation schemas (primary identifier and
patterns; a test compares them). Placeholders in braces are filled with the words of one resource:
its string properties, and `name`, `suffix` (ten hex digits), `name_code` (ten that follow from the
name), `uuid`, `id`, `arn`, `number`, `prefix` (`arn:aws:<service>:<region>:<account>:`), `account`,
`region`, `digest`, `modified`.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

AGENTCORE = "AWS::BedrockAgentCore::"
CONNECT = "AWS::Connect::"
WISDOM = "AWS::Wisdom::"
LEX = "AWS::Lex::"
PHONE_NUMBER = "+15555550100"
"""The number Connect has for us here; it is reserved for fiction."""


def name_code(name: str) -> str:
    """Ten characters that follow from a name: an id that can be known before it is deployed."""
    return hashlib.sha256(name.encode()).hexdigest()[:10].upper()


@dataclass(frozen=True)
class Kind:
    """How ids of a type look."""

    arn: str
    """After the prefix, unless it begins with a placeholder of a whole ARN."""
    id: str = "{name}-{suffix}"
    ref: str = "{id}"
    answers: Mapping[str, str] = field(default_factory=dict)
    """GetAtt names with an answer of their own."""
    counts: str = ""
    """The property that says what this type numbers versions of."""
    number: str = "VersionNumber"
    """The GetAtt name of that number."""


def _in_instance(path: str) -> Kind:
    return Kind("{InstanceArn}/" + path + "/{id}", id="{uuid}", ref="{arn}")


def _in_assistant(path: str, of: str) -> Kind:
    return Kind(
        path + "/{assistant}/{id}",
        id="{uuid}",
        ref="{id}|{assistant}",
        answers={
            f"{of}Id": "{id}",
            "AssistantArn": "{prefix}assistant/{assistant}",
            "ModifiedTimeSeconds": "{modified}",
        },
    )


def _version_in_assistant(path: str, of: str) -> Kind:
    numbered = "{" + of + "Id}:{number}"
    return Kind(
        path + "/{assistant}/" + numbered,
        id=numbered,
        ref="{assistant}|{" + of + "Id}|{number}",
        answers={
            f"{of}VersionId": "{id}",
            "AssistantArn": "{prefix}assistant/{assistant}",
        },
        counts=f"{of}Id",
    )


AGENTCORE_KINDS = {
    f"{AGENTCORE}Runtime": Kind(
        "runtime/{id}", counts="AgentRuntimeName", number="AgentRuntimeVersion"
    ),
    f"{AGENTCORE}RuntimeEndpoint": Kind(
        "runtime/{AgentRuntimeId}/runtime-endpoint/{id}",
        id="{name}",
        ref="{arn}",
        answers={"AgentRuntimeArn": "{prefix}runtime/{AgentRuntimeId}"},
    ),
    f"{AGENTCORE}Gateway": Kind(
        "gateway/{id}", answers={"GatewayUrl": "{gateway_url}", "WebAclArn": ""}
    ),
    f"{AGENTCORE}GatewayTarget": Kind(
        "gateway/{GatewayIdentifier}/target/{id}",
        id="{suffix}",
        ref="{GatewayIdentifier}|{id}",
        answers={"GatewayArn": "{prefix}gateway/{GatewayIdentifier}"},
    ),
    f"{AGENTCORE}PolicyEngine": Kind("policy-engine/{id}", ref="{arn}"),
    f"{AGENTCORE}Policy": Kind("policy-engine/{PolicyEngineId}/policy/{id}", ref="{arn}"),
    f"{AGENTCORE}Memory": Kind("memory/{id}", ref="{arn}"),
    f"{AGENTCORE}CodeInterpreterCustom": Kind("code-interpreter-custom/{id}"),
    f"{AGENTCORE}BrowserCustom": Kind("browser-custom/{id}"),
    f"{AGENTCORE}WorkloadIdentity": Kind(
        "workload-identity-directory/default/workload-identity/{id}", id="{name}"
    ),
    f"{AGENTCORE}OAuth2CredentialProvider": Kind(
        "token-vault/default/oauth2credentialprovider/{id}",
        id="{name}",
        ref="{arn}",
        answers={"ClientSecretArn": "{secret_arn}"},
    ),
    f"{AGENTCORE}ApiKeyCredentialProvider": Kind(
        "token-vault/default/apikeycredentialprovider/{id}",
        id="{name}",
        ref="{arn}",
        answers={"ApiKeySecretArn": "{secret_arn}"},
    ),
}

CONNECT_KINDS = {
    f"{CONNECT}Instance": Kind(
        "instance/{id}",
        id="{uuid}",
        ref="{arn}",
        answers={
            "InstanceStatus": "ACTIVE",
            "ServiceRole": "arn:aws:iam::{account}:role/aws-service-role/connect.amazonaws.com/"
            "AWSServiceRoleForAmazonConnect_{suffix}",
        },
    ),
    f"{CONNECT}PhoneNumber": Kind(
        "phone-number/{id}", id="{uuid}", ref="{arn}", answers={"Address": PHONE_NUMBER}
    ),
    f"{CONNECT}TrafficDistributionGroup": Kind(
        "traffic-distribution-group/{id}", id="{uuid}", ref="{arn}"
    ),
    f"{CONNECT}AgentStatus": _in_instance("agent-state"),
    f"{CONNECT}ContactFlow": _in_instance("contact-flow"),
    f"{CONNECT}ContactFlowModule": _in_instance("flow-module"),
    f"{CONNECT}EvaluationForm": _in_instance("evaluation-form"),
    f"{CONNECT}HoursOfOperation": _in_instance("operating-hours"),
    f"{CONNECT}Prompt": _in_instance("prompt"),
    f"{CONNECT}Queue": _in_instance("queue"),
    f"{CONNECT}QuickConnect": _in_instance("transfer-destination"),
    f"{CONNECT}RoutingProfile": _in_instance("routing-profile"),
    f"{CONNECT}Rule": _in_instance("rule"),
    f"{CONNECT}SecurityProfile": _in_instance("security-profile"),
    f"{CONNECT}TaskTemplate": _in_instance("task-template"),
    f"{CONNECT}TestCase": _in_instance("test-case"),
    f"{CONNECT}User": _in_instance("agent"),
    f"{CONNECT}UserHierarchyGroup": _in_instance("agent-group"),
    f"{CONNECT}View": _in_instance("view"),
    f"{CONNECT}ContactFlowVersion": Kind(
        "{ContactFlowId}:{number}",
        id="{arn}",
        ref="{arn}",
        counts="ContactFlowId",
        number="Version",
    ),
    f"{CONNECT}ContactFlowModuleVersion": Kind(
        "{ContactFlowModuleId}:{number}",
        id="{arn}",
        ref="{arn}",
        counts="ContactFlowModuleId",
        number="Version",
    ),
    f"{CONNECT}ContactFlowModuleAlias": Kind(
        "{ContactFlowModuleId}:{id}", id="{uuid}", ref="{arn}"
    ),
    f"{CONNECT}IntegrationAssociation": Kind(
        "{InstanceId}/integration-association/{id}",
        id="{uuid}",
        ref="{InstanceId}|{IntegrationType}|{IntegrationArn}",
    ),
    f"{CONNECT}InstanceStorageConfig": Kind(
        "{InstanceArn}/storage-config/{id}",
        id="{uuid}",
        ref="{InstanceArn}|{id}|{ResourceType}",
    ),
    f"{CONNECT}ApprovedOrigin": Kind(
        "{InstanceId}/approved-origin/{id}", id="{uuid}", ref="{InstanceId}|{Origin}"
    ),
    "AWS::AppIntegrations::Application": Kind("application/{id}", id="{uuid}", ref="{arn}"),
    f"{WISDOM}Assistant": Kind("assistant/{id}", id="{uuid}"),
    f"{WISDOM}KnowledgeBase": Kind("knowledge-base/{id}", id="{uuid}"),
    f"{WISDOM}AssistantAssociation": Kind(
        "association/{assistant}/{id}",
        id="{uuid}",
        ref="{id}|{assistant}",
        answers={"AssistantArn": "{prefix}assistant/{assistant}"},
    ),
    f"{WISDOM}AIAgent": _in_assistant("ai-agent", "AIAgent"),
    f"{WISDOM}AIAgentVersion": _version_in_assistant("ai-agent", "AIAgent"),
    f"{WISDOM}AIPrompt": _in_assistant("ai-prompt", "AIPrompt"),
    f"{WISDOM}AIPromptVersion": _version_in_assistant("ai-prompt", "AIPrompt"),
    f"{WISDOM}AIGuardrail": _in_assistant("ai-guardrail", "AIGuardrail"),
    f"{WISDOM}AIGuardrailVersion": _version_in_assistant("ai-guardrail", "AIGuardrail"),
    f"{LEX}Bot": Kind("bot/{id}", id="{code}"),
    f"{LEX}BotVersion": Kind(
        "bot/{BotId}/version/{number}",
        id="{number}",
        ref="{BotId}|{number}",
        counts="BotId",
        number="BotVersion",
    ),
    f"{LEX}BotAlias": Kind(
        "bot-alias/{BotId}/{id}",
        id="{code}",
        ref="{id}|{BotId}",
        answers={"BotAliasStatus": "Available"},
    ),
}

KNOWLEDGE_KINDS = {
    "AWS::Bedrock::KnowledgeBase": Kind("knowledge-base/{id}", id="{name_code}"),
    "AWS::Bedrock::DataSource": Kind(
        "{KnowledgeBaseId}/{id}", id="{code}", ref="{KnowledgeBaseId}|{id}"
    ),
    "AWS::S3Vectors::VectorBucket": Kind("bucket/{id}", ref="{arn}"),
    "AWS::S3Vectors::Index": Kind("{VectorBucketArn}/index/{id}", ref="{arn}"),
}

KINDS = {
    **AGENTCORE_KINDS,
    **CONNECT_KINDS,
    **KNOWLEDGE_KINDS,
    "AWS::EventSchemas::Registry": Kind("registry/{id}", id="{name}", ref="{arn}"),
    "AWS::EventSchemas::Schema": Kind("schema/{RegistryName}/{id}", id="{name}", ref="{arn}"),
    "AWS::EC2::EIP": Kind(
        "elastic-ip/{id}",
        id="eipalloc-{suffix}",
        ref="203.0.113.1",
        answers={"PublicIp": "203.0.113.1"},
    ),
    "AWS::EC2::NatGateway": Kind("natgateway/{id}", id="nat-{suffix}"),
}
SERVICES = {
    "BedrockAgentCore": "bedrock-agentcore",
    "EventSchemas": "schemas",
    "AppIntegrations": "app-integrations",
}
"""ARN service names that are not the lower-cased namespace."""
NESTED = {
    "WorkloadIdentityDetails": "WorkloadIdentityArn",
    "ApiKeySecretArn": "SecretArn",
    "ClientSecretArn": "SecretArn",
}
"""Attributes that are structures on AWS, with the member templates read."""
