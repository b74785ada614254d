"""Which AWS services the agents' runtimes reach from their network, and what may pass each door."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from aws_cdk import aws_ec2 as ec2

from switchboard.constructs.agent_roles import agent_role_arn
from switchboard.constructs.endpoint_policy import Pass
from switchboard.constructs.environments import Environment
from switchboard.constructs.tracing import PUT
from switchboard.tools.manifest import ALLOW_LIST

SERVICES = ec2.InterfaceVpcEndpointAwsService
GATEWAYS = ec2.GatewayVpcEndpointAwsService


@dataclass(frozen=True)
class Place:
    """Where, and whose: what the policies' ARNs are made of."""

    environment: Environment
    account: str
    region: str

    @property
    def agents(self) -> list[str]:
        """The execution roles of all agents."""
        return [agent_role_arn(self.environment, self.account, agent) for agent in ALLOW_LIST]

    @property
    def callers(self) -> list[str]:
        """The roles of the orchestrator's functions: what may invoke an agent."""
        name = f"switchboard-{self.environment.name}-orchestrator-*"
        return [f"arn:aws:iam::{self.account}:role/{name}"]

    def arn(self, service: str, resource: str) -> str:
        """Of a resource in this account and region."""
        return f"arn:aws:{service}:{self.region}:{self.account}:{resource}"


Passes = Callable[[Place], Sequence[Pass]]


def _agentcore(place: Place) -> list[Pass]:
    directory = "workload-identity-directory/default"
    vault = "token-vault/default"
    return [
        Pass(
            "Invoke",
            ["bedrock-agentcore:InvokeAgentRuntime", "bedrock-agentcore:InvokeAgentRuntimeForUser"],
            [place.arn("bedrock-agentcore", "runtime/switchboard_*")],
            place.callers,
        ),
        Pass(
            "GatewayToken",
            ["bedrock-agentcore:GetResourceOauth2Token"],
            [
                place.arn("bedrock-agentcore", item)
                for item in (directory, f"{directory}/*", vault, f"{vault}/*")
            ],
            place.agents,
        ),
        Pass(
            "Memory",
            [
                "bedrock-agentcore:CreateEvent",
                "bedrock-agentcore:ListEvents",
                "bedrock-agentcore:RetrieveMemoryRecords",
            ],
            [place.arn("bedrock-agentcore", f"memory/switchboard_{place.environment.name}-*")],
            place.agents,
        ),
    ]


def _gateway(place: Place) -> list[Pass]:
    """Agents show a bearer token here, which is no AWS principal: this gateway, one action."""
    name = f"gateway/switchboard-delivery-{place.environment.name}-*"
    return [
        Pass(
            "DeliveryGateway",
            ["bedrock-agentcore:InvokeGateway"],
            [place.arn("bedrock-agentcore", name)],
        )
    ]


def _models(place: Place) -> list[Pass]:
    return [
        Pass(
            "Model",
            ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"],
            [
                place.arn("bedrock", "inference-profile/*"),
                "arn:aws:bedrock:*::foundation-model/*",
            ],
            place.agents,
        )
    ]


def _images(place: Place) -> list[Pass]:
    repositories = place.arn("ecr", f"repository/switchboard-{place.environment.name}/*")
    return [
        Pass("ImageLogin", ["ecr:GetAuthorizationToken"], ["*"], place.agents),
        Pass(
            "Image",
            ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
            [repositories],
            place.agents,
        ),
    ]


def _logs(place: Place) -> list[Pass]:
    groups = place.arn("logs", "log-group:/aws/bedrock-agentcore/runtimes/*")
    return [
        Pass(
            "Logs",
            [
                "logs:CreateLogGroup",
                "logs:CreateLogStream",
                "logs:DescribeLogStreams",
                "logs:PutLogEvents",
            ],
            [groups],
            place.agents,
        )
    ]


def _one(sid: str, actions: Sequence[str], service: str, resource: str) -> Passes:
    def passes(place: Place) -> list[Pass]:
        name = resource.format(environment=place.environment.name)
        where = "*" if name == "*" else place.arn(service, name)
        return [Pass(sid, actions, [where], place.agents)]

    return passes


def _code(place: Place) -> list[Pass]:
    """The zip of `cdk deploy`'s bucket; an image's layers come by a signed link, from AWS."""
    bucket = f"arn:aws:s3:::cdk-hnb659fds-assets-{place.account}-{place.region}/*"
    layers = f"arn:aws:s3:::prod-{place.region}-starport-layer-bucket/*"
    return [
        Pass("Code", ["s3:GetObject"], [bucket], place.agents),
        Pass("ImageLayers", ["s3:GetObject"], [layers]),
    ]


def _tables(place: Place) -> list[Pass]:
    """No agent has a table: only functions of the orchestrator, should they move in here."""
    table = place.arn("dynamodb", f"table/switchboard-{place.environment.name}-*")
    actions = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem"]
    return [Pass("Tables", actions, [table], place.callers)]


INTERFACES: Mapping[str, tuple[ec2.InterfaceVpcEndpointAwsService, Passes]] = {
    "AgentCore": (SERVICES.BEDROCK_AGENTCORE, _agentcore),
    "AgentCoreGateway": (SERVICES.BEDROCK_AGENTCORE_GATEWAY, _gateway),
    "BedrockRuntime": (SERVICES.BEDROCK_RUNTIME, _models),
    "EcrApi": (SERVICES.ECR, _images),
    "EcrDocker": (SERVICES.ECR_DOCKER, _images),
    "Logs": (SERVICES.CLOUDWATCH_LOGS, _logs),
    "Secrets": (
        SERVICES.SECRETS_MANAGER,
        _one("Secrets", ["secretsmanager:GetSecretValue"], "secretsmanager", "secret:*"),
    ),
    "Events": (
        SERVICES.EVENTBRIDGE,
        _one("Outcome", ["events:PutEvents"], "events", "event-bus/switchboard-{environment}"),
    ),
    "Sts": (SERVICES.STS, _one("WhoAmI", ["sts:GetCallerIdentity"], "sts", "*")),
    "Kms": (SERVICES.KMS, _one("Keys", ["kms:Decrypt", "kms:GenerateDataKey"], "kms", "key/*")),
    "Monitoring": (
        SERVICES.CLOUDWATCH_MONITORING,
        _one("Metrics", ["cloudwatch:PutMetricData"], "cloudwatch", "*"),
    ),
    "XRay": (SERVICES.XRAY, _one("Traces", PUT, "xray", "*")),
}
"""Without a NAT gateway nothing else can be reached; each costs by the hour and zone."""

ROUTES: Mapping[str, tuple[ec2.GatewayVpcEndpointAwsService, Passes]] = {
    "S3": (GATEWAYS.S3, _code),
    "DynamoDb": (GATEWAYS.DYNAMODB, _tables),
}
"""Gateway endpoints: entries of the route table, free of charge."""
