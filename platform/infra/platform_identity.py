"""How an agent proves itself to the gateway: a Cognito token of its own type's client.

Each agent type has an app client that is allowed one scope, the type's own, and a credential
provider that holds the client's secret. A runtime may use its own provider only, so the type in a
token follows from the client and not from what an agent says (SEC-04).
"""

from collections.abc import Mapping

import aws_cdk as cdk
from aws_cdk import aws_bedrockagentcore as agentcore
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from switchboard.constructs.environments import Environment
from switchboard.constructs.explained import explain
from switchboard.constructs.service_function import ServiceFunction
from switchboard.tools.manifest import ALLOW_LIST
from switchboard.tools.token_claims.scopes import RESOURCE_SERVER, scope_of

TOKEN_MINUTES = 60


class AgentIdentity(Construct):
    """User pool without users; a machine client and an Identity provider for each agent type."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        environment: Environment,
        code: lambda_.Code,
    ) -> None:
        """Build pool, trigger, clients and credential providers."""
        super().__init__(scope, construct_id)
        self._environment = environment
        self.pool = self._pool(code)
        self.clients = self._clients()
        for agent_type, client in self.clients.items():
            self._provider(agent_type, client)

    @property
    def discovery_url(self) -> str:
        """The issuer's OIDC discovery document."""
        return f"{self.pool.user_pool_provider_url}/.well-known/openid-configuration"

    @property
    def client_ids(self) -> list[str]:
        """The clients whose tokens the gateway takes."""
        return [client.user_pool_client_id for client in self.clients.values()]

    @property
    def scope_names(self) -> list[str]:
        """The scopes of which a token for the gateway carries one."""
        return [scope_of(agent_type) for agent_type in self.clients]

    def provider_name(self, agent_type: str) -> str:
        """The credential provider the agents of this type ask for their token."""
        return f"switchboard-gateway-{self._environment.name}-{agent_type.replace('_', '-')}"

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
        explain(
            pool,
            "AwsSolutions-COG1",
            "AwsSolutions-COG2",
            "AwsSolutions-COG8",
            reason="It has no users, so no passwords: programs fetch tokens with a client's secret",
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

    def _clients(self) -> dict[str, cognito.UserPoolClient]:
        scopes = {
            agent_type: cognito.ResourceServerScope(
                scope_name=agent_type,
                scope_description=f"Call the delivery gateway as an agent of type {agent_type}",
            )
            for agent_type in ALLOW_LIST
        }
        server = self.pool.add_resource_server(
            "Gateway", identifier=RESOURCE_SERVER, scopes=list(scopes.values())
        )
        return {
            agent_type: self.pool.add_client(
                f"{_words(agent_type)}Agents",
                generate_secret=True,
                access_token_validity=cdk.Duration.minutes(TOKEN_MINUTES),
                o_auth=cognito.OAuthSettings(
                    flows=cognito.OAuthFlows(client_credentials=True),
                    scopes=[cognito.OAuthScope.resource_server(server, scope)],
                ),
            )
            for agent_type, scope in scopes.items()
        }

    def _provider(self, agent_type: str, client: cognito.UserPoolClient) -> None:
        resource = client.node.default_child
        if not isinstance(resource, cognito.CfnUserPoolClient):
            raise TypeError("the client is made of a CfnUserPoolClient")
        # the attribute, not the L2's property: that one is a custom resource
        secret = resource.attr_client_secret
        config = agentcore.CfnOAuth2CredentialProvider
        agentcore.CfnOAuth2CredentialProvider(
            self,
            f"{_words(agent_type)}Provider",
            name=self.provider_name(agent_type),
            credential_provider_vendor="CustomOauth2",
            oauth2_provider_config_input=config.Oauth2ProviderConfigInputProperty(
                custom_oauth2_provider_config=config.CustomOauth2ProviderConfigInputProperty(
                    client_id=client.user_pool_client_id,
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
            f"gateway/oauth-provider/{agent_type}": self.provider_name(agent_type)
            for agent_type in self.clients
        }


def _words(agent_type: str) -> str:
    return agent_type.title().replace("_", "")
