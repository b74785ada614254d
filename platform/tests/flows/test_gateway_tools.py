"""The tools behind the deployed gateway: found, decided, authenticated, limited, once, logged."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from switchboard.events.envelope import new_id
from switchboard.local import wiring
from switchboard.local.access import Access
from switchboard.local.agentcore.registry import Registry
from switchboard.local.gateway.deployed import GATEWAY, POLICY
from switchboard.local.notion.client import LocalWorkspace
from switchboard.local.settings import LocalSettings
from switchboard.tools.manifest import all_tools

SEARCH = "x_amz_bedrock_agentcore_search"
POLICIES = Path(__file__).parents[2] / "policies"
TABLE = json.loads((POLICIES / "truth_table.json").read_text())
READING = {"github___get_file_contents", "github___pull_request_read", "notion___notion-fetch"}
CASES = [
    case
    for case in TABLE["cases"]
    if case["tool"] in all_tools() and (case["decision"] == "deny" or case["tool"] in READING)
]
"""Permitted calls that would leave something behind are made by the stories of these tests."""

Agent = Callable[..., Any]


@pytest.mark.requirement("GTW-06", "E")
@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("open a pull request from my branch", "github___create_pull_request"),
        ("write several files in one commit", "github___push_files"),
        ("find pages by what they say", "notion___notion-search"),
    ],
)
def test_a_tool_is_found_by_describing_it(agent: Agent, words: str, found: str) -> None:
    hits = agent("code").answer(SEARCH, query=words)["tools"]

    assert hits[0]["name"] == found
    assert hits[0]["inputSchema"]["type"] == "object"


@pytest.mark.requirement("GTW-06", "E")
@pytest.mark.requirement("AGT-21", "E")
def test_the_search_shows_nothing_the_agent_may_not_call(agent: Agent) -> None:
    hits = agent("spec").answer(SEARCH, query="open a pull request, run code, upload a prototype")

    assert not [h["name"] for h in hits["tools"] if not h["name"].startswith("notion___")]


@pytest.mark.requirement("NEW-09", "E")
@pytest.mark.requirement("SEC-07", "E")
def test_the_deployed_gateway_decides_the_truth_table_as_the_files_say(
    token_of: Callable[[dict[str, str]], str], settings: LocalSettings
) -> None:
    wrong = []
    with httpx.Client(timeout=60) as http:
        for case in CASES:
            claims = {**TABLE["claims"], "agent_type": case["agent"], **case.get("claims", {})}
            for name in case.get("without_claims", []):
                claims.pop(name)
            denied = _denied(http, settings, token_of(claims), case)
            if denied is (case["decision"] == "allow"):
                wrong.append(case["why"])

    assert wrong == []


def _denied(http: httpx.Client, settings: LocalSettings, token: str, case: dict[str, Any]) -> bool:
    params = {"name": case["tool"], "arguments": case["input"]}
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
    answer = http.post(settings.mcp_url, json=body, headers={"Authorization": f"Bearer {token}"})
    return "AuthorizeActionException" in answer.text


@pytest.mark.requirement("GTW-02", "E")
def test_the_notion_tools_read_and_write_under_their_official_names(agent: Agent) -> None:
    deck = agent("demo_deck")
    parent = {"page_id": deck.page_id}
    fields = {"Name": {"title": {}}, "Rating": {"number": {}}}

    page = deck.answer(
        "notion___notion-create-pages", parent=parent, pages=[{"properties": {"title": "Why"}}]
    )["pages"][0]
    database = deck.answer(
        "notion___notion-create-database", parent=parent, title="Feedback", properties=fields
    )
    read = deck.answer("notion___notion-fetch", id=page["id"])
    rows = deck.answer(
        "notion___notion-query-data-sources", data_source_id=database["data_source_id"]
    )
    found = deck.answer("notion___notion-search", query="Why", fresh=True)

    assert read["title"] == "Why"
    assert rows["results"] == []
    assert page["id"] in [hit["id"] for hit in found["results"]]


def only_the_tool_reads(agent: Agent) -> str:
    """What ingress, told of the new page, does not ask for: the fault meets nobody else."""
    return f"{agent.page_id}/markdown"


@pytest.fixture
def notion_seed(access: Access) -> Iterator[Callable[[str], None]]:
    """Puts another Notion token into the secret behind the provider; the good one at the end."""
    arn = access.parameter("platform/notion/token-arn")
    secrets = access.client("secretsmanager")
    good = secrets.get_secret_value(SecretId=arn)["SecretString"]
    yield lambda value: secrets.put_secret_value(
        SecretId=arn, SecretString=json.dumps({"token": value}) if value else good
    )
    secrets.put_secret_value(SecretId=arn, SecretString=good)


@pytest.mark.requirement("ERR-02", "F")
@pytest.mark.requirement("GTW-02", "E")
@pytest.mark.requirement("GTW-08", "F")
def test_the_notion_token_is_what_the_provider_reads_from_the_seed(
    agent: Agent, board: LocalWorkspace, notion_seed: Callable[[str], None]
) -> None:
    spec = agent("spec")
    read = {"id": spec.page_id}
    notion_seed("ntn_expired")
    board.fail_next(count=1, status=401, path_contains=only_the_tool_reads(spec))  # asks again now

    spec.answer("notion___notion-fetch", **read)
    expired = spec.answer("notion___notion-fetch", **read)["error"]
    notion_seed("")
    renewed = spec.answer("notion___notion-fetch", **read)

    assert expired["code"] == "TOOL_AUTH_FAILED"
    assert expired["remediation"]
    assert renewed["title"] == "At the gateway"


@pytest.mark.requirement("ERR-02", "F")
@pytest.mark.requirement("GTW-08", "F")
def test_a_limit_of_notion_reaches_the_agent_as_its_code_with_a_remedy(
    agent: Agent, board: LocalWorkspace
) -> None:
    spec = agent("spec")
    board.fail_next(count=1, status=429, retry_after=600, path_contains=only_the_tool_reads(spec))

    error = spec.answer("notion___notion-fetch", id=spec.page_id)["error"]

    assert error["code"] == "TOOL_RATE_LIMITED"
    assert "Wait" in error["remediation"]


@pytest.mark.requirement("GTW-08", "F")
def test_a_limit_and_a_lost_permission_of_github_have_their_codes(
    agent: Agent, settings: LocalSettings
) -> None:
    code = agent("code")

    def fails_with(status: int) -> str:
        fault = {"count": 1, "status": status, "path_contains": "/contents"}
        httpx.post(f"{settings.github_url}/_local/faults", json=fault).raise_for_status()
        answer = code.answer(
            "github___get_file_contents", owner="acme", repo="storefront", path="README.md"
        )
        return str(answer["error"]["code"])

    assert fails_with(429) == "TOOL_RATE_LIMITED"
    assert fails_with(401) == "TOOL_AUTH_FAILED"


@pytest.mark.requirement("NEW-10", "E")
def test_an_agent_that_is_retried_in_other_words_makes_no_second_page_database_or_pull_request(
    agent: Agent,
) -> None:
    def work(kind: str, words: str, first: Any = None) -> dict[str, Any]:
        known = {"page_id": first.page_id, "invocation_id": first.invocation_id} if first else {}
        one = agent(kind, **known)
        parent, place = {"page_id": one.page_id}, {"owner": "acme", "repo": "storefront"}
        made: dict[str, Any] = {"agent": one}
        if kind == "code":
            files = [{"path": f"notes/{one.invocation_id}.md", "content": words}]
            one.call("github___create_branch", **place, branch=one.branch)
            one.call("github___push_files", **place, branch=one.branch, files=files, message="m")
            pull = {**place, "title": words, "head": one.branch, "base": "main"}
            return {**made, "id": one.answer("github___create_pull_request", **pull)["number"]}
        pages = [{"properties": {"title": title}, "content": words} for title in ("Why", "How")]
        listed = one.answer("notion___notion-create-pages", parent=parent, pages=pages)["pages"]
        database = one.answer(
            "notion___notion-create-database",
            parent=parent,
            title="Feedback",
            properties={words: {"title": {}}},
        )
        return {**made, "id": [database["id"], *(page["id"] for page in listed)]}

    for kind in ("code", "demo_deck"):
        first = work(kind, "First words")
        assert work(kind, "Other words", first["agent"])["id"] == first["id"]


@pytest.mark.requirement("ORC-16", "E")
def test_the_log_lines_of_a_tool_call_carry_the_flow_and_nothing_secret(
    agent: Agent, settings: LocalSettings, board: LocalWorkspace
) -> None:
    spec = agent("spec")
    spec.answer("notion___notion-fetch", id=spec.page_id)
    spec.answer("notion___notion-fetch", id=new_id())

    lines = [json.loads(text) for text in _log_of(settings, "ToolsNotion") if text[:1] == "{"]
    ours = [line for line in lines if line.get("invocation_id") == spec.invocation_id]
    assert [line["message"] for line in ours] == ["tool called", "tool call refused"]
    assert {line["correlation_id"] for line in ours} == {spec.correlation_id}
    assert board.workspace.token not in json.dumps(lines)


def _log_of(settings: LocalSettings, function: str) -> list[str]:
    logs = wiring.client("logs", settings)
    (group,) = (
        group["logGroupName"]
        for page in logs.get_paginator("describe_log_groups").paginate()
        for group in page["logGroups"]
        if f"/{function}" in group["logGroupName"]
    )
    return [
        event["message"].strip()
        for page in logs.get_paginator("filter_log_events").paginate(logGroupName=group)
        for event in page["events"]
    ]


@pytest.fixture
def policy_of_the_day(settings: LocalSettings) -> Iterator[Callable[[str, str], None]]:
    """Deploys one more statement to the delivery gateway's engine; it is gone afterwards."""
    registry = Registry(settings.home / "registry")
    engine = next(
        item.property("PolicyEngineConfiguration", "Arn")
        for item in registry.of_type(GATEWAY)
        if item.property("PolicyEngineConfiguration", "Arn")
    )
    path = settings.home / "registry" / "policy-of-the-day.json"

    def deploy(name: str, statement: str) -> None:
        definition = {"Cedar": {"Statement": statement}}
        properties = {"Name": name, "PolicyEngineId": engine, "Definition": definition}
        known = {"type": POLICY, "stack": "test", "logical_id": name, "physical_id": name}
        resource = {**known, "properties": properties, "attributes": {}}
        path.write_text(json.dumps(resource))

    yield deploy
    path.unlink(missing_ok=True)


@pytest.mark.requirement("SEC-06", "E")
def test_the_gateway_decides_per_user_and_per_tool(
    agent: Agent, token_of: Callable[[dict[str, str]], str], policy_of_the_day: Any
) -> None:
    policy_of_the_day(
        "mallory_writes_nothing",
        "forbid(principal is AgentCore::OAuthUser, action in ["
        'AgentCore::Action::"notion___notion-create-pages"], resource is AgentCore::Gateway) '
        'when { principal.hasTag("acting_user") && principal.getTag("acting_user") == "mallory" };',
    )
    ada, mallory = agent("spec", user="ada"), agent("spec", user="mallory")
    nobody = agent("spec")
    nobody.token = token_of(
        {"agent_type": "spec", "invocation_id": new_id(), "page_id": nobody.page_id}
    )

    def writes(one: Any) -> str:
        pages = [{"properties": {"title": "Plan"}}]
        return str(
            one.call("notion___notion-create-pages", parent={"page_id": one.page_id}, pages=pages)[
                "content"
            ][0]["text"]
        )

    assert "parent_page_id" in writes(ada)
    assert "mallory_writes_nothing" in writes(mallory)
    assert mallory.answer("notion___notion-fetch", id=mallory.page_id)["title"] == "At the gateway"
    assert "denied by default" in writes(nobody)
    assert nobody.tools() == set()
