"""What the scripted agents do: the tool calls of each type, and the artifacts they lead to."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from switchboard.agents.payload import RunRequest
from switchboard.events.values import Artifact

Answers = dict[str, dict[str, Any]]
"""Tool -> what it answered."""


@dataclass(frozen=True)
class ToolCall:
    """One call through the gateway."""

    target: str
    tool: str
    arguments: dict[str, Any]


Step = Callable[[RunRequest, Answers], ToolCall]
_WHERE = {"owner": "acme", "repo": "app"}


def _branch(request: RunRequest, _: Answers) -> ToolCall:
    return ToolCall("github", "create_branch", {**_WHERE, "branch": request.work_branch})


def _files(request: RunRequest, _: Answers) -> ToolCall:
    files = [{"path": f"{request.invocation_id}.py", "content": "answer = 42\n"}]
    more = {"branch": request.work_branch, "files": files, "message": "Do it"}
    return ToolCall("github", "push_files", {**_WHERE, **more})


def _pull_request(request: RunRequest, done: Answers) -> ToolCall:
    # A model words its title anew each time: the ledger must not care.
    title = f"Pull request after {len(done)} steps"
    more = {"title": title, "head": request.work_branch, "base": "main"}
    return ToolCall("github", "create_pull_request", {**_WHERE, **more})


def _upload(request: RunRequest, _: Answers) -> ToolCall:
    page = {"path": "index.html", "content": f"<p>{request.invocation_id}</p>"}
    return ToolCall("prototype", "s3_upload_prototype", page)


def _address(_request: RunRequest, _: Answers) -> ToolCall:
    return ToolCall("prototype", "s3_generate_url", {"path": "index.html"})


def _page(request: RunRequest, _: Answers) -> ToolCall:
    title = f"Specification {request.invocation_id}"
    page = {"properties": {"title": title}, "content": "It shall work"}
    parent = {"page_id": request.notion_page_id}
    return ToolCall("notion", "notion-create-pages", {"parent": parent, "pages": [page]})


def _comment(request: RunRequest, _: Answers) -> ToolCall:
    text = {"parent": {"page_id": request.notion_page_id}, "markdown": request.invocation_id}
    return ToolCall("notion", "notion-create-comment", text)


SCRIPTS: dict[str, tuple[Step, ...]] = {
    "code": (_branch, _files, _pull_request),
    "mock": (_upload, _address),
    "demo_deck": (_upload, _address),
    "spec": (_page, _comment),
}


def made_by(request: RunRequest, done: Answers) -> list[Artifact]:
    """The artifacts of what has been done (F7)."""
    if "create_pull_request" in done:
        return [_as_pull_request(done["create_pull_request"])]
    if "s3_generate_url" in done:
        return [_as_prototype(request, done["s3_generate_url"])]
    if "notion-create-pages" in done:
        return [_as_page(done["notion-create-pages"]["pages"][0])]
    return []


def _as_pull_request(pull: dict[str, Any]) -> Artifact:
    metadata = {
        "repo": "acme/app",
        "branch": pull["branch"],
        "pr_number": pull["number"],
        "files_changed": pull["files_changed"],
    }
    return Artifact(type="pull_request", url=pull["url"], title=pull["title"], metadata=metadata)


def _as_prototype(request: RunRequest, address: dict[str, Any]) -> Artifact:
    metadata = {
        "s3_key": f"{request.invocation_id}/index.html",
        "cloudfront_url": address["url"],
        "expiry_days": 7,
    }
    return Artifact(type="prototype", url=address["url"], title="Clickable", metadata=metadata)


def _as_page(page: dict[str, Any]) -> Artifact:
    metadata = {
        "page_id": page["id"],
        "parent_page_id": page["parent_page_id"],
        "page_type": "spec",
    }
    return Artifact(type="notion_page", url=page["url"], title=page["title"], metadata=metadata)
