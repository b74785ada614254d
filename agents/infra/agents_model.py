"""Which model all agents talk to, as parameters: Bedrock, or another provider and its key."""

import re

import aws_cdk as cdk
from agents_role import ModelReach

from switchboard.constructs.environments import REGION
from switchboard.constructs.explained import explain_schema
from switchboard.constructs.network_mode import own_network
from switchboard.constructs.service_stack import ServiceStack

PROVIDERS = ("bedrock", "anthropic", "openai", "ollama")
DEFAULT_MODEL = "global.anthropic.claude-sonnet-4-6"
VENDORS = (
    "ai21",
    "amazon",
    "anthropic",
    "cohere",
    "deepseek",
    "meta",
    "mistral",
    "moonshot",
    "nvidia",
    "openai",
    "qwen",
    "stability",
    "writer",
)
"""A bare model id of Bedrock begins with one of these, a profile with `global.` or `us.` (K-36)."""
PROFILE = rf"^(?!(?:{'|'.join(VENDORS)})\.).+$"
NOT_BARE = (
    "a bare model id of Bedrock cannot be invoked on demand and has no price here; give an "
    f"inference profile such as {DEFAULT_MODEL}"
)
_NO_PROFILE = "-.-"
"""Names no profile and no vendor; it has two parts because a template takes the second."""


class BareModelIdError(ValueError):
    """A model id where an inference profile belongs."""


class AgentModel:
    """The parameters, the variables they become, and what a role may reach because of them."""

    def __init__(self, stack: ServiceStack) -> None:
        """Declare the parameters in `stack`; their names are part of its interface."""
        self._provider = cdk.CfnParameter(
            stack,
            "ModelProvider",
            default="bedrock",
            allowed_values=list(PROVIDERS),
            description="Whose model all agents use",
        ).value_as_string
        self._id = cdk.CfnParameter(
            stack,
            "ModelId",
            type="String",
            default=_default(stack),
            allowed_pattern=PROFILE,
            constraint_description=NOT_BARE,
            description="An inference profile of Bedrock (never a bare model id), "
            "or a model id of the other provider",
        ).value_as_string
        self._base_url = cdk.CfnParameter(
            stack,
            "ModelBaseUrl",
            default="",
            description="Where the provider answers; empty for its own address",
        ).value_as_string
        self._key = cdk.CfnParameter(
            stack,
            "ModelApiKeySecretArn",
            default="",
            description="Secret with the key of a provider other than Bedrock",
        ).value_as_string
        _only_bedrock(stack)
        explain_schema(stack, "W2509", reason="The ARN of a secret is none")
        self._bedrock = _is(stack, "ModelIsBedrock", self._provider, "bedrock")
        self._no_key = _is(stack, "ModelHasNoKey", self._key, "")
        self._no_secret = f"arn:aws:secretsmanager:{REGION}:{stack.account}:secret:none"

    @property
    def variables(self) -> dict[str, str]:
        """The runtimes' environment."""
        return {
            "MODEL_PROVIDER": self._provider,
            "MODEL_ID": self._id,
            "MODEL_BASE_URL": self._base_url,
            "MODEL_API_KEY_SECRET_ARN": self._key,
        }

    @property
    def reach(self) -> ModelReach:
        """The profile, or the one secret with the key; what is not used names nothing."""
        chosen = cdk.Fn.condition_if
        return ModelReach(
            profile=chosen(self._bedrock.logical_id, self._id, _NO_PROFILE).to_string(),
            key_secret_arn=chosen(self._no_key.logical_id, self._no_secret, self._key).to_string(),
        )


def _is(stack: cdk.Stack, name: str, value: str, expected: str) -> cdk.CfnCondition:
    return cdk.CfnCondition(stack, name, expression=cdk.Fn.condition_equals(value, expected))


def _default(stack: cdk.Stack) -> str:
    """CDK context `model`, else ours.

    Raises:
        BareModelIdError: it is no inference profile.
    """
    model = str(stack.node.try_get_context("model") or DEFAULT_MODEL)
    if not re.match(PROFILE, model):
        raise BareModelIdError(f"-c model={model}: {NOT_BARE}")
    return model


def _only_bedrock(stack: ServiceStack) -> None:
    """In our network without a NAT gateway no other provider can be reached: say so at once."""
    data = stack.environment_data
    if data.network.nat_gateways or not own_network(stack, data):
        return
    cdk.CfnRule(
        stack,
        "OnlyBedrockIsReached",
        assertions=[
            cdk.CfnRuleAssertion(
                assert_=cdk.Fn.condition_equals(cdk.Fn.ref("ModelProvider"), "bedrock"),
                assert_description="No other provider can be reached from the private subnets; "
                "leave ModelProvider at bedrock, or give the environment a NAT gateway",
            )
        ],
    )
