"""How an agent proves itself to the gateway: a Cognito token with its invocation's claims."""

from collections.abc import Mapping

import aws_cdk as cdk
from aws_cdk import aws_bedrockagentcore as agentcore
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from switchboard.constructs.environments import Environment
from switchboard.constructs.service_function import ServiceFunction

RESOURCE_SERVER, SCOPE = "gateway", "invoke"
TOKEN_MINUTES = 60


class AgentIdentity(Construct):
    """User pool without users, one machine client, and the Identity provider agents ask."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        environment: Environment,
        code: lambda_.Code,
    ) -> None:
        """Build pool, trigger, client and credential provider."""
        super().__init__(scope, construct_id)
        self._environment = environment
        self.pool = self._pool(code)
        self.client = self._client()
        self.provider_name = f"switchboard-gateway-{environment.name}"
        self._provider()

    @property
    def discovery_url(self) -> str:
        """The issuer's OIDC discovery document."""
        return f"{self.pool.user_pool_provider_url}/.well-known/openid-configuration"

    @property
    def scope_name(self) -> str:
        """The scope a token for the gateway carries."""
        return f"{RESOURCE_SERVER}/{SCOPE}"

    def _pool(self, code: lambda_.Code) -> cognito.UserPool:
        pool = cognito.UserPool(
            self,
            "Pool",
            user_pool_name=f"switchboard-agents-{self._environment.name}",
            self_sign_up_enabled=False,
            # claims in machine-to-machine tokens need trigger event version 3
            feature_plan=cognito.FeaturePlan.ESSENTIALS,
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        claims = ServiceFunction(
            self,
            "TokenClaims",
            service="token-claims",
            code=code,
            handler="switchboard.tools.token_claims.handler.handler",
            environment={},
            timeout=cdk.Duration.seconds(5),
            memory_mb=256,
        )
        pool.add_trigger(
            cognito.UserPoolOperation.PRE_TOKEN_GENERATION_CONFIG,
            claims.function,
            cognito.LambdaVersion.V3_0,
        )
        pool.add_domain(
            "Domain",
            cognito_domain=cognito.CognitoDomainOptions(
                domain_prefix=f"switchboard-{self._environment.name}-{cdk.Aws.ACCOUNT_ID}"
            ),
        )
        return pool

    def _client(self) -> cognito.UserPoolClient:
        scope = cognito.ResourceServerScope(
            scope_name=SCOPE, scope_description="Call the delivery gateway"
        )
        server = self.pool.add_resource_server(
            "Gateway", identifier=RESOURCE_SERVER, scopes=[scope]
        )
        return self.pool.add_client(
            "Agents",
            generate_secret=True,
            access_token_validity=cdk.Duration.minutes(TOKEN_MINUTES),
            o_auth=cognito.OAuthSettings(
                flows=cognito.OAuthFlows(client_credentials=True),
                scopes=[cognito.OAuthScope.resource_server(server, scope)],
            ),
        )

    def _provider(self) -> None:
        client = self.client.node.default_child
        if not isinstance(client, cognito.CfnUserPoolClient):
            raise TypeError("the client is made of a CfnUserPoolClient")
        # the attribute, not the L2's property: that one is a custom resource
        secret = client.attr_client_secret
        config = agentcore.CfnOAuth2CredentialProvider
        agentcore.CfnOAuth2CredentialProvider(
            self,
            "Provider",
            name=self.provider_name,
            credential_provider_vendor="CustomOauth2",
            oauth2_provider_config_input=config.Oauth2ProviderConfigInputProperty(
                custom_oauth2_provider_config=config.CustomOauth2ProviderConfigInputProperty(
                    client_id=self.client.user_pool_client_id,
                    client_secret=secret,
                    oauth_discovery=config.Oauth2DiscoveryProperty(
                        discovery_url=self.discovery_url
                    ),
                )
            ),
        )

    def values(self) -> Mapping[str, str]:
        """What services look up."""
        return {
            "gateway/oauth-provider": self.provider_name,
            "gateway/oauth-scope": self.scope_name,
        }
