"""The workspace as the CLI and the flow tests see it: play the person, look at the results."""

from dataclasses import dataclass
from typing import Any, Self

import httpx

from switchboard.local.notion.events import API_VERSION
from switchboard.local.notion.seed import Workspace
from switchboard.local.settings import LocalSettings

Page = dict[str, Any]


class LocalWorkspaceError(RuntimeError):
    """The stand-in refused; the text is its answer."""


@dataclass(frozen=True)
class LocalWorkspace:
    """Talks to a running stand-in. `http` has the stand-in's base URL."""

    http: httpx.Client
    workspace: Workspace

    @classmethod
    def of(cls, settings: LocalSettings, timeout: float = 10.0) -> "LocalWorkspace":
        """The workspace that was seeded in the settings' home.

        Raises:
            FileNotFoundError: nothing has been seeded yet.
        """
        workspace = Workspace.read(settings.folder.notion_workspace)
        return cls(httpx.Client(base_url=settings.notion_url, timeout=timeout), workspace)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def close(self) -> None:
        self.http.close()

    @property
    def project_id(self) -> str:
        """The seeded project."""
        return self.workspace.project_id

    def create_story(
        self,
        title: str,
        markdown: str,
        acceptance_criteria: str | None = None,
        assignee: str | None = None,
    ) -> Page:
        """Ada writes a story; `assignee` is a user id (default: Ada herself)."""
        properties: dict[str, Any] = {
            "Name": {"title": _text(title)},
            "Assignee": {"people": [{"id": assignee or self.workspace.people["ada"]}]},
        }
        if acceptance_criteria:
            properties["Acceptance Criteria"] = {"rich_text": _text(acceptance_criteria)}
        body = {
            "user_id": self.workspace.people["ada"],
            "parent": {"data_source_id": self.workspace.stories_data_source_id},
            "properties": properties,
            "markdown": markdown,
        }
        return self._door("pages", body)

    def set_status(self, page_id: str, value: str) -> Page:
        """Ada moves a story on the board; this is what triggers an agent."""
        return self.set_properties(page_id, {"Status": {"status": {"name": value}}})

    def set_properties(self, page_id: str, properties: dict[str, Any], user: str = "ada") -> Page:
        """A person (`ada`, `owen`) sets properties of a page."""
        body = {"user_id": self.workspace.people[user], "properties": properties}
        return self._door(f"pages/{page_id}/properties", body)

    def write(self, page_id: str, markdown: str, user: str = "ada") -> Page:
        """A person rewrites the text of a page."""
        body = {"user_id": self.workspace.people[user], "markdown": markdown}
        return self._door(f"pages/{page_id}/content", body)

    def touch(self, page_id: str) -> Page:
        """Raise the page's `properties_updated` again although nothing changed."""
        return self._door("touch", {"page_id": page_id})

    def add_row(self, data_source_id: str, properties: dict[str, Any], user: str = "ada") -> Page:
        """A person adds a row to a database."""
        parent = {"data_source_id": data_source_id}
        body = {"user_id": self.workspace.people[user], "parent": parent, "properties": properties}
        return self._door("pages", body)

    def data_source_of(self, database_id: str) -> Page:
        """The first data source of a database, with its schema."""
        first = self._api("GET", f"databases/{database_id}")["data_sources"][0]
        return self._api("GET", f"data_sources/{first['id']}")

    def page(self, page_id: str) -> Page:
        return self._api("GET", f"pages/{page_id}")

    def status(self, page_id: str) -> str:
        """The page's Status."""
        return str(self.page(page_id)["properties"]["Status"]["status"]["name"])

    def markdown(self, page_id: str) -> str:
        """The page's text."""
        return str(self._api("GET", f"pages/{page_id}/markdown")["markdown"])

    def children(self, page_id: str) -> list[Page]:
        """The blocks of a page, in their order; pages and databases below it are among them."""
        return self._all("GET", f"blocks/{page_id}/children")

    def pages_since(self, moment: str) -> list[Page]:
        """Pages edited at or after a moment (as Notion writes it), rows of databases too.

        Search answers what was edited last first, so the rest of a large workspace is not read.
        """
        query = {"filter": {"property": "object", "value": "page"}}
        found: list[Page] = []
        cursor: str | None = None
        while True:
            part = self._api("POST", "search", cursor, query)
            recent = [page for page in part["results"] if page["last_edited_time"] >= moment]
            found += recent
            cursor = part["next_cursor"]
            if cursor is None or len(recent) < len(part["results"]):
                return found

    def comments(self, page_id: str) -> list[Page]:
        """Comments of a page, oldest first."""
        return self._all("GET", f"comments?block_id={page_id}")

    def stories(self) -> list[Page]:
        """All stories, oldest first."""
        return self.rows(self.workspace.stories_data_source_id)

    def rows(self, data_source_id: str) -> list[Page]:
        """All rows of a data source, oldest first."""
        return self._all("POST", f"data_sources/{data_source_id}/query")

    def dashboard_rows(self) -> list[Page]:
        """All rows of the executions dashboard, oldest first."""
        return self.rows(self.workspace.dashboard_data_source_id)

    def subscribe(self, url: str, token: str, *, handshake: bool = False) -> Page:
        """Send webhook events to this URL from now on."""
        body = {"url": url, "verification_token": token, "handshake": handshake}
        return self._door("subscribe", body)

    def deliveries(self, page_id: str | None = None) -> list[Page]:
        """The journal of webhook deliveries, oldest first."""
        params = {"page_id": page_id} if page_id else {}
        results: list[Page] = _checked(self.http.get("/_local/deliveries", params=params))[
            "results"
        ]
        return results

    def redeliver(self, delivery_id: str) -> None:
        """Send one event once more."""
        self._door(f"deliveries/{delivery_id}/redeliver", {})

    def fail_next(self, **fault: Any) -> None:
        """Inject a fault: `count`, `status`, `retry_after`, `path_contains`, `lose_answer`."""
        self._door("faults", fault)

    def _all(self, method: str, path: str) -> list[Page]:
        found: list[Page] = []
        cursor: str | None = None
        while True:
            part = self._api(method, path, cursor)
            found += part["results"]
            cursor = part["next_cursor"]
            if cursor is None:
                return found

    def _api(
        self, method: str, path: str, cursor: str | None = None, body: Page | None = None
    ) -> Page:
        headers = {
            "Authorization": f"Bearer {self.workspace.token}",
            "Notion-Version": API_VERSION,
        }
        page = {"start_cursor": cursor} if cursor else {}
        url = httpx.URL(f"/v1/{path}")
        if method == "GET":
            url = url.copy_merge_params(page)
            return _checked(self.http.request(method, url, headers=headers))
        asked = {**(body or {}), **page}
        return _checked(self.http.request(method, url, headers=headers, json=asked))

    def _door(self, path: str, body: dict[str, Any]) -> Page:
        return _checked(self.http.post(f"/_local/{path}", json=body))


def _text(content: str) -> list[dict[str, Any]]:
    return [
        {"text": {"content": content[start : start + 2000]}}
        for start in range(0, len(content), 2000)
    ]


def _checked(answer: httpx.Response) -> Page:
    if answer.is_error:
        raise LocalWorkspaceError(f"{answer.request.url}: {answer.status_code} {answer.text}")
    body: Page = answer.json()
    return body
