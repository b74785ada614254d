"""The deployed gateway in front of the deployed tools: who may call what, and what happens once."""

import json
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from switchboard.events.envelope import new_id
from switchboard.local import wiring
from switchboard.local.agentcore.identity import IssueToken, SigningKey, Workload
from switchboard.local.agentcore.identity_door import OAUTH2_PROVIDER
from switchboard.local.agentcore.registry import Registry
from switchboard.local.notion.client import LocalWorkspace
from switchboard.local.settings import LocalSettings
from switchboard.tools.manifest import ALLOW_LIST

SEARCH_TOOL = "x_amz_bedrock_agentcore_search"


def client_id(settings: LocalSettings, kind: str) -> str:
    """The client of the credential provider that is deployed for this kind of agent."""
    (provider,) = (
        found
        for found in Registry(settings.home / "registry").of_type(OAUTH2_PROVIDER)
        if found.property("Name") == f"switchboard-gateway-dev-{kind.replace('_', '-')}"
    )
    config = provider.property("Oauth2ProviderConfigInput", "CustomOauth2ProviderConfig")
    return str(config["ClientId"])


class Agent:
    """An agent at the gateway: a token for one invocation, and plain JSON-RPC."""

    def __init__(self, settings: LocalSettings, kind: str, page_id: str) -> None:
        self.invocation_id = new_id()
        self.branch = f"switchboard/{self.invocation_id.lower()}"
        payload = {
            "invocation_id": self.invocation_id,
            "project_id": "proj-demo",
            "notion_page_id": page_id,
            "project": {"github_repo": "acme/storefront"},
        }
        key = SigningKey.kept_in(settings.home / "identity/key.pem")
        issue = IssueToken(key, settings.agentcore_url, time.time)
        workload = Workload.of_invocation(kind, "ada", payload)
        self.token = issue(workload, client_id(settings, kind), [f"gateway/{kind}"])
        self._url = settings.mcp_url

    def ask(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        answer = httpx.post(
            self._url,
            json={"jsonrpc": "2.0", "id": 1, "method": method, "params": params},
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=30,
        )
        assert answer.status_code == 200, answer.text
        body = answer.json()
        refused = {"isError": True, "content": [{"text": str(body.get("error"))}]}
        result: dict[str, Any] = body.get("result", refused)
        return result

    def tools(self) -> set[str]:
        return {tool["name"] for tool in self.ask("tools/list", {})["tools"]} - {SEARCH_TOOL}

    def call(self, tool: str, **arguments: Any) -> dict[str, Any]:
        return self.ask("tools/call", {"name": tool, "arguments": arguments})


@pytest.fixture
def agent(settings: LocalSettings, board: LocalWorkspace) -> Callable[[str], Agent]:
    page = board.create_story("At the gateway", "text")
    return lambda kind: Agent(settings, kind, str(page["id"]))


def denied(result: dict[str, Any]) -> bool:
    text = result["content"][0]["text"]
    return bool(result["isError"]) and "AuthorizeActionException" in text


@pytest.mark.requirement("S001-FR-019", "E")
@pytest.mark.requirement("GTW-01", "E")
@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer junk"}])
def test_nobody_passes_without_a_valid_token(
    settings: LocalSettings, header: dict[str, str]
) -> None:
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}

    answer = httpx.post(settings.mcp_url, json=body, headers=header)

    assert answer.status_code == 401
    assert "Bearer" in answer.headers["www-authenticate"]


@pytest.mark.requirement("AGT-21", "E")
@pytest.mark.requirement("GTW-01", "E")
@pytest.mark.parametrize("kind", ["code", "mock", "spec", "review"])
def test_an_agent_is_shown_exactly_the_tools_of_its_row(
    agent: Callable[[str], Agent], kind: str
) -> None:
    assert agent(kind).tools() == set(ALLOW_LIST[kind])


@pytest.mark.requirement("SEC-04", "E")
def test_the_token_of_one_agent_type_is_refused_for_the_tools_of_another(
    agent: Callable[[str], Agent],
) -> None:
    mock = agent("mock")

    result = mock.call(
        "github___create_branch", owner="acme", repo="storefront", branch=mock.branch
    )

    assert denied(result)


@pytest.mark.requirement("SEC-04", "E")
def test_each_agent_type_has_a_client_of_its_own(settings: LocalSettings) -> None:
    assert len({client_id(settings, kind) for kind in ALLOW_LIST}) == len(ALLOW_LIST)


@pytest.mark.requirement("SEC-04", "E")
def test_the_deployed_token_hook_refuses_a_type_that_is_not_the_clients(
    settings: LocalSettings,
) -> None:
    functions = wiring.client("lambda", settings)
    (hook,) = (
        function["FunctionName"]
        for page in functions.get_paginator("list_functions").paginate()
        for function in page["Functions"]
        if function["Handler"] == "switchboard.tools.token_claims.handler.handler"
    )

    def refused(agent_type: str, scope: str) -> bool:
        metadata = {"agent_type": agent_type, "invocation_id": new_id()}
        event = {"request": {"clientMetadata": metadata, "scopes": [scope]}, "response": {}}
        answer = functions.invoke(FunctionName=hook, Payload=json.dumps(event).encode())
        return "ClaimsRefusedError" in answer["Payload"].read().decode()

    assert refused("code", "gateway/mock")
    assert not refused("mock", "gateway/mock")


@pytest.mark.requirement("SEC-07", "E")
@pytest.mark.requirement("NEW-09", "E")
@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"branch": "main"}, "the default branch"),
        ({"branch": "switchboard/somebody-else"}, "another invocation's branch"),
        ({"repo": "payments"}, "another repository"),
        ({"owner": "mallory"}, "another owner"),
    ],
)
def test_an_agent_writes_to_nothing_but_its_own_work_branch(
    agent: Callable[[str], Agent], change: dict[str, str], why: str
) -> None:
    code = agent("code")
    place = {"owner": "acme", "repo": "storefront", "branch": code.branch, **change}

    result = code.call(
        "github___push_files", **place, files=[{"path": "x", "content": "y"}], message="m"
    )

    assert denied(result), why


@pytest.mark.requirement("SEC-07", "E")
def test_no_agent_can_delete_a_page_for_there_is_no_such_tool(
    agent: Callable[[str], Agent],
) -> None:
    spec = agent("spec")

    result = spec.call("notion___notion-delete-page", page_id="any")

    assert result["isError"]
    assert not [name for kind in ALLOW_LIST for name in ALLOW_LIST[kind] if "delete" in name]


@pytest.mark.requirement("NEW-10", "E")
def test_a_repeated_call_returns_the_pull_request_that_exists_already(
    agent: Callable[[str], Agent],
) -> None:
    code = agent("code")
    place = {"owner": "acme", "repo": "storefront"}
    files = [{"path": f"notes/{code.invocation_id}.md", "content": "once"}]
    code.call("github___create_branch", **place, branch=code.branch)
    code.call("github___push_files", **place, branch=code.branch, files=files, message="m")
    pull = {**place, "title": "Once", "head": code.branch, "base": "main"}

    first, second = (code.call("github___create_pull_request", **pull) for _ in range(2))

    assert not first["isError"], first
    numbers = [json.loads(result["content"][0]["text"])["number"] for result in (first, second)]
    assert numbers[0] == numbers[1]


@pytest.mark.requirement("SEC-05", "E")
def test_a_sandbox_session_sees_nothing_of_another(agent: Callable[[str], Agent]) -> None:
    writer, reader = agent("code"), agent("code")
    look = "import pathlib; print(sorted(str(p) for p in pathlib.Path('.').rglob('*')))"
    secret = [{"path": "secret.txt", "content": "mine"}]

    mine = writer.call("sandbox___execute_code", code=look, files=secret)
    theirs = reader.call("sandbox___execute_code", code=look)

    assert "secret.txt" in mine["content"][0]["text"]
    assert "secret.txt" not in theirs["content"][0]["text"]


@pytest.mark.requirement("SEC-13", "U")
def test_a_prototype_cannot_leave_its_own_folder(agent: Callable[[str], Agent]) -> None:
    result = agent("mock").call(
        "prototype___s3_upload_prototype", path="../other/index.html", content="<p>"
    )

    assert result["isError"]
