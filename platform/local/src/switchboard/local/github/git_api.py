"""Endpoints about git: references, blobs, trees, commits, files, branches, comparisons."""

import base64
import binascii
from datetime import datetime
from typing import Any

from switchboard.local.github.accounts import APP_LOGIN, Caller
from switchboard.local.github.call import Call, Reply, RepositoryEndpoint, View, protect
from switchboard.local.github.errors import GitHubError, invalid, missing, not_found, refused
from switchboard.local.github.repository import Signature, TreeChange
from switchboard.local.github.shapes import iso

BOT_EMAIL = "99+switchboard[bot]@users.noreply.github.com"
STATES = ("error", "failure", "pending", "success")


def _get_ref(call: Call, view: View) -> Reply:
    name = f"refs/{call.path['ref']}"
    sha = view.git.ref(name)
    if sha is None:
        raise not_found()
    return Reply(view.shapes.ref(name, sha))


def _matching_refs(call: Call, view: View) -> Reply:
    found = view.git.refs(f"refs/{call.path.get('ref', '')}")
    return call.page_of([view.shapes.ref(name, sha) for name, sha in found.items()])


def _create_ref(call: Call, view: View) -> Reply:
    name, sha = str(call.fields.get("ref", "")), str(call.fields.get("sha", ""))
    protect(call, view, name)
    view.git.create_ref(name, sha)
    return Reply(view.shapes.ref(name, sha), 201)


def _update_ref(call: Call, view: View) -> Reply:
    name, sha = f"refs/{call.path['ref']}", str(call.fields.get("sha", ""))
    protect(call, view, name)
    view.git.move_ref(name, sha, force=bool(call.fields.get("force")))
    return Reply(view.shapes.ref(name, sha))


def _delete_ref(call: Call, view: View) -> Reply:
    name = f"refs/{call.path['ref']}"
    protect(call, view, name)
    if name == f"refs/heads/{view.git.default_branch}":
        raise refused("Cannot delete the default branch")
    view.git.delete_ref(name)
    return Reply(None, 204)


def _create_blob(call: Call, view: View) -> Reply:
    data = decoded(call.fields.get("content", ""), call.fields.get("encoding", "utf-8"))
    sha = view.git.add_blob(data)
    return Reply({"sha": sha, "url": f"{view.shapes.api}/git/blobs/{sha}"}, 201)


def decoded(content: object, encoding: object) -> bytes:
    """Sent content as bytes.

    Raises:
        GitHubError: 422, none was sent or it is no Base64.
    """
    if not isinstance(content, str):
        raise missing("Blob", "content")
    if encoding != "base64":
        return content.encode()
    try:
        return base64.b64decode(content)
    except binascii.Error:
        raise refused("content is not valid Base64") from None


def _get_blob(call: Call, view: View) -> Reply:
    sha = call.path["sha"]
    return Reply(view.shapes.blob(sha, view.git.blob(sha)))


def _get_tree(call: Call, view: View) -> Reply:
    name = call.path["sha"]
    found = name if view.git.has(name) else view.git.resolve(name)
    recursive = bool(call.query.get("recursive"))
    return Reply(view.shapes.tree(view.git, view.git.tree_of(found), recursive=recursive))


def _create_tree(call: Call, view: View) -> Reply:
    entries = call.fields.get("tree")
    if not isinstance(entries, list):
        raise missing("Tree", "tree")
    changes = [_tree_change(view, entry) for entry in entries]
    sha = view.git.add_tree(call.fields.get("base_tree"), changes)
    return Reply(view.shapes.tree(view.git, sha, recursive=False), 201)


def _tree_change(view: View, entry: dict[str, Any]) -> TreeChange:
    if not entry.get("path"):
        raise missing("Tree", "path")
    content = entry.get("content")
    sha = entry.get("sha") if content is None else view.git.add_blob(str(content).encode())
    return TreeChange(str(entry["path"]), sha, int(str(entry.get("mode", "100644")), 8))


def _get_commit(call: Call, view: View) -> Reply:
    return Reply(view.shapes.git_commit(view.git.commit(call.path["sha"])))


def _create_commit(call: Call, view: View) -> Reply:
    fields = call.fields
    for name in ("message", "tree"):
        if not fields.get(name):
            raise missing("Commit", name)
    author = author_of(call, fields.get("author"))
    parents = [str(parent) for parent in fields.get("parents") or []]
    sha = view.git.add_commit(str(fields["tree"]), parents, str(fields["message"]), author)
    return Reply(view.shapes.git_commit(view.git.commit(sha)), 201)


def author_of(call: Call, given: object) -> Signature:
    """Who a commit is by: as given, else the caller."""
    usual = _identity(call.caller)
    if not isinstance(given, dict):
        return Signature(*usual, call.hub.clock())
    at = datetime.fromisoformat(given["date"]) if given.get("date") else call.hub.clock()
    return Signature(str(given.get("name", usual[0])), str(given.get("email", usual[1])), at)


def _identity(caller: Caller) -> tuple[str, str]:
    email = BOT_EMAIL if caller.login == APP_LOGIN else f"{caller.login}@example.org"
    return caller.login, email


def _branches(call: Call, view: View) -> Reply:
    names = [name.removeprefix("refs/heads/") for name in view.git.refs("refs/heads/")]
    return call.page_of([view.shapes.branch(view.git, name) for name in names])


def _branch(call: Call, view: View) -> Reply:
    return Reply(view.shapes.branch(view.git, call.path["branch"]))


def _commits(call: Call, view: View) -> Reply:
    start = view.git.resolve(call.query.get("sha") or view.git.default_branch)
    found = [view.git.commit(sha) for sha in view.git.log(start)]
    return call.page_of([view.shapes.commit(commit) for commit in found])


def _commit(call: Call, view: View) -> Reply:
    sha = view.git.resolve(call.path["ref"])
    commit = view.git.commit(sha)
    parent = commit.parents[0].decode() if commit.parents else None
    changes = view.git.changes(parent, sha) if parent else []
    if call.wants("diff"):
        return Reply("".join(change.whole for change in changes), media_type="text/plain")
    added = sum(change.additions for change in changes)
    removed = sum(change.deletions for change in changes)
    stats = {"additions": added, "deletions": removed, "total": added + removed}
    files = [view.shapes.change(change, sha) for change in changes]
    return Reply({**view.shapes.commit(commit), "stats": stats, "files": files})


def _compare(call: Call, view: View) -> Reply:
    start, dots, end = call.path["spec"].partition("...")
    if not dots:
        raise not_found()
    base = view.git.resolve(start.rpartition(":")[2])
    head = view.git.resolve(end.rpartition(":")[2])
    common = view.git.merge_base(base, head)
    if common is None:
        raise GitHubError(404, "No common ancestor between the two commits")
    changes = view.git.changes(common, head)
    if call.wants("diff"):
        return Reply("".join(change.whole for change in changes), media_type="text/plain")
    ahead, behind = view.git.log(head, base), view.git.log(base, head)
    status = {(True, True): "diverged", (True, False): "ahead", (False, True): "behind"}
    page = f"{view.shapes.html}/compare/{start}...{end}"
    return Reply(
        {
            "url": f"{view.shapes.api}/compare/{start}...{end}",
            "html_url": page,
            "permalink_url": page,
            "diff_url": f"{page}.diff",
            "patch_url": f"{page}.patch",
            "base_commit": view.shapes.commit(view.git.commit(base)),
            "merge_base_commit": view.shapes.commit(view.git.commit(common)),
            "status": status.get((bool(ahead), bool(behind)), "identical"),
            "ahead_by": len(ahead),
            "behind_by": len(behind),
            "total_commits": len(ahead),
            "commits": [view.shapes.commit(view.git.commit(sha)) for sha in reversed(ahead)],
            "files": [view.shapes.change(change, head) for change in changes],
        }
    )


def _create_status(call: Call, view: View) -> Reply:
    sha, fields = view.git.resolve(call.path["sha"]), call.fields
    if fields.get("state") not in STATES:
        raise invalid("Status", f"state must be one of {', '.join(STATES)}", "state")
    status = {
        "id": view.pulls.next_id("status"),
        "sha": sha,
        "login": call.caller.login,
        "context": fields.get("context") or "default",
        "created_at": iso(call.hub.clock()),
        **{key: fields.get(key) for key in ("state", "description", "target_url")},
    }
    call.hub.store.put("status", str(status["id"]), status, f"{view.full_name}@{sha}")
    return Reply(view.shapes.status(status), 201)


def _combined_status(call: Call, view: View) -> Reply:
    sha = view.git.resolve(call.path["ref"])
    newest = {s["context"]: s for s in call.hub.store.list("status", f"{view.full_name}@{sha}")}
    states = {status["state"] for status in newest.values()}
    failed = states & {"failure", "error"}
    state = "failure" if failed else ("success" if states == {"success"} else "pending")
    repository = call.hub.shapes.repository(view.full_name, view.git.default_branch)
    return Reply(
        {
            "state": state,
            "statuses": [view.shapes.status(status) for status in newest.values()],
            "sha": sha,
            "total_count": len(newest),
            "repository": repository,
            "commit_url": f"{view.shapes.api}/commits/{sha}",
            "url": f"{view.shapes.api}/commits/{sha}/status",
        }
    )


def _check_runs(call: Call, view: View) -> Reply:
    view.git.resolve(call.path["ref"])
    return Reply({"total_count": 0, "check_runs": []})


ENDPOINTS = [
    RepositoryEndpoint("GET", "/git/ref/{ref:path}", _get_ref),
    RepositoryEndpoint("GET", "/git/refs", _matching_refs),
    RepositoryEndpoint("GET", "/git/matching-refs/{ref:path}", _matching_refs),
    RepositoryEndpoint("GET", "/git/refs/{ref:path}", _get_ref),
    RepositoryEndpoint("POST", "/git/refs", _create_ref),
    RepositoryEndpoint("PATCH", "/git/refs/{ref:path}", _update_ref),
    RepositoryEndpoint("DELETE", "/git/refs/{ref:path}", _delete_ref),
    RepositoryEndpoint("POST", "/git/blobs", _create_blob),
    RepositoryEndpoint("GET", "/git/blobs/{sha}", _get_blob),
    RepositoryEndpoint("POST", "/git/trees", _create_tree),
    RepositoryEndpoint("GET", "/git/trees/{sha:path}", _get_tree),
    RepositoryEndpoint("POST", "/git/commits", _create_commit),
    RepositoryEndpoint("GET", "/git/commits/{sha}", _get_commit),
    RepositoryEndpoint("GET", "/branches", _branches),
    RepositoryEndpoint("GET", "/branches/{branch:path}", _branch),
    RepositoryEndpoint("GET", "/commits", _commits),
    RepositoryEndpoint("GET", "/commits/{ref:path}/status", _combined_status, "statuses"),
    RepositoryEndpoint("GET", "/commits/{ref:path}/check-runs", _check_runs, "checks"),
    RepositoryEndpoint("GET", "/commits/{ref:path}", _commit),
    RepositoryEndpoint("GET", "/compare/{spec:path}", _compare),
    RepositoryEndpoint("POST", "/statuses/{sha}", _create_status, "statuses"),
]
