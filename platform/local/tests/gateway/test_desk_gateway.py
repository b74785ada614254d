"""The desk's gateway: whose tokens it takes, and how its tools reach the HTTP API behind them."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import httpx2
import pytest
from mcp import types
from mcp.client import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError

from switchboard.local.gateway.http_targets import HttpAnswer

DESK = "poc-desk-0123456789"
DISCOVERY = "/.well-known/openid-configuration"
CONNECT = "https://poc-desk.my.connect.aws"
CREATE = "itsm___create_ticket"
STATUS = "itsm___get_ticket_status"
LIST = "itsm___list_recent_tickets"
SECRET = "arn:aws:secretsmanager:us-east-1:111122223333:secret:itsm-key-a1b2c3"


def using(gateway: Any, use: Callable[[Client], Awaitable[Any]], token: str = "") -> Any:
    """What `use` returns, given an MCP client that presents the token."""

    async def main() -> Any:
        headers = {"Authorization": f"Bearer {token or gateway.contact_token()}"}
        async with (
            httpx2.AsyncClient(headers=headers, timeout=20, verify=False) as http,
            Client(streamable_http_client(gateway.url, http_client=http)) as client,
        ):
            return await use(client)

    return asyncio.run(main())


def listed(gateway: Any, token: str = "") -> dict[str, types.Tool]:
    result = using(gateway, lambda client: client.list_tools(), token)
    return {tool.name: tool for tool in result.tools}


def call(gateway: Any, name: str, **arguments: Any) -> tuple[bool, str]:
    """Whether it is an error, and the text."""
    result: types.CallToolResult = using(gateway, lambda client: client.call_tool(name, arguments))
    return bool(result.is_error), result.content[0].text


def status_of(gateway: Any, token: str) -> int:
    """The HTTP status of a tools/list with this token."""
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.post(gateway.url, json=body, headers=headers, verify=False).status_code


def test_the_desk_offers_the_operations_of_its_document_and_nothing_else(desk: Any) -> None:
    tools = listed(desk)

    assert list(tools) == [CREATE, LIST, STATUS]
    assert tools[CREATE].description == "Open a ticket"
    assert tools[CREATE].input_schema == {
        "type": "object",
        "properties": {
            "caller_id": {"type": "string"},
            "issue_description": {"type": "string"},
            "impact": {"type": "integer", "minimum": 1, "maximum": 3},
        },
        "required": ["caller_id", "issue_description"],
    }


def test_a_connect_token_for_the_gateways_own_id_gets_in_and_the_key_goes_out(desk: Any) -> None:
    assert call(desk, STATUS, ticket_id="INC0000013") == (False, '{"ok": true}')

    [request] = desk.http.requests
    assert request.headers["x-api-key"] == "the-key"


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": ["another-gateway"]},
        {"aud": ["arn:aws:connect:us-east-1:111122223333:instance/instance-1"]},
        {"iss": "https://other.my.connect.aws"},
        {"iss": "https://poc-desk.my.connect.aws.evil.test"},
        {"exp": 1},
        {"sub": None},
    ],
)
def test_a_connect_token_for_another_gateway_instance_or_time_gets_nowhere(
    desk: Any, changes: dict[str, Any]
) -> None:
    assert status_of(desk, desk.contact_token(**changes)) == 401


def test_a_connect_token_never_reaches_the_delivery_gateway(desk: Any) -> None:
    # Even one that claims everything the delivery gateway asks of its own agents.
    claims = {"aud": "switchboard-gateway", "client_id": "switchboard-agents"}
    assert status_of(desk, desk.contact_token(**claims)) == 401

    desk.deploy(
        AuthorizerConfiguration={"CustomJWTAuthorizer": {"AllowedClients": ["switchboard-agents"]}}
    )

    assert status_of(desk, desk.contact_token(**claims)) == 401
    assert status_of(desk, desk.token()) == 200


def test_an_agents_token_never_reaches_the_desk(desk: Any) -> None:
    assert status_of(desk, desk.token(aud=[DESK])) == 401
    assert not {CREATE, STATUS, LIST} & set(listed(desk, desk.token()))


def test_the_keys_of_one_issuer_verify_no_token_of_another(desk: Any) -> None:
    claims = {"iss": CONNECT, "aud": [DESK], "sub": "instance-1", "exp": 4_000_000_000}
    as_connect = desk.key.sign(claims)
    as_agent = desk.connect_key.sign(
        {"iss": desk.issuer, "aud": "switchboard-gateway", "sub": "user-7", "exp": 4_000_000_000}
    )

    assert status_of(desk, as_connect) == 401
    assert status_of(desk, as_agent) == 401


@pytest.mark.parametrize("audience", [None, []])
def test_before_its_id_is_its_audience_the_desk_takes_nobody(desk: Any, audience: Any) -> None:
    authorizer = {"DiscoveryUrl": f"{CONNECT}{DISCOVERY}"}
    named = {} if audience is None else {"AllowedAudience": audience}
    desk.deploy_desk(AuthorizerConfiguration={"CustomJWTAuthorizer": {**authorizer, **named}})

    assert status_of(desk, desk.contact_token()) == 401
    assert status_of(desk, desk.contact_token(aud="switchboard-gateway")) == 401


def test_arguments_fill_path_query_and_body_and_unknown_ones_are_dropped(desk: Any) -> None:
    call(desk, STATUS, ticket_id="INC 1/é?", caller="chosen by the model", admin="yes")
    call(desk, CREATE, issue_description="kein Ton ü", impact=2, priority=1)

    status, create = desk.http.requests
    assert (status.method, status.url) == ("GET", f"{desk.api}/tickets/INC%201%2F%C3%A9%3F")
    assert status.query == (("caller", "caller-one"),)
    assert status.body is None
    assert (create.method, create.url, create.query) == ("POST", f"{desk.api}/tickets", ())
    assert create.headers["content-type"] == "application/json"
    assert json.loads(create.body) == {
        "caller_id": "caller-one",
        "issue_description": "kein Ton ü",
        "impact": 2,
    }


@pytest.mark.parametrize("ticket", [{}, {"ticket_id": ""}, {"ticket_id": ".."}])
def test_a_missing_part_of_the_path_is_named_and_nothing_is_sent(
    desk: Any, ticket: dict[str, str]
) -> None:
    is_error, text = call(desk, STATUS, **ticket)

    assert is_error is True
    assert json.loads(text)["error"] == {
        "code": "INVALID_ARGUMENT",
        "message": "'ticket_id' is needed: it is a part of the address",
        "remediation": "Call again with this argument.",
    }
    assert desk.http.requests == []


def test_the_interceptor_sees_the_token_and_its_caller_outweighs_the_models(desk: Any) -> None:
    call(desk, LIST, caller="somebody else")

    _, event, _ = desk.functions.calls[-1]
    request = event["mcp"]["gatewayRequest"]
    assert request["headers"]["authorization"].startswith("Bearer ")
    assert request["body"]["params"] == {"name": LIST, "arguments": {"caller": "somebody else"}}
    [sent] = desk.http.requests
    assert sent.query == (("caller", "caller-one"),)


def test_only_headers_the_target_allows_reach_the_api_and_never_the_callers_token(
    desk: Any,
) -> None:
    call(desk, LIST)

    [request] = desk.http.requests
    assert request.headers == {
        "x-contact": "contact-1",
        "accept": "application/json",
        "x-api-key": "the-key",
    }


def test_an_interceptor_may_answer_for_the_api(desk: Any) -> None:
    result = {"content": [{"type": "text", "text": "not this contact"}], "isError": True}
    response = {"statusCode": 200, "body": {"result": result}}
    desk.interceptor = lambda *_: {"mcp": {"transformedGatewayResponse": response}}

    assert call(desk, LIST) == (True, "not this contact")
    assert desk.http.requests == []


def test_an_interceptor_that_fails_keeps_the_call_from_the_api(desk: Any) -> None:
    def broken(*_: Any) -> Any:
        raise RuntimeError("out of order")

    desk.interceptor = broken

    is_error, text = call(desk, LIST)

    assert is_error is True
    assert "out of order" in json.loads(text)["error"]["message"]
    assert desk.http.requests == []


@pytest.mark.parametrize("status", [400, 403, 404, 429, 500])
def test_an_error_of_the_api_is_an_error_with_its_body(desk: Any, status: int) -> None:
    body = '{"code": "NOT_FOUND", "message": "There is no such ticket."}'
    desk.http.register(desk.api, lambda _: HttpAnswer(status, body))

    assert call(desk, STATUS, ticket_id="INC0000013") == (True, body)


def test_an_answer_without_a_body_says_its_status(desk: Any) -> None:
    desk.http.register(desk.api, lambda _: HttpAnswer(503, ""))

    assert call(desk, LIST) == (True, "HTTP 503")


def test_an_api_that_does_not_answer_is_a_failed_tool(desk: Any) -> None:
    def slow(_request: Any) -> HttpAnswer:
        raise TimeoutError

    desk.http.register(desk.api, slow)

    is_error, text = call(desk, LIST)

    assert is_error is True
    error = json.loads(text)["error"]
    assert error["code"] == "TOOL_FAILED"
    assert "ReadTimeout" in error["message"]


def test_the_key_goes_where_the_target_says_with_its_prefix(desk: Any) -> None:
    desk.deploy_api(CredentialParameterName="Authorization", CredentialPrefix="Bearer ")
    call(desk, LIST)
    desk.deploy_api(CredentialLocation="QUERY_PARAMETER", CredentialParameterName="caller")
    call(desk, LIST)

    in_header, in_query = desk.http.requests
    assert in_header.headers["authorization"] == "Bearer the-key"
    assert in_query.query == (("caller", "the-key"),)
    assert "authorization" not in in_query.headers


@pytest.mark.parametrize(
    ("json_key", "secret"), [("key", '{"key": "from the vault"}'), ("", "from the vault")]
)
def test_a_key_in_a_secret_is_read_from_there(desk: Any, json_key: str, secret: str) -> None:
    desk.secrets[SECRET] = secret
    named = {"JsonKey": json_key} if json_key else {}
    desk.deploy_key(ApiKeySecretConfig={"SecretId": SECRET, **named})

    call(desk, LIST)

    assert desk.http.requests[-1].headers["x-api-key"] == "from the vault"


@pytest.mark.parametrize(
    "provider",
    [
        {},
        {"ApiKeySecretConfig": {"SecretId": "nowhere"}},
        {"ApiKeySecretConfig": {"SecretId": SECRET, "JsonKey": "other"}},
    ],
)
def test_a_provider_without_a_key_is_named_and_nothing_is_sent(desk: Any, provider: Any) -> None:
    desk.secrets[SECRET] = '{"key": "x"}'
    desk.deploy_key(**provider)

    is_error, text = call(desk, LIST)

    assert is_error is True
    error = json.loads(text)["error"]
    assert error["code"] == "TOOL_AUTH_FAILED"
    assert "apikeycredentialprovider/poc-itsm-api-key" in error["message"]
    assert desk.http.requests == []


def test_a_document_in_s3_is_looked_for_until_it_is_there(desk: Any) -> None:
    document = json.loads((desk.home / "registry" / "target-itsm.json").read_text())
    schema = document["properties"]["TargetConfiguration"]["Mcp"]["OpenApiSchema"]
    desk.deploy_api({"S3": {"Uri": "s3://docs/openapi.json"}})
    assert listed(desk) == {}

    desk.documents.texts["s3://docs/openapi.json"] = schema["InlinePayload"]

    assert list(listed(desk)) == [CREATE, LIST, STATUS]


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        (
            {"ApiGateway": {"RestApiId": "abc", "Stage": "poc"}},
            "its kind (ApiGateway) is not served here: use Lambda or OpenApiSchema",
        ),
        (
            {"OpenApiSchema": {"InlinePayload": '{"swagger": "2.0"}'}},
            "its OpenAPI document: OpenAPI 3.0 or 3.1 is needed, not 'none'",
        ),
    ],
)
def test_a_target_that_is_not_served_says_so_and_harms_no_other(
    desk: Any, target: dict[str, Any], reason: str
) -> None:
    configuration = {"Name": "other", "GatewayIdentifier": DESK}
    properties = {**configuration, "TargetConfiguration": {"Mcp": target}}
    desk.register("target-other", "GatewayTarget", properties)

    async def use(client: Client) -> MCPError:
        with pytest.raises(MCPError) as caught:
            await client.call_tool("other___thing", {})
        return caught.value

    assert list(listed(desk)) == [CREATE, LIST, STATUS]
    assert using(desk, use).message == (
        f"Unknown tool: other___thing (the target other offers no tools: {reason})"
    )


def test_each_call_leaves_a_line_that_names_the_contact_and_nothing_said(desk: Any) -> None:
    call(desk, CREATE, issue_description="my secret problem")

    [line] = desk.journal()
    assert (line["contact_id"], line["tool"], line["ok"]) == ("contact-1", CREATE, True)
    assert "secret" not in json.dumps(line)


def test_what_a_gateway_does_with_its_role_is_noted_for_the_usage_proof(desk: Any) -> None:
    desk.deploy_desk(RoleArn="arn:aws:iam::111122223333:role/desk-gateway")
    desk.deploy_key(ApiKeySecretConfig={"SecretId": SECRET, "JsonKey": "value"})
    desk.secrets[SECRET] = json.dumps({"value": "sesame"})

    call(desk, STATUS, ticket_id="INC0001")

    lines = (desk.home / "journal" / "aws.jsonl").read_text().splitlines()
    needs = [need for line in map(json.loads, lines) for need in line["needs"]]
    assert {line["role"] for line in map(json.loads, lines)} == {"desk-gateway"}
    assert ["secretsmanager:GetSecretValue", SECRET] in needs
    assert {action for action, _resource in needs} == {
        "lambda:InvokeFunction",
        "bedrock-agentcore:GetWorkloadAccessToken",
        "bedrock-agentcore:GetResourceApiKey",
        "secretsmanager:GetSecretValue",
    }
    assert "sesame" not in str(lines)
