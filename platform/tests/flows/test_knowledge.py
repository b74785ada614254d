"""Notion pages become knowledge, stay so, and agents find them through the gateway."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx
import pytest

from switchboard.events.envelope import new_id, utc_now
from switchboard.local.access import Access, ApiError
from switchboard.local.agentcore.identity import IssueToken, SigningKey, Workload
from switchboard.local.agentcore.identity_door import OAUTH2_PROVIDER
from switchboard.local.agentcore.registry import Registry
from switchboard.local.notion.client import LocalWorkspace
from switchboard.local.notion.events import API_VERSION
from switchboard.local.notion.seed import HOME, PROJECT
from switchboard.local.settings import LocalSettings

Eventually = Callable[..., None]


@dataclass
class Library:
    """A database of its own, so that other tests' stories are not synced along."""

    access: Access
    board: LocalWorkspace
    eventually: Eventually
    database_id: str = ""
    source_id: str = ""

    def open(self) -> None:
        made = self.notion(
            "databases",
            parent={"type": "page_id", "page_id": HOME},
            title=[{"text": {"content": f"Library {new_id()}"}}],
            initial_data_source={"properties": {"Name": {"title": {}}, "Status": {"select": {}}}},
        )
        self.database_id, self.source_id = made["id"], made["data_sources"][0]["id"]

    def notion(self, path: str, **body: Any) -> dict[str, Any]:
        """What an integration asks of Notion."""
        headers = {
            "Authorization": f"Bearer {self.board.workspace.token}",
            "Notion-Version": API_VERSION,
        }
        answer = self.board.http.post(f"/v1/{path}", json=body, headers=headers)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def write(self, title: str, text: str) -> str:
        """A person adds a page."""
        body = {
            "parent": {"data_source_id": self.source_id},
            "properties": {"Name": {"title": [{"text": {"content": title}}]}},
            "markdown": text,
        }
        answer = self.board.http.post("/_local/pages", json=body)
        return str(answer.json()["id"])

    def ask(self, **body: Any) -> str:
        """Start a sync by the API; answers the job's id."""
        path = "/sync/page" if "page_id" in body else "/sync/database"
        return str(self.access.call("ingress", "POST", path, body)["job_id"])

    def status(self, job_id: str) -> dict[str, Any]:
        return self.access.call("ingress", "GET", f"/sync/status/{job_id}")

    def sync(self, **body: Any) -> dict[str, int]:
        """Sync to the end; answers what became of how many pages."""
        job_id = self.ask(project_id=PROJECT, **(body or {"database_id": self.database_id}))
        self.eventually(lambda: self.status(job_id)["completed_at"] is not None, 120)
        found = self.status(job_id)
        assert found["status"] == "completed", found
        return {name: number for name, number in found["progress"].items() if number}

    def document(self, page_id: str) -> str:
        """The status of a page's document in the knowledge base."""
        return str(self._details(page_id)["status"])

    def ingested(self, page_id: str) -> datetime:
        """When the knowledge base took the page's document in, the last time."""
        moment: datetime = self._details(page_id)["updatedAt"]
        return moment

    def _details(self, page_id: str) -> dict[str, Any]:
        answer = self.access.client("bedrock-agent").get_knowledge_base_documents(
            knowledgeBaseId=self.access.parameter("platform/knowledge/base-id"),
            dataSourceId=self.access.parameter("platform/knowledge/data-source-id"),
            documentIdentifiers=[
                {"dataSourceType": "CUSTOM", "custom": {"id": f"{PROJECT}/{page_id}"}}
            ],
        )
        details: dict[str, Any] = answer["documentDetails"][0]
        return details


@pytest.fixture
def library(access: Access, board: LocalWorkspace, eventually: Eventually) -> Library:
    made = Library(access, board, eventually)
    made.open()
    return made


Search = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def search(settings: LocalSettings, board: LocalWorkspace) -> Search:
    """`notion-search` at the gateway, as an agent of the seeded project calls it."""
    page = board.create_story("Look things up", "text")
    provider = next(
        found
        for found in Registry(settings.home / "registry").of_type(OAUTH2_PROVIDER)
        if found.property("Name") == "switchboard-gateway-dev-spec"
    )
    config = provider.property("Oauth2ProviderConfigInput", "CustomOauth2ProviderConfig")
    payload = {
        "invocation_id": new_id(),
        "project_id": PROJECT,
        "notion_page_id": page["id"],
        "project": {"github_repo": "acme/storefront"},
    }
    key = SigningKey.kept_in(settings.home / "identity/key.pem")
    issue = IssueToken(key, settings.agentcore_url, time.time)
    workload = Workload.of_invocation("spec", "ada", payload)
    token = issue(workload, config["ClientId"], ["gateway/spec"])

    def ask(query: str, **more: Any) -> list[dict[str, Any]]:
        call = {"name": "notion___notion-search", "arguments": {"query": query, **more}}
        body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}
        headers = {"Authorization": f"Bearer {token}"}
        answer = httpx.post(settings.mcp_url, json=body, headers=headers, timeout=30).json()
        found: list[dict[str, Any]] = json.loads(answer["result"]["content"][0]["text"])["results"]
        return found

    return ask


@pytest.mark.requirement("ING-19", "E")
@pytest.mark.requirement("KBS-04", "E")
@pytest.mark.requirement("KBS-05", "E")
def test_a_database_becomes_knowledge_and_only_an_edited_page_is_ingested_again(
    library: Library, board: LocalWorkspace
) -> None:
    pages = [library.write(f"Page {number}", f"Text {number}") for number in range(3)]

    first = library.sync()
    before = [library.ingested(page) for page in pages]
    board.write(pages[1], "Another text")
    second = library.sync()
    after = [library.ingested(page) for page in pages]

    assert first == {"found": 3, "changed": 3}
    # The edit's own webhook may have been quicker than the second sync.
    assert second["found"] == 3
    assert second["unchanged"] >= 2
    assert (after[0], after[2]) == (before[0], before[2])
    assert after[1] > before[1]
    assert {library.document(page) for page in pages} == {"INDEXED"}


@pytest.mark.requirement("KBS-06", "E")
def test_what_is_synced_follows_its_webhooks(
    library: Library, board: LocalWorkspace, search: Search
) -> None:
    page_id = library.write("Warranty", "Ten years.")
    library.sync()
    board.write(page_id, "Twelve marmalade years.")
    added = library.write("Guarantee", "None.")

    def excerpts() -> str:
        return " ".join(hit.get("excerpt", "") for hit in search("marmalade years"))

    library.eventually(lambda: "Twelve" in excerpts())
    library.eventually(lambda: library.document(added) == "INDEXED")


@pytest.mark.requirement("KBS-06", "E")
def test_the_schedule_s_message_syncs_what_is_kept_in_sync(
    library: Library, access: Access
) -> None:
    library.write("Kept", "In sync.")
    library.sync()
    moment = utc_now()
    events = access.events
    (rule,) = [
        found
        for found in events.list_rules()["Rules"]
        if found.get("Description") == "Syncs what is kept in the knowledge base"
    ]
    (target,) = events.list_targets_by_rule(Rule=rule["Name"])["Targets"]
    queue = access.queues.get_queue_url(QueueName=target["Arn"].rpartition(":")[2])["QueueUrl"]

    # in dev the rule is disabled; this is what it would send
    access.queues.send_message(
        QueueUrl=queue, MessageBody=json.dumps({"scheduled": moment.isoformat()})
    )

    assert rule["State"] == "DISABLED"
    table = access.parameter("ingress/table/name")
    dynamodb = access.client("dynamodb")

    def jobs() -> list[Any]:
        found = dynamodb.scan(
            TableName=table,
            FilterExpression="started_by = :schedule AND target = :target "
            "AND attribute_exists(completed_at)",
            ExpressionAttributeValues={
                ":schedule": {"S": "schedule"},
                ":target": {"S": library.database_id},
            },
        )
        items: list[Any] = found["Items"]
        return items

    library.eventually(lambda: len(jobs()) == 1)


@pytest.mark.requirement("KBS-07", "E")
def test_an_agent_asks_the_knowledge_base_first_and_notion_for_what_is_fresh(
    library: Library, search: Search
) -> None:
    page_id = library.write("Quince policy", "Quinces are refunded within five days.")
    library.sync()
    fresh_id = library.write("Quince jelly", "Not synced yet; only its title can be found.")

    known = search("when are quinces refunded?")
    nowhere = search("Switchboard")
    fresh = search("Quince jelly", fresh=True)

    assert (known[0]["id"], known[0]["source"]) == (page_id, "knowledge_base")
    assert known[0]["age_seconds"] < 300
    assert "five days" in known[0]["excerpt"]
    assert {hit["source"] for hit in nowhere} <= {"notion"}
    assert (fresh_id, "notion", 0) in {
        (hit["id"], hit["source"], hit["age_seconds"]) for hit in fresh
    }


def test_a_page_in_the_trash_is_found_no_more(
    library: Library, board: LocalWorkspace, search: Search
) -> None:
    page_id = library.write("Rhubarb", "Rhubarb is out of season.")
    library.sync()
    assert search("rhubarb")[0]["source"] == "knowledge_base"

    headers = {
        "Authorization": f"Bearer {board.workspace.token}",
        "Notion-Version": API_VERSION,
    }
    board.http.patch(f"/v1/pages/{page_id}", json={"in_trash": True}, headers=headers)

    library.eventually(lambda: library.document(page_id) == "NOT_FOUND")


def test_a_sync_survives_a_notion_that_is_overloaded(
    library: Library, board: LocalWorkspace
) -> None:
    for number in range(3):
        library.write(f"Page {number}", "Text")
    board.fail_next(count=3, status=429, retry_after=1, path_contains="/markdown")
    board.fail_next(count=2, status=529, retry_after=1, path_contains="/comments")

    progress = library.sync()

    # Whether the sync or a page's own webhook ingested it: none has failed.
    assert progress["found"] == 3
    assert progress.get("changed", 0) + progress.get("unchanged", 0) == 3


def test_a_project_that_does_not_exist_is_refused_at_the_door(library: Library) -> None:
    with pytest.raises(ApiError) as refused:
        library.ask(project_id="nowhere", database_id=library.database_id)

    assert refused.value.status == 404
    assert refused.value.body["error"]["code"] == "UNKNOWN_PROJECT"
