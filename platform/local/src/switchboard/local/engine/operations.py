"""The operation that a request asks for: by header, form or path."""

import re
from collections.abc import Mapping
from urllib.parse import parse_qs

_REST = (
    ("bedrock-agentcore", r"POST /runtimes/.+/invocations", "InvokeAgentRuntime"),
    ("bedrock-agentcore", r"POST /runtimes/.+/stopruntimesession", "StopRuntimeSession"),
    ("bedrock-agentcore", r"POST /identities/oauth2/token", "GetResourceOauth2Token"),
    ("bedrock-agentcore", r"POST /identities/api-key", "GetResourceApiKey"),
    ("bedrock-agentcore", r"POST /identities/GetWorkloadAccessToken", "GetWorkloadAccessToken"),
    ("bedrock-agentcore", r"PUT /code-interpreters/.+/start", "StartCodeInterpreterSession"),
    ("bedrock-agentcore", r"PUT /code-interpreters/.+/stop", "StopCodeInterpreterSession"),
    ("bedrock-agentcore", r"POST /code-interpreters/.+/invoke", "InvokeCodeInterpreter"),
    ("bedrock-agentcore", r"POST /memories/[^/]+/events", "CreateEvent"),
    ("bedrock-agentcore", r"POST /memories/[^/]+/actor/.+/sessions/[^/]+", "ListEvents"),
    ("bedrock-agentcore", r"POST /memories/[^/]+/retrieve", "RetrieveMemoryRecords"),
    ("bedrock", r"POST /knowledgebases/[^/]+/retrieve", "Retrieve"),
    ("bedrock", r"PUT /knowledgebases/.+/documents", "IngestKnowledgeBaseDocuments"),
    ("bedrock", r"POST /knowledgebases/.+/getDocuments", "GetKnowledgeBaseDocuments"),
    ("bedrock", r"POST /knowledgebases/.+/deleteDocuments", "DeleteKnowledgeBaseDocuments"),
    ("bedrock", r"POST /model/.+/converse", "Converse"),
    ("bedrock", r"POST /model/.+/converse-stream", "ConverseStream"),
    ("bedrock-agentcore", r"PUT /gateways/[^/]+/?", "UpdateGateway"),
    ("bedrock-agentcore", r"GET /gateways/[^/]+/?", "GetGateway"),
    ("connect", r"GET /contacts/[^/]+/[^/]+", "DescribeContact"),
    ("connect", r"PUT /phone-number/[^/]+/contact-flow", "AssociatePhoneNumberContactFlow"),
    ("connect", r"POST /associate-security-profiles/[^/]+", "AssociateSecurityProfiles"),
    ("connect", r"POST /instance/[^/]+/attribute/[^/]+", "UpdateInstanceAttribute"),
    ("wisdom", r"PATCH /assistants/[^/]+/sessions/[^/]+/data", "UpdateSessionData"),
    ("wisdom", r"POST /assistants/[^/]+/aiagentConfiguration", "UpdateAssistantAIAgent"),
    ("lambda", r"POST /2015-03-31/functions/[^/]+/invocations", "Invoke"),
    ("scheduler", r"POST /schedules/[^/]+", "CreateSchedule"),
    ("scheduler", r"PUT /schedules/[^/]+", "UpdateSchedule"),
    ("scheduler", r"GET /schedules/[^/]+", "GetSchedule"),
    ("scheduler", r"DELETE /schedules/[^/]+", "DeleteSchedule"),
    ("s3", r"PUT /[^/]+/.+", "PutObject"),
    ("s3", r"GET /[^/]+/.+", "GetObject"),
    ("s3", r"HEAD /[^/]+/.+", "HeadObject"),
    ("s3", r"DELETE /[^/]+/.+", "DeleteObject"),
    ("s3", r"GET /[^/]+/?", "ListObjectsV2"),
)
"""Operations of REST services that our code uses; others are noted by method and path."""
LONGEST = 80


def operation(
    service: str, method: str, path: str, headers: Mapping[str, bytes], body: bytes
) -> str:
    """The operation's name, or the beginning of the request line when it is not known."""
    if target := headers.get("x-amz-target", b"").decode():
        return target.rpartition(".")[2]
    if action := parse_qs(body.decode("utf-8", "replace")).get("Action"):
        return action[0]
    request = f"{method} {path}"
    for of_service, pattern, name in _REST:
        if service.startswith(of_service) and re.fullmatch(pattern, request):
            return name
    return request[:LONGEST]
