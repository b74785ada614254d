"""What the services that stand-ins play ask of the caller: AgentCore, Bedrock, Connect, Q."""

import re
from collections.abc import Callable

from switchboard.local.engine.need import ANY, VIA_SERVICE, Need, Needs, Request, pass_role

_DIRECTORY = "workload-identity-directory/default"
_VAULT = "token-vault/default"
_FOR_USER = "x-amzn-bedrock-agentcore-runtime-user-id"


def _agentcore(request: Request) -> Needs:
    action = f"bedrock-agentcore:{request.operation}"
    kind = request.part(1)
    if kind == "runtimes":
        yield from _runtime(request, action)
    elif kind == "identities":
        yield from _identity(request, action)
    elif kind == "code-interpreters":
        name = request.part(2)
        yield Need(action, request.arn(f"code-interpreter*/{name.rsplit('/', 1)[-1]}"))
    elif kind == "memories":
        yield Need(action, request.arn(f"memory/{request.part(2).rsplit('/', 1)[-1]}"))
    elif kind == "gateways":
        yield Need(action, request.arn(f"gateway/{request.part(2)}"))
        if role := request.body.get("roleArn"):
            yield pass_role(role, "bedrock-agentcore.amazonaws.com")


def _runtime(request: Request, action: str) -> Needs:
    runtime = request.part(2)
    if not runtime.startswith("arn:"):
        runtime = request.arn(f"runtime/{runtime}")
    endpoint = f"{runtime}/runtime-endpoint/{request.query.get('qualifier') or 'DEFAULT'}"
    actions = [action]
    if request.operation == "InvokeAgentRuntime" and _FOR_USER in request.headers:
        actions.append("bedrock-agentcore:InvokeAgentRuntimeForUser")
    for each in actions:
        yield Need(each, runtime)
        yield Need(each, endpoint)


def _identity(request: Request, action: str) -> Needs:
    # Later calls carry a token in place of the workload's name.
    workload = request.body.get("workloadName") or "*"
    yield Need(action, request.arn(_DIRECTORY))
    yield Need(action, request.arn(f"{_DIRECTORY}/workload-identity/{workload}"))
    provider = request.body.get("resourceCredentialProviderName")
    if not provider:
        return
    kind = "oauth2" if request.operation == "GetResourceOauth2Token" else "apikey"
    yield Need(action, request.arn(_VAULT))
    yield Need(action, request.arn(f"{_VAULT}/{kind}credentialprovider/{provider}"))
    # Identity reads the provider's secret on the caller's behalf. An OAuth2 client's secret is
    # AgentCore's own; an API key lies wherever its template says, which no request tells.
    own = f"secret:bedrock-agentcore-identity!default/oauth2/{provider}-??????"
    secret = request.arn(own, "secretsmanager") if kind == "oauth2" else ANY
    yield Need("secretsmanager:GetSecretValue", secret, VIA_SERVICE)


_MODEL_ACTIONS = {"Converse": "InvokeModel", "ConverseStream": "InvokeModelWithResponseStream"}
_INGESTING = {"IngestKnowledgeBaseDocuments", "DeleteKnowledgeBaseDocuments"}


def _bedrock(request: Request) -> Needs:
    if request.part(1) == "knowledgebases":
        base = request.arn(f"knowledge-base/{request.part(2)}")
        yield Need(f"bedrock:{request.operation}", base)
        if request.operation in _INGESTING:
            yield Need("bedrock:StartIngestionJob", base)
    elif request.part(1) == "model":
        action, model = _MODEL_ACTIONS.get(request.operation, request.operation), request.part(2)
        yield Need(f"bedrock:{action}", request.arn(f"inference-profile/{model}"))
        # A profile `us.<vendor>.<model>` routes to that model, wherever there is room.
        routed = f"arn:aws:bedrock:*::foundation-model/{model.partition('.')[2]}*"
        yield Need(f"bedrock:{action}", routed)


def _connect(request: Request) -> Needs:
    action = f"connect:{request.operation}"
    first, second, third = (request.part(number) for number in (1, 2, 3))
    if first == "contacts":
        yield Need(action, request.arn(f"instance/{second}/contact/{third}"))
    elif first == "phone-number":
        instance = request.body.get("InstanceId", "*").rsplit("/", 1)[-1]
        flow = request.body.get("ContactFlowId", "*").rsplit("/", 1)[-1]
        # A number's ARN in a policy is that of the claimed number, without an instance.
        yield Need(action, request.arn(f"phone-number/{second.rsplit('/', 1)[-1]}"))
        yield Need(action, request.arn(f"instance/{instance}/contact-flow/{flow}"))
    elif first == "instance":
        yield Need(action, request.arn(f"instance/{second.rsplit('/', 1)[-1]}"))
        # Connect widens its service-linked role on the caller's behalf.
        role = "role/aws-service-role/connect.amazonaws.com/AWSServiceRoleForAmazonConnect_*"
        yield Need("iam:PutRolePolicy", f"arn:aws:iam::{request.account}:{role}")
    elif first == "associate-security-profiles":
        yield from _security_profiles(request, action)


def _security_profiles(request: Request, action: str) -> Needs:
    instance = request.arn(f"instance/{request.part(2).rsplit('/', 1)[-1]}")
    yield Need(action, instance)
    for profile in request.body.get("SecurityProfiles") or ():
        yield Need(action, f"{instance}/security-profile/{profile['Id'].rsplit('/', 1)[-1]}")
    if agent := request.body.get("EntityArn"):
        yield Need(action, agent)
        # Without it Connect says that there is no such agent.
        yield Need("wisdom:GetAIAgent", agent)


def _wisdom(request: Request) -> Needs:
    action, assistant = f"wisdom:{request.operation}", request.part(2).rsplit("/", 1)[-1]
    yield Need(action, request.arn(f"assistant/{assistant}"))
    if session := re.fullmatch(r"/assistants/[^/]+/sessions/([^/]+)/data", request.path):
        yield Need(action, request.arn(f"session/{assistant}/{session[1]}"))


STAND_INS: dict[str, Callable[[Request], Needs]] = {
    "bedrock-agentcore": _agentcore,
    "bedrock": _bedrock,
    "connect": _connect,
    "wisdom": _wisdom,
}
"""By signing name."""
