"""The deployed gateway in front of the deployed tools: who may call what, and what happens once."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from switchboard.events.envelope import new_id
from switchboard.local import wiring
from switchboard.local.settings import LocalSettings
from switchboard.tools.manifest import ALLOW_LIST, all_tools


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
@pytest.mark.parametrize("kind", ALLOW_LIST)
def test_an_agent_is_shown_exactly_the_tools_of_its_row_and_denied_every_other(
    agent: Callable[..., Any], kind: str
) -> None:
    one = agent(kind)
    others = [tool for tool in all_tools() if tool not in ALLOW_LIST[kind]]
    own = {"owner": "acme", "repo": "storefront", "branch": one.branch, "head": one.branch}

    assert one.tools() == set(ALLOW_LIST[kind])
    assert [
        tool
        for tool in others
        if not denied(one.call(tool, **own, page_id=one.page_id, parent={"page_id": one.page_id}))
    ] == []


@pytest.mark.requirement("SEC-04", "E")
def test_the_token_of_one_agent_type_is_refused_for_the_tools_of_another(
    agent: Callable[..., Any],
) -> None:
    mock = agent("mock")

    result = mock.call(
        "github___create_branch", owner="acme", repo="storefront", branch=mock.branch
    )

    assert denied(result)


@pytest.mark.requirement("SEC-04", "E")
def test_each_agent_type_has_a_client_of_its_own(client_of: Callable[[str], str]) -> None:
    assert len({client_of(kind) for kind in ALLOW_LIST}) == len(ALLOW_LIST)


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
    agent: Callable[..., Any], change: dict[str, str], why: str
) -> None:
    code = agent("code")
    place = {"owner": "acme", "repo": "storefront", "branch": code.branch, **change}

    result = code.call(
        "github___push_files", **place, files=[{"path": "x", "content": "y"}], message="m"
    )

    assert denied(result), why


@pytest.mark.requirement("SEC-07", "E")
def test_no_agent_can_delete_a_page_for_there_is_no_such_tool(
    agent: Callable[..., Any],
) -> None:
    spec = agent("spec")

    result = spec.call("notion___notion-delete-page", page_id="any")

    assert result["isError"]
    assert not [name for kind in ALLOW_LIST for name in ALLOW_LIST[kind] if "delete" in name]


@pytest.mark.requirement("NEW-10", "E")
def test_a_repeated_call_returns_the_pull_request_that_exists_already(
    agent: Callable[..., Any],
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
def test_a_sandbox_session_sees_nothing_of_another(agent: Callable[..., Any]) -> None:
    writer, reader = agent("code"), agent("code")
    look = "import pathlib; print(sorted(str(p) for p in pathlib.Path('.').rglob('*')))"
    secret = [{"path": "secret.txt", "content": "mine"}]

    mine = writer.call("sandbox___execute_code", code=look, files=secret)
    theirs = reader.call("sandbox___execute_code", code=look)

    assert "secret.txt" in mine["content"][0]["text"]
    assert "secret.txt" not in theirs["content"][0]["text"]


@pytest.mark.requirement("SEC-13", "U")
def test_a_prototype_cannot_leave_its_own_folder(agent: Callable[..., Any]) -> None:
    result = agent("mock").call(
        "prototype___s3_upload_prototype", path="../other/index.html", content="<p>"
    )

    assert result["isError"]
