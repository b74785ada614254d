"""What an agent's runtime may do, and nothing else: one statement per thing it reaches."""

from collections.abc import Mapping
from dataclasses import dataclass

import agents_permissions as needed
import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3_assets as s3_assets
from constructs import Construct

from switchboard.constructs.environments import REGION
from switchboard.constructs.explained import explain_wildcard
from switchboard.constructs.tracing import PUT


@dataclass(frozen=True)
class Reach:
    """The resources a runtime reaches; `code` or `repository` is where its code comes from."""

    account: str
    role_name: str
    """Known to the endpoint policies of the network before the role exists."""
    runtime_name: str
    model: "ModelReach"
    bus_arn: str
    oauth_provider: str
    code: s3_assets.Asset | None
    repository: str
    memory: "MemoryReach | None" = None
    """Of an agent that opts in to memory."""
    key_arn: str | None = None
    """The agents' key, where the environment has keys of its own."""
    traces: bool = False
    """Whether the runtime sends spans to X-Ray."""


@dataclass(frozen=True)
class ModelReach:
    """The model: an inference profile, or the key of another provider; what is not used is `-`."""

    profile: str
    key_secret_arn: str


@dataclass(frozen=True)
class MemoryReach:
    """AgentCore Memory; `key_arn` where it is encrypted with a key of our own."""

    arn: str
    key_arn: str | None


NOT_OURS = frozenset({"Model", "ImageLogin"})
"""Statements on what is AWS's own; all others reach into this account only (T030)."""


def execution_role(scope: Construct, reach: Reach) -> iam.Role:
    """The role AgentCore assumes for the runtime, in this account only (AWS: confused deputy)."""
    trust = iam.ServicePrincipal(
        "bedrock-agentcore.amazonaws.com",
        conditions={
            "StringEquals": {"aws:SourceAccount": reach.account},
            "ArnLike": {"aws:SourceArn": f"arn:aws:bedrock-agentcore:{REGION}:{reach.account}:*"},
        },
    )
    role = iam.Role(scope, "Role", role_name=reach.role_name, assumed_by=trust)
    statements = [
        *_model(reach),
        iam.PolicyStatement(sid="Outcome", actions=["events:PutEvents"], resources=[reach.bus_arn]),
        *_gateway_token(reach),
        *_logs(reach),
        *(_memory(reach.memory) if reach.memory else ()),
        *(_zip(reach.code) if reach.code else _image(reach)),
        *(_key(reach.key_arn) if reach.key_arn else ()),
        *(_traces() if reach.traces else ()),
    ]
    needed.demand_permissions(reach.role_name, statements, *_required(reach))
    for statement in statements:
        if statement.sid not in NOT_OURS:
            # ...IfExists: not every action says whose resource it is about
            statement.add_condition("StringEqualsIfExists", {"aws:ResourceAccount": reach.account})
        role.add_to_policy(statement)
    _explain(role, image=reach.code is None, traces=reach.traces)
    return role


def _required(reach: Reach) -> list[Mapping[str, frozenset[str]]]:
    """What this runtime cannot work without."""
    found = [needed.ALWAYS, needed.OF_A_ZIP if reach.code else needed.OF_AN_IMAGE]
    if reach.key_arn:
        found.append(needed.OF_A_KEY)
    if reach.traces:
        found.append(needed.OF_TRACES)
    if reach.memory:
        found.append(needed.OF_MEMORY)
        if reach.memory.key_arn:
            found.append(needed.OF_MEMORY_WITH_A_KEY)
    return found


def _explain(role: iam.Role, *, image: bool, traces: bool) -> None:
    explain_wildcard(
        role,
        "workload-identity/switchboard_",
        "runtimes/switchboard_",
        "oauth2/",
        reason="AWS ends these names with letters of its own, once the role is there",
    )
    explain_wildcard(
        role, "foundation-model/", reason="A profile chooses region and version among one vendor's"
    )
    if image or traces:
        explain_wildcard(role, "*", reason="Logging in at ECR, and X-Ray, know no resource but *")


def _model(reach: Reach) -> list[iam.PolicyStatement]:
    """A profile routes to the vendor's models in whichever region has room, hence `*` there."""
    vendor = cdk.Fn.select(1, cdk.Fn.split(".", reach.model.profile))
    profile = f"arn:aws:bedrock:{REGION}:{reach.account}:inference-profile/{reach.model.profile}"
    return [
        iam.PolicyStatement(
            sid="Model",
            actions=["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"],
            resources=[profile, f"arn:aws:bedrock:*::foundation-model/{vendor}.*"],
        ),
        iam.PolicyStatement(
            sid="ModelKey",
            actions=["secretsmanager:GetSecretValue"],
            resources=[reach.model.key_secret_arn],
        ),
    ]


def _memory(memory: MemoryReach) -> list[iam.PolicyStatement]:
    """Keep turns and look facts up; not list other sessions' names, change records, or delete."""
    use = iam.PolicyStatement(
        sid="Memory",
        actions=[
            "bedrock-agentcore:CreateEvent",
            "bedrock-agentcore:ListEvents",
            "bedrock-agentcore:RetrieveMemoryRecords",
        ],
        resources=[memory.arn],
    )
    if memory.key_arn is None:
        return [use]
    key = iam.PolicyStatement(
        sid="MemoryKey",
        actions=["kms:Decrypt", "kms:GenerateDataKey"],
        resources=[memory.key_arn],
        conditions={
            "StringEquals": {"kms:ViaService": f"bedrock-agentcore.{REGION}.amazonaws.com"}
        },
    )
    return [use, key]


def _gateway_token(reach: Reach) -> list[iam.PolicyStatement]:
    """The token of the agent's workload from its own type's provider, and the secret behind it."""
    ours = f"arn:aws:bedrock-agentcore:{REGION}:{reach.account}"
    directory, vault = f"{ours}:workload-identity-directory/default", f"{ours}:token-vault/default"
    workload = f"{directory}/workload-identity/{reach.runtime_name}-*"
    provider = f"{vault}/oauth2credentialprovider/{reach.oauth_provider}"
    name = f"bedrock-agentcore-identity!default/oauth2/{reach.oauth_provider}"
    secret = f"arn:aws:secretsmanager:{REGION}:{reach.account}:secret:{name}*"
    return [
        iam.PolicyStatement(
            sid="GatewayToken",
            actions=["bedrock-agentcore:GetResourceOauth2Token"],
            resources=[directory, workload, vault, provider],
        ),
        iam.PolicyStatement(
            sid="GatewayTokenSecret",
            actions=["secretsmanager:GetSecretValue"],
            resources=[secret],
        ),
    ]


def _logs(reach: Reach) -> list[iam.PolicyStatement]:
    group = f"/aws/bedrock-agentcore/runtimes/{reach.runtime_name}-*"
    arn = f"arn:aws:logs:{REGION}:{reach.account}:log-group:{group}"
    return [
        iam.PolicyStatement(
            sid="LogGroup",
            actions=["logs:CreateLogGroup", "logs:DescribeLogStreams"],
            resources=[arn],
        ),
        iam.PolicyStatement(
            sid="LogStreams",
            actions=["logs:CreateLogStream", "logs:PutLogEvents"],
            resources=[f"{arn}:log-stream:*"],
        ),
    ]


def _zip(code: s3_assets.Asset) -> list[iam.PolicyStatement]:
    objects = [f"{code.bucket.bucket_arn}/{code.s3_object_key}"]
    return [iam.PolicyStatement(sid="Code", actions=["s3:GetObject"], resources=objects)]


def _image(reach: Reach) -> list[iam.PolicyStatement]:
    """Pull from the agent's own repository; logging in is the one action without a resource."""
    repository = f"arn:aws:ecr:{REGION}:{reach.account}:repository/{reach.repository}"
    return [
        iam.PolicyStatement(
            sid="Image",
            actions=["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
            resources=[repository],
        ),
        iam.PolicyStatement(
            sid="ImageLogin", actions=["ecr:GetAuthorizationToken"], resources=["*"]
        ),
    ]


def _traces() -> list[iam.PolicyStatement]:
    """Send spans; read none."""
    return [iam.PolicyStatement(sid="Traces", actions=[*PUT], resources=["*"])]


def _key(key_arn: str) -> list[iam.PolicyStatement]:
    """Decrypt the agent's image and its secrets, through the services that hold them only."""
    services = ("ecr", "secretsmanager", "s3")
    return [
        iam.PolicyStatement(
            sid="Key",
            actions=["kms:Decrypt"],
            resources=[key_arn],
            conditions={
                "StringEquals": {
                    "kms:ViaService": [f"{item}.{REGION}.amazonaws.com" for item in services]
                }
            },
        )
    ]
