"""What protects the runtimes besides their network: the key, and who may call with a token.

The key encrypts images and logs of the agents where the environment has keys of its own (K-41). The
user pool issues the tokens that runtimes with `inbound=jwt` accept; it has no users to begin with
and one machine client. Not run on AWS.
"""

from collections.abc import Mapping, Sequence

import aws_cdk as cdk
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms

from switchboard.constructs.environments import Environment
from switchboard.constructs.inbound import JWT, SCOPE, SCOPE_SERVER, inbound
from switchboard.constructs.service_stack import ServiceStack
from switchboard.constructs.stack_order import follow
from switchboard.tools.manifest import ALLOW_LIST

TOKEN_MINUTES = 60
SHORTEST_PASSWORD = 14


def takes_tokens(app: cdk.App, agents: Sequence[str] = tuple(ALLOW_LIST)) -> bool:
    """Whether any agent's runtime takes tokens."""
    return any(inbound(app, agent) == JWT for agent in agents)


class SecurityStack(ServiceStack):
    """The agents' key and user pool."""

    def __init__(self, app: cdk.App, environment: Environment) -> None:
        """The key where the environment has its own, the pool where a runtime takes tokens."""
        super().__init__(app, service="security", environment=environment)
        values: dict[str, str] = {}
        if environment.customer_managed_keys:
            values["security/key-arn"] = self._key().key_arn
        if takes_tokens(app):
            values |= self._pool()
        self.publish_platform_values(values)
        for name, value in values.items():
            words = name.removeprefix("security/").title().replace("-", "")
            cdk.CfnOutput(self, words, value=value, export_name=f"{environment.name}-{words}")
        follow(self)

    def _key(self) -> kms.Key:
        key = kms.Key(
            self,
            "Key",
            description="Images and logs of Switchboard's agents",
            enable_key_rotation=True,
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        region, account = self.region, self.account
        groups = f"arn:aws:logs:{region}:{account}:log-group:/aws/bedrock-agentcore/runtimes/*"
        runtimes = f"arn:aws:bedrock-agentcore:{region}:{account}:*"
        for sid, service, conditions in (
            (
                "LogsOfRuntimes",
                f"logs.{region}.amazonaws.com",
                {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": groups}},
            ),
            (
                "Runtimes",
                "bedrock-agentcore.amazonaws.com",
                {
                    "StringEquals": {"aws:SourceAccount": account},
                    "ArnLike": {"aws:SourceArn": runtimes},
                },
            ),
        ):
            key.add_to_resource_policy(
                iam.PolicyStatement(
                    sid=sid,
                    principals=[iam.ServicePrincipal(service)],
                    actions=[
                        "kms:Decrypt",
                        "kms:Encrypt",
                        "kms:GenerateDataKey*",
                        "kms:DescribeKey",
                    ],
                    resources=["*"],  # in a key's policy: this key
                    conditions=conditions,
                )
            )
        return key

    def _pool(self) -> Mapping[str, str]:
        """The pool and what a runtime must know to believe its tokens."""
        stage = self.environment_data.name
        pool = cognito.UserPool(
            self,
            "Callers",
            user_pool_name=f"switchboard-callers-{stage}",
            self_sign_up_enabled=False,
            mfa=cognito.Mfa.REQUIRED,
            mfa_second_factor=cognito.MfaSecondFactor(sms=False, otp=True),
            password_policy=cognito.PasswordPolicy(
                min_length=SHORTEST_PASSWORD,
                require_digits=True,
                require_lowercase=True,
                require_symbols=True,
                require_uppercase=True,
            ),
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        scope = cognito.ResourceServerScope(
            scope_name=SCOPE, scope_description="Invoke an agent's runtime"
        )
        server = pool.add_resource_server("Agents", identifier=SCOPE_SERVER, scopes=[scope])
        pool.add_domain(
            "Domain",
            cognito_domain=cognito.CognitoDomainOptions(
                domain_prefix=f"switchboard-callers-{stage}-{cdk.Aws.ACCOUNT_ID}"
            ),
        )
        client = pool.add_client(
            "Machine",
            generate_secret=True,
            access_token_validity=cdk.Duration.minutes(TOKEN_MINUTES),
            o_auth=cognito.OAuthSettings(
                flows=cognito.OAuthFlows(client_credentials=True),
                scopes=[cognito.OAuthScope.resource_server(server, scope)],
            ),
        )
        issuer = pool.user_pool_provider_url
        return {
            "security/inbound-pool-id": pool.user_pool_id,
            "security/inbound-discovery-url": f"{issuer}/.well-known/openid-configuration",
            "security/inbound-client-id": client.user_pool_client_id,
        }
