"""A tool of the desk's gateway over deployed resources: interceptor, API key, API, table."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from switchboard.local.agentcore.identity import SigningKey
from switchboard.local.engine.registry import Registry
from switchboard.local.gateway.app import create_app
from switchboard.local.gateway.issuers import DISCOVERY

CONNECT = "https://probe-desk.my.connect.aws"


@contextmanager
def _served(app, listener) -> Iterator[None]:
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", ws="none", lifespan="on"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    yield
    server.should_exit = True
    thread.join(20)
    assert not thread.is_alive()


def _issuer(key):
    """Connect, under its real name."""

    async def discovery(_request):
        return JSONResponse({"issuer": CONNECT, "jwks_uri": f"{CONNECT}/.well-known/jwks.json"})

    async def keys(_request):
        return JSONResponse(key.jwks())

    return Starlette(routes=[Route(DISCOVERY, discovery), Route("/.well-known/jwks.json", keys)])


@pytest.fixture(scope="module")
def key(tmp_path_factory):
    return SigningKey.kept_in(tmp_path_factory.mktemp("connect") / "key.pem")


@pytest.fixture(scope="module")
def gateway(engine, key):
    """The gateway's URL; its id is made its audience, as the platform's custom resource does."""
    registry = Registry(engine.settings.folder.registry)
    [desk] = [
        item
        for item in registry.of_type("AWS::BedrockAgentCore::Gateway")
        if item.physical_id == engine.outputs["Desk"]
    ]
    authorizer = desk.properties["AuthorizerConfiguration"]["CustomJWTAuthorizer"]
    authorizer["AllowedAudience"] = [desk.physical_id]
    registry.put(desk)
    with (
        socket.create_server(("127.0.0.1", 0)) as front,
        socket.create_server(("127.0.0.1", 0)) as connect,
    ):
        ports = {"port_connect": connect.getsockname()[1], "port_gateway": front.getsockname()[1]}
        settings = engine.settings.model_copy(update=ports)
        with _served(_issuer(key), connect), _served(create_app(settings), front):
            yield f"{settings.mcp_url}"


@pytest.fixture
def ask(gateway, engine, key):
    """Send a JSON-RPC request for a contact, as Connect does."""

    def send(method, audience=None, **parameters):
        claims = {
            "iss": CONNECT,
            "aud": [audience or engine.outputs["Desk"]],
            "sub": "instance-1",
            "contact_id": "contact-1",
            "exp": int(time.time()) + 300,
        }
        return httpx.post(
            gateway,
            json={"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters},
            headers={"Authorization": f"Bearer {key.sign(claims)}"},
        )

    return send


def test_the_tools_are_the_operations_of_the_deployed_document(ask):
    tools = ask("tools/list").json()["result"]["tools"]

    assert [tool["name"] for tool in tools] == ["itsm___create_ticket", "itsm___get_ticket_status"]


@pytest.mark.requirement("GTW-11", "E")
def test_connect_calls_a_tool_and_the_api_gets_the_key_of_the_secret(ask):
    arguments = {"ticket_id": "INC0000013", "caller": "somebody else"}

    result = ask("tools/call", name="itsm___get_ticket_status", arguments=arguments).json()

    # Without the right key API Gateway would have answered 403.
    assert result["result"]["isError"] is False
    assert json.loads(result["result"]["content"][0]["text"]) == {
        "httpMethod": "GET",
        "resource": "/tickets/{ticket_id}",
        "pathParameters": {"ticket_id": "INC0000013"},
        "body": None,
        "query": {"caller": "contact-1"},
    }


@pytest.mark.requirement("GTW-11", "E")
def test_a_token_for_another_gateway_is_refused(ask):
    assert ask("tools/list", audience="probe-gateway").status_code == 401


def test_a_function_that_raises_behind_the_api_tells_its_caller_nothing(ask):
    result = ask("tools/call", name="itsm___create_ticket", arguments={"text": "fail"}).json()

    assert result["result"]["isError"] is True
    assert json.loads(result["result"]["content"][0]["text"]) == {
        "message": "Internal server error"
    }
