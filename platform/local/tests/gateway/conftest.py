"""A gateway on a free port, with functions in memory and tokens of its own issuer."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from switchboard.local.agentcore.aws_answers import NotFoundError
from switchboard.local.agentcore.identity import AUDIENCE, CLIENT_ID, SigningKey
from switchboard.local.embedded import api_url
from switchboard.local.gateway.adapters.memory import (
    MemoryDocuments,
    MemoryFunctions,
    MemoryHttpTargets,
)
from switchboard.local.gateway.app import create_app
from switchboard.local.gateway.http_targets import HttpAnswer
from switchboard.local.gateway.issuers import DISCOVERY
from switchboard.local.gateway.outside import Outside
from switchboard.local.settings import LocalSettings

ARN = "arn:aws:bedrock-agentcore:us-east-1:111122223333:gateway/delivery-0123456789"
LAMBDA = "arn:aws:lambda:us-east-1:111122223333:function:"
ENGINE = "arn:aws:bedrock-agentcore:us-east-1:111122223333:policy-engine/delivery-0123456789"
CORE = "AWS::BedrockAgentCore::"

DESK = "poc-desk-0123456789"
CONNECT = "https://poc-desk.my.connect.aws"
API = "https://abc123.execute-api.us-east-1.amazonaws.com/poc"
PROVIDER = (
    "arn:aws:bedrock-agentcore:us-east-1:111122223333:token-vault/default/"
    "apikeycredentialprovider/poc-itsm-api-key"
)
DESK_API: dict[str, Any] = json.loads(Path(__file__).with_name("desk_api.json").read_text())

CODE_MAY_PUSH = f"""
permit(principal is AgentCore::OAuthUser,
       action in [AgentCore::Action::"github___push_files",
                  AgentCore::Action::"github___create_branch"],
       resource == AgentCore::Gateway::"{ARN}")
when {{ principal.hasTag("agent_type") && principal.getTag("agent_type") == "code" }};
"""
ONLY_THE_WORK_BRANCH = f"""
forbid(principal is AgentCore::OAuthUser, action == AgentCore::Action::"github___push_files",
       resource == AgentCore::Gateway::"{ARN}")
unless {{ principal.hasTag("work_branch") &&
          context.input.branch == principal.getTag("work_branch") }};
"""
MOCK_MAY_UPLOAD = f"""
permit(principal is AgentCore::OAuthUser,
       action == AgentCore::Action::"prototype___s3_upload_prototype",
       resource == AgentCore::Gateway::"{ARN}")
when {{ principal.hasTag("agent_type") && principal.getTag("agent_type") == "mock" }};
"""


def tool(name: str, description: str, *properties: str) -> dict[str, Any]:
    schema = {
        "Type": "object",
        "Properties": {name: {"Type": "string"} for name in properties},
        "Required": list(properties),
    }
    return {"Name": name, "Description": description, "InputSchema": schema}


@dataclass
class Gateway:
    """The gateway under test and everything around it."""

    home: Path
    functions: MemoryFunctions
    key: SigningKey
    connect_key: SigningKey
    http: MemoryHttpTargets = field(default_factory=MemoryHttpTargets)
    documents: MemoryDocuments = field(default_factory=MemoryDocuments)
    secrets: dict[str, str] = field(default_factory=dict)
    url: str = ""
    issuer: str = ""
    api: str = ""
    """Where the API of the desk answers on this machine."""
    interceptor: Callable[[Any, Any], Any] | None = None

    def register(self, name: str, type_name: str, properties: dict[str, Any], **more: Any) -> None:
        content = {"type": CORE + type_name, "physical_id": name, "properties": properties, **more}
        (self.home / "registry" / f"{name}.json").write_text(json.dumps(content))

    def deploy(self, **properties: Any) -> None:
        """The gateway with two targets and three policies."""
        self.register(
            "delivery-0123456789",
            "Gateway",
            {
                "Name": "delivery",
                "PolicyEngineConfiguration": {"Arn": ENGINE, "Mode": "ENFORCE"},
                "ProtocolConfiguration": {"Mcp": {"SearchType": "SEMANTIC"}},
                "InterceptorConfigurations": [
                    {
                        "InterceptionPoints": ["REQUEST"],
                        "Interceptor": {"Lambda": {"Arn": f"{LAMBDA}interceptor"}},
                        "InputConfiguration": {"PassRequestHeaders": True},
                    }
                ],
                **properties,
            },
            attributes={"GatewayArn": ARN, "GatewayIdentifier": "delivery-0123456789"},
        )
        push = tool("push_files", "Push files to a branch in one commit", "branch")
        branch = tool("create_branch", "Create a branch of a repository", "branch")
        self.target("github", push, branch)
        self.target(
            "prototype", tool("s3_upload_prototype", "Upload a page of a prototype", "path")
        )
        for name, statement in (
            ("code_may_push", CODE_MAY_PUSH),
            ("only_the_work_branch", ONLY_THE_WORK_BRANCH),
            ("mock_may_upload", MOCK_MAY_UPLOAD),
        ):
            self.policy(name, statement)

    def target(self, name: str, *tools: dict[str, Any]) -> None:
        function = {"LambdaArn": LAMBDA + name, "ToolSchema": {"InlinePayload": list(tools)}}
        self.register(
            f"target-{name}",
            "GatewayTarget",
            {
                "Name": name,
                "GatewayIdentifier": "delivery-0123456789",
                "TargetConfiguration": {"Mcp": {"Lambda": function}},
                "MetadataConfiguration": {"AllowedRequestHeaders": ["X-Switchboard-Invocation-Id"]},
            },
        )

    def policy(self, name: str, statement: str) -> None:
        self.register(
            f"policy-{name}",
            "Policy",
            {
                "Name": name,
                "PolicyEngineId": ENGINE.rsplit("/", 1)[-1],
                "Definition": {"Cedar": {"Statement": statement}},
            },
        )

    def deploy_desk(self, **properties: Any) -> None:
        """The desk's gateway with its interceptor; its audience is its own id."""
        authorizer = {"DiscoveryUrl": f"{CONNECT}{DISCOVERY}", "AllowedAudience": [DESK]}
        self.register(
            DESK,
            "Gateway",
            {
                "Name": "poc-desk",
                "AuthorizerType": "CUSTOM_JWT",
                "AuthorizerConfiguration": {"CustomJWTAuthorizer": authorizer},
                "InterceptorConfigurations": [
                    {
                        "InterceptionPoints": ["REQUEST"],
                        "Interceptor": {"Lambda": {"Arn": f"{LAMBDA}interceptor"}},
                        "InputConfiguration": {"PassRequestHeaders": True},
                    }
                ],
                **properties,
            },
            attributes={"GatewayIdentifier": DESK},
        )
        self.deploy_api()
        self.deploy_key(ApiKey="the-key")

    def deploy_api(self, schema: dict[str, Any] | None = None, **provider: Any) -> None:
        """Its only target."""
        credential = {
            "ProviderArn": PROVIDER,
            "CredentialLocation": "HEADER",
            "CredentialParameterName": "x-api-key",
            **provider,
        }
        self.register(
            "target-itsm",
            "GatewayTarget",
            {
                "Name": "itsm",
                "GatewayIdentifier": DESK,
                "TargetConfiguration": {
                    "Mcp": {"OpenApiSchema": schema or {"InlinePayload": json.dumps(DESK_API)}}
                },
                "CredentialProviderConfigurations": [
                    {
                        "CredentialProviderType": "API_KEY",
                        "CredentialProvider": {"ApiKeyCredentialProvider": credential},
                    }
                ],
                "MetadataConfiguration": {"AllowedRequestHeaders": ["X-Contact"]},
            },
        )

    def deploy_key(self, **properties: Any) -> None:
        """The provider of its key."""
        self.register("provider", "ApiKeyCredentialProvider", properties)
        path = self.home / "registry" / "provider.json"
        path.write_text(json.dumps({**json.loads(path.read_text()), "physical_id": PROVIDER}))

    def read_secret(self, secret_id: str) -> str:
        if secret_id not in self.secrets:
            raise NotFoundError(secret_id)
        return self.secrets[secret_id]

    def contact_token(self, contact_id: str = "contact-1", **changes: Any) -> str:
        """What Connect presents for a contact."""
        claims = {
            "iss": CONNECT,
            "aud": [DESK],
            "sub": "instance-1",
            "contact_id": contact_id,
            "exp": int(time.time()) + 300,
            **changes,
        }
        return self.connect_key.sign({key: v for key, v in claims.items() if v is not None})

    def token(self, agent_type: str | None = "code", **changes: Any) -> str:
        claims = {
            "iss": self.issuer,
            "aud": AUDIENCE,
            "client_id": CLIENT_ID,
            "sub": "user-7",
            "agent_type": agent_type,
            "invocation_id": "01JD2Q3R4S5T6V7W8X9Y0ZABCD",
            "work_branch": "switchboard/01jd2q3r4s5t6v7w8x9y0zabcd",
            "exp": int(time.time()) + 600,
            **changes,
        }
        return self.key.sign({key: value for key, value in claims.items() if value is not None})

    def journal(self) -> list[dict[str, Any]]:
        path = self.home / "journal" / "tools.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()]


def echo(event: Any, custom: Any) -> Any:
    return {"event": event, "custom": custom}


@contextmanager
def servers() -> Iterator[Callable[[Any], str]]:
    """Run ASGI apps in threads on free ports; `serve(app)` gives the URL."""
    running: list[tuple[uvicorn.Server, threading.Thread, socket.socket]] = []

    def start(app: Any) -> str:
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        listener.listen(128)  # who connects before the server runs waits
        config = uvicorn.Config(app, log_level="error", ws="none", lifespan="on")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        running.append((server, thread, listener))
        return f"http://127.0.0.1:{listener.getsockname()[1]}"

    yield start
    for server, _, _ in running:
        server.should_exit = True
    for _, thread, listener in running:
        thread.join(20)
        assert not thread.is_alive()
        listener.close()


@pytest.fixture
def serve() -> Iterator[Callable[[Any], str]]:
    with servers() as start:
        yield start


def _issuer(key: SigningKey, name: str = "") -> Starlette:
    """Discovery and keys of an issuer that is called `name`, or by its address."""

    async def discovery(request: Request) -> Response:
        issuer = name or str(request.base_url).rstrip("/")
        return JSONResponse({"issuer": issuer, "jwks_uri": f"{issuer}/keys"})

    async def keys(_request: Request) -> Response:
        return JSONResponse(key.jwks())

    return Starlette(routes=[Route(DISCOVERY, discovery), Route("/keys", keys)])


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """One server for all tests; what is deployed on it belongs to each test."""
    home = tmp_path_factory.mktemp("home")
    (home / "registry").mkdir()
    keys = [SigningKey.kept_in(home / name) for name in ("key.pem", "connect.pem")]
    gateway = Gateway(home, MemoryFunctions(), *keys)
    outside = Outside(gateway.functions, gateway.http, gateway.documents, gateway.read_secret)
    with servers() as serve:
        gateway.issuer = serve(_issuer(gateway.key))
        connect = serve(_issuer(gateway.connect_key, CONNECT))
        ports = {"port_agentcore": gateway.issuer, "port_connect": connect}
        numbers = {name: int(url.rsplit(":", 1)[1]) for name, url in ports.items()}
        settings = LocalSettings(home=home, port_engine=4, **numbers)
        gateway.api = api_url(settings, API)
        gateway.url = serve(create_app(settings, outside)) + "/mcp"
        yield gateway


@pytest.fixture
def gateway(running: Gateway) -> Gateway:
    """A deployed gateway; its interceptor adds an invocation id."""
    for path in (*running.home.glob("registry/*"), *running.home.glob("journal/*")):
        path.unlink()
    running.deploy()
    running.interceptor = None
    running.functions.calls.clear()
    for name in ("github", "prototype"):
        running.functions.register(LAMBDA + name, echo)

    def intercept(event: Any, custom: Any) -> Any:
        if running.interceptor:
            return running.interceptor(event, custom)
        headers = {"X-Switchboard-Invocation-Id": "from the interceptor", "X-Other": "1"}
        request = {"headers": headers, "body": event["mcp"]["gatewayRequest"]["body"]}
        return {"interceptorOutputVersion": "1.0", "mcp": {"transformedGatewayRequest": request}}

    running.functions.register(f"{LAMBDA}interceptor", intercept)
    return running


@pytest.fixture
def desk(gateway: Gateway) -> Gateway:
    """Beside the delivery gateway, the desk's: its interceptor binds caller and contact."""

    def bind(event: Any, _custom: Any) -> Any:
        given = event["mcp"]["gatewayRequest"]["body"]["params"]
        bound = {"caller": "caller-one", "caller_id": "caller-one"}
        body = {"params": {**given, "arguments": {**given["arguments"], **bound}}}
        request = {"headers": {"X-Contact": "contact-1"}, "body": body}
        return {"interceptorOutputVersion": "1.0", "mcp": {"transformedGatewayRequest": request}}

    gateway.interceptor = bind
    gateway.deploy_desk()
    gateway.http.requests.clear()
    gateway.documents.texts.clear()
    gateway.secrets.clear()
    gateway.http.register(gateway.api, lambda request: HttpAnswer(200, '{"ok": true}'))
    return gateway
