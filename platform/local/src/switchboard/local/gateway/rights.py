"""What the gateway does with its own role, for the journal of permissions.

Sources: AgentCore's pages on a gateway's execution role, on its policy engine and on outbound API
keys. The stand-in does the work without asking the services these permissions are for.
"""

from collections.abc import Iterable, Iterator

from switchboard.local.engine.need import Need
from switchboard.local.engine.uses import Uses
from switchboard.local.gateway.deployed import Gateway
from switchboard.local.gateway.tools import ApiCall, FunctionCall, Tool

LISTS, DECIDES = "PartiallyAuthorizeActions", "AuthorizeAction"


def note_list(uses: Uses, gateway: Gateway) -> None:
    """The gateway showed a caller its tools."""
    _note(uses, gateway, _policies(gateway, LISTS))


def note_decision(uses: Uses, gateway: Gateway) -> None:
    """The gateway asked its policies about a call, and its interceptors."""
    interceptors = (
        Need("lambda:InvokeFunction", interceptor.function_arn)
        for interceptor in gateway.interceptors
    )
    _note(uses, gateway, [*_policies(gateway, DECIDES), *interceptors])


def note_target(uses: Uses, gateway: Gateway, tool: Tool) -> None:
    """The gateway called a tool's target."""
    if isinstance(tool.call, FunctionCall):
        _note(uses, gateway, [Need("lambda:InvokeFunction", tool.call.function_arn)])
    else:
        _note(uses, gateway, _key(gateway, tool.call))


def _note(uses: Uses, gateway: Gateway, needs: Iterable[Need]) -> None:
    uses.note(str(gateway.resource.property("RoleArn", default="")), needs)


def _policies(gateway: Gateway, action: str) -> Iterator[Need]:
    engine = gateway.resource.property("PolicyEngineConfiguration", "Arn")
    if not engine:
        return
    yield Need("bedrock-agentcore:GetPolicyEngine", str(engine))
    for resource in (str(engine), gateway.arn):
        yield Need(f"bedrock-agentcore:{action}", resource)


def _key(gateway: Gateway, call: ApiCall) -> Iterator[Need]:
    if call.credential is None:
        return
    source = call.credential.source
    ours = gateway.arn.rsplit(":", 1)[0]
    directory = f"{ours}:workload-identity-directory/default"
    itself = f"{directory}/workload-identity/{gateway.gateway_id}"
    yield from (
        Need("bedrock-agentcore:GetWorkloadAccessToken", who) for who in (directory, itself)
    )
    vault = f"{ours}:token-vault/default"
    for resource in (directory, itself, vault, source.provider_arn):
        yield Need("bedrock-agentcore:GetResourceApiKey", resource)
    if source.secret_id:
        yield Need("secretsmanager:GetSecretValue", source.secret_id)
