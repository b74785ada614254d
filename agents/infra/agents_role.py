"""What an agent's runtime may do, and nothing else: one statement per thing it reaches."""

from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3_assets as s3_assets
from constructs import Construct

from switchboard.constructs.environments import REGION


@dataclass(frozen=True)
class Reach:
    """The resources a runtime reaches; `code` or `repository` is where its code comes from."""

    account: str
    runtime_name: str
    model_id: str
    bus_arn: str
    oauth_provider: str
    code: s3_assets.Asset | None
    repository: str


def execution_role(scope: Construct, reach: Reach) -> iam.Role:
    """The role AgentCore assumes for the runtime, in this account only (AWS: confused deputy)."""
    trust = iam.ServicePrincipal(
        "bedrock-agentcore.amazonaws.com",
        conditions={
            "StringEquals": {"aws:SourceAccount": reach.account},
            "ArnLike": {"aws:SourceArn": f"arn:aws:bedrock-agentcore:{REGION}:{reach.account}:*"},
        },
    )
    role = iam.Role(scope, "Role", assumed_by=trust)
    for statement in (
        _model(reach),
        iam.PolicyStatement(sid="Outcome", actions=["events:PutEvents"], resources=[reach.bus_arn]),
        *_gateway_token(reach),
        *_logs(reach),
        *(_zip(reach.code) if reach.code else _image(reach)),
    ):
        role.add_to_policy(statement)
    return role


def _model(reach: Reach) -> iam.PolicyStatement:
    """A profile routes to the vendor's models in whichever region has room, hence `*` there."""
    vendor = cdk.Fn.select(1, cdk.Fn.split(".", reach.model_id))
    profile = f"arn:aws:bedrock:{REGION}:{reach.account}:inference-profile/{reach.model_id}"
    return iam.PolicyStatement(
        sid="Model",
        actions=["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"],
        resources=[profile, f"arn:aws:bedrock:*::foundation-model/{vendor}.*"],
    )


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
