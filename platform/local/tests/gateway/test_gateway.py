"""The gateway through real MCP clients: who gets in, what is seen and permitted, what arrives."""

import asyncio
import json
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import httpx2
import pytest
from mcp import types
from mcp.client import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError

from switchboard.local.agentcore.identity import SigningKey

WORK_BRANCH = "switchboard/01jd2q3r4s5t6v7w8x9y0zabcd"
SEARCH = "x_amz_bedrock_agentcore_search"
RIGHTS = ("GetPolicyEngine", "PartiallyAuthorizeActions", "AuthorizeAction")
LAMBDA = "arn:aws:lambda:us-east-1:111122223333:function:"


def using(
    gateway: Any, use: Callable[[Client], Awaitable[Any]], token: str = "", mode: Any = "auto"
) -> Any:
    """What `use` returns, given an MCP client that presents the token."""

    async def main() -> Any:
        headers = {"Authorization": f"Bearer {token or gateway.token()}"}
        async with (
            httpx2.AsyncClient(headers=headers, timeout=20, verify=False) as http,
            Client(streamable_http_client(gateway.url, http_client=http), mode=mode) as client,
        ):
            return await use(client)

    return asyncio.run(main())


def listed(gateway: Any, token: str = "", **more: Any) -> list[str]:
    result = using(gateway, lambda client: client.list_tools(), token, **more)
    return [tool.name for tool in result.tools]


def call(gateway: Any, name: str, arguments: Any, token: str = "") -> tuple[bool, Any]:
    """Whether it is an error, and the text (as JSON where it is JSON)."""
    result: types.CallToolResult = using(
        gateway, lambda client: client.call_tool(name, arguments), token
    )
    text = result.content[0].text
    return bool(result.is_error), json.loads(text) if text.startswith("{") else text


def push(gateway: Any, token: str = "", branch: str = WORK_BRANCH) -> tuple[bool, Any]:
    return call(gateway, "github___push_files", {"branch": branch}, token)


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_a_caller_sees_the_tools_of_which_some_call_is_permitted(gateway: Any, mode: str) -> None:
    code = listed(gateway, gateway.token("code"), mode=mode)
    mock = listed(gateway, gateway.token("mock"), mode=mode)
    nobody = listed(gateway, gateway.token(None), mode=mode)

    assert code == [SEARCH, "github___push_files", "github___create_branch"]
    assert mock == [SEARCH, "prototype___s3_upload_prototype"]
    assert nobody == [SEARCH]


def test_a_permitted_call_reaches_its_function_in_agentcores_wire(gateway: Any) -> None:
    is_error, answer = push(gateway)

    assert is_error is False
    assert answer["event"] == {"branch": WORK_BRANCH}
    assert answer["custom"] == {
        "bedrockAgentCoreMessageVersion": "1.0",
        "bedrockAgentCoreToolName": "github___push_files",
        "bedrockAgentCoreGatewayId": "delivery-0123456789",
        "bedrockAgentCoreTargetId": "target-github",
        "bedrockAgentCorePropagatedHeaders": {
            "x-switchboard-invocation-id": "from the interceptor"
        },
    }


def test_a_denied_call_names_the_policy_and_reaches_nothing(gateway: Any) -> None:
    is_error, text = push(gateway, branch="main")

    assert is_error is True
    assert text.startswith("AuthorizeActionException - Tool Execution Denied: ")
    assert "only_the_work_branch" in text
    assert gateway.functions.calls == []


def test_what_no_policy_permits_is_denied(gateway: Any) -> None:
    is_error, text = push(gateway, gateway.token("mock"))

    assert is_error is True
    assert "No policy applies to the request (denied by default)." in text


def test_policies_that_cannot_be_read_deny_everything(gateway: Any) -> None:
    gateway.policy("broken", "permit(principal, action")

    is_error, text = push(gateway)

    assert is_error is True
    assert "The policies cannot be read" in text
    assert listed(gateway) == [SEARCH]


def test_a_new_policy_counts_at_once(gateway: Any) -> None:
    assert push(gateway)[0] is False

    gateway.policy("nobody", "forbid(principal, action, resource is AgentCore::Gateway);")

    assert "Policy evaluation denied due to nobody" in push(gateway)[1]


def test_a_gateway_that_only_logs_denies_nothing(gateway: Any) -> None:
    engine = "arn:aws:bedrock-agentcore:us-east-1:111122223333:policy-engine/delivery-0123456789"
    gateway.deploy(PolicyEngineConfiguration={"Arn": engine, "Mode": "LOG_ONLY"})

    assert push(gateway, branch="main")[0] is False


def test_arguments_without_a_counterpart_in_cedar_do_not_break_the_decision(gateway: Any) -> None:
    arguments = {"branch": WORK_BRANCH, "ratio": 1.5, "none": None, "deep": [{"a": None}, None]}

    is_error, answer = call(gateway, "github___push_files", arguments)

    assert is_error is False
    assert answer["event"] == arguments


def test_an_unknown_tool_is_an_invalid_parameter(gateway: Any) -> None:
    async def delete(client: Client) -> MCPError:
        with pytest.raises(MCPError) as caught:
            await client.call_tool("github___delete_branch", {})
        return caught.value

    error = using(gateway, delete)

    assert (error.code, error.message) == (-32602, "Unknown tool: github___delete_branch")


def refused(gateway: Any, token: str | None) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
    answer = httpx.post(gateway.url, json=body, headers=headers, verify=False)
    assert answer.headers["www-authenticate"].startswith("Bearer resource_metadata=")
    return answer


def test_no_token_is_401(gateway: Any) -> None:
    answer = refused(gateway, None)

    assert answer.status_code == 401
    assert answer.json()["error"]["message"] == "Missing Bearer token"


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": 1},
        {"iss": "http://127.0.0.1:1"},
        {"aud": "another-gateway"},
        {"sub": None},
        {"exp": None},
    ],
)
def test_a_token_that_is_expired_or_for_somebody_else_is_401(
    gateway: Any, changes: dict[str, Any]
) -> None:
    assert refused(gateway, gateway.token(**changes)).status_code == 401


def test_a_forged_or_broken_token_is_401(gateway: Any, tmp_path: Any) -> None:
    forger = SigningKey.kept_in(tmp_path / "forger.pem")
    forged = forger.sign({"iss": gateway.issuer, "sub": "x", "exp": int(time.time()) + 60})
    head, body, signature = gateway.token().split(".")

    for token in (forged, "junk", f"{head}.{body[:-2]}.{signature}", f"{head}.{body}."):
        assert refused(gateway, token).status_code == 401


def test_a_gateway_that_names_its_clients_takes_no_other(gateway: Any) -> None:
    gateway.deploy(
        AuthorizerConfiguration={"CustomJWTAuthorizer": {"AllowedClients": ["the-client"]}}
    )

    assert refused(gateway, gateway.token()).status_code == 401
    assert push(gateway, gateway.token(client_id="the-client"))[0] is False


def test_an_interceptor_sees_request_and_headers_in_agentcores_wire(gateway: Any) -> None:
    push(gateway)

    arn, event, _ = gateway.functions.calls[0]
    assert arn == f"{LAMBDA}interceptor"
    assert event["interceptorInputVersion"] == "1.0"
    request = event["mcp"]["gatewayRequest"]
    assert (request["path"], request["httpMethod"]) == ("/mcp", "POST")
    assert request["headers"]["authorization"].startswith("Bearer ")
    assert request["body"]["params"] == {
        "name": "github___push_files",
        "arguments": {"branch": WORK_BRANCH},
    }
    assert event["mcp"]["rawGatewayRequest"]["body"] == request["body"]


def test_an_interceptor_may_answer_itself(gateway: Any) -> None:
    result = {"content": [{"type": "text", "text": "not today"}], "isError": True}
    response = {"statusCode": 200, "body": {"result": result}}
    gateway.interceptor = lambda *_: {"mcp": {"transformedGatewayResponse": response}}

    assert push(gateway) == (True, "not today")
    assert [arn for arn, _, _ in gateway.functions.calls] == [f"{LAMBDA}interceptor"]


def test_an_interceptor_that_fails_stops_the_call(gateway: Any) -> None:
    def broken(*_: Any) -> Any:
        raise RuntimeError("out of order")

    gateway.interceptor = broken

    is_error, answer = push(gateway)

    assert is_error is True
    assert "out of order" in answer["error"]["message"]
    assert [arn for arn, _, _ in gateway.functions.calls] == [f"{LAMBDA}interceptor"]


def test_a_header_of_the_caller_does_not_outweigh_the_interceptors(gateway: Any) -> None:
    body = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "tools/call",
        "params": {"name": "github___push_files", "arguments": {"branch": WORK_BRANCH}},
    }
    headers = {
        "Authorization": f"Bearer {gateway.token()}",
        "X-Switchboard-Invocation-Id": "made up",
    }

    assert httpx.post(gateway.url, json=body, headers=headers, verify=False).status_code == 200

    custom = gateway.functions.calls[-1][2]
    assert custom["bedrockAgentCorePropagatedHeaders"] == {
        "x-switchboard-invocation-id": "from the interceptor"
    }


def test_a_functions_error_answer_is_an_error_result(gateway: Any) -> None:
    error = {"code": "TOOL_AUTH_FAILED", "message": "expired", "remediation": "renew it"}
    gateway.functions.register(f"{LAMBDA}github", lambda *_: {"error": error})

    assert push(gateway) == (True, {"error": error})


def test_a_function_that_raises_is_an_error_result(gateway: Any) -> None:
    def broken(*_: Any) -> Any:
        raise ValueError("no such thing")

    gateway.functions.register(f"{LAMBDA}github", broken)

    is_error, answer = push(gateway)

    assert is_error is True
    assert answer["error"]["code"] == "TOOL_FAILED"
    assert "ValueError: no such thing" in answer["error"]["message"]


def test_a_tool_is_found_by_describing_it_among_those_permitted(gateway: Any) -> None:
    code = call(gateway, SEARCH, {"query": "commit some files"})[1]["tools"]
    mock = call(gateway, SEARCH, {"query": "commit files"}, gateway.token("mock"))[1]["tools"]

    assert [tool["name"] for tool in code] == ["github___push_files"]
    assert mock == []


def test_each_call_leaves_a_line_with_its_latency_and_without_content(gateway: Any) -> None:
    push(gateway)
    push(gateway, branch="main")

    lines = gateway.journal()
    assert [(line["decision"], line["ok"]) for line in lines] == [("allow", True), ("deny", False)]
    for line in lines:
        ids = {"invocation_id", "correlation_id", "contact_id"}
        assert set(line) == ids | {"time", "agent_type", "tool", "decision", "ms", "ok"}
        assert line["tool"] == "github___push_files"
        assert line["ms"] > 0


def test_calls_run_in_parallel(gateway: Any) -> None:
    meeting = threading.Barrier(4, timeout=10)
    gateway.functions.register(f"{LAMBDA}github", lambda *_: {"arrived": meeting.wait() >= 0})

    async def together(client: Client) -> list[types.CallToolResult]:
        one = [client.call_tool("github___push_files", {"branch": WORK_BRANCH}) for _ in range(4)]
        return await asyncio.gather(*one)

    answers = using(gateway, together)

    assert [json.loads(answer.content[0].text) for answer in answers] == [{"arrived": True}] * 4


def test_what_the_gateway_does_with_its_role_is_noted_for_the_usage_proof(gateway: Any) -> None:
    gateway.deploy(RoleArn="arn:aws:iam::111122223333:role/delivery-gateway")

    listed(gateway)
    call(gateway, "github___push_files", {"branch": WORK_BRANCH})

    lines = (gateway.home / "journal" / "aws.jsonl").read_text().splitlines()
    needs = {tuple(need) for line in map(json.loads, lines) for need in line["needs"]}
    assert {f"bedrock-agentcore:{name}" for name in RIGHTS} | {"lambda:InvokeFunction"} == {
        action for action, _resource in needs
    }
    assert {resource for action, resource in needs if action.startswith("lambda:")} == {
        f"{LAMBDA}interceptor",
        f"{LAMBDA}github",
    }
