"""Endpoints about files: read, write and delete one with a commit."""

from typing import Any

from switchboard.local.github.call import Call, Reply, RepositoryEndpoint, View, protect
from switchboard.local.github.errors import GitHubError, missing, not_found, refused
from switchboard.local.github.git_api import author_of, decoded
from switchboard.local.github.repository import TREE_MODE, TreeChange


def _contents(call: Call, view: View) -> Reply:
    path = call.path.get("path", "").strip("/")
    ref = call.query.get("ref") or view.git.default_branch
    mode, sha = view.git.lookup(view.git.resolve(ref), path)
    if mode == TREE_MODE:
        return Reply(_folder(view, path, ref, sha))
    data = view.git.blob(sha)
    if call.wants("raw"):
        return Reply(data, media_type="application/octet-stream")
    return Reply(view.shapes.file(path, ref, sha, data))


def _folder(view: View, path: str, ref: str, tree: str) -> list[dict[str, Any]]:
    found = []
    for entry in view.git.entries(tree, recursive=False):
        name = (entry.path or b"").decode()
        kind = "dir" if entry.mode == TREE_MODE else "file"
        full = f"{path}/{name}" if path else name
        found.append(view.shapes.file(full, ref, (entry.sha or b"").decode(), None, kind))
    return found


def _readme(call: Call, view: View) -> Reply:
    return _contents(Call(**{**vars(call), "path": {**call.path, "path": "README.md"}}), view)


def _put_contents(call: Call, view: View) -> Reply:
    return _commit_file(call, view, call.fields.get("content"))


def _delete_contents(call: Call, view: View) -> Reply:
    return _commit_file(call, view, None)


def _commit_file(call: Call, view: View, content: object) -> Reply:
    path, fields = call.path["path"].strip("/"), call.fields
    if not fields.get("message"):
        raise missing("Commit", "message")
    branch = str(fields.get("branch") or view.git.default_branch).removeprefix("refs/heads/")
    protect(call, view, f"refs/heads/{branch}")
    head = view.git.branch(branch)
    known = _blob_at(view, head, path)
    _check_sha(path, known, fields.get("sha"), deleting=call.body and content is None)
    blob = None if content is None else view.git.add_blob(decoded(content, "base64"))
    tree = view.git.add_tree(head, [TreeChange(path, blob)])
    author = author_of(call, fields.get("author"))
    sha = view.git.add_commit(tree, [head], str(fields["message"]), author)
    view.git.move_ref(f"refs/heads/{branch}", sha)
    commit = view.shapes.git_commit(view.git.commit(sha))
    shown = None
    if blob is not None:
        shown = {**view.shapes.file(path, branch, blob, view.git.blob(blob))}
        shown.pop("content")
    return Reply({"content": shown, "commit": commit}, 200 if known else 201)


def _blob_at(view: View, commit: str, path: str) -> str | None:
    try:
        mode, sha = view.git.lookup(commit, path)
    except GitHubError:
        return None
    return None if mode == TREE_MODE else sha


def _check_sha(path: str, known: str | None, given: object, *, deleting: bool) -> None:
    if known is None and deleting:
        raise not_found()
    if known and not given:
        raise refused('Invalid request.\n\n"sha" wasn\'t supplied.')
    if known and given != known:
        raise GitHubError(409, f"{path} does not match {given}")


ENDPOINTS = [
    RepositoryEndpoint("GET", "/readme", _readme),
    RepositoryEndpoint("GET", "/contents", _contents),
    RepositoryEndpoint("GET", "/contents/{path:path}", _contents),
    RepositoryEndpoint("PUT", "/contents/{path:path}", _put_contents),
    RepositoryEndpoint("DELETE", "/contents/{path:path}", _delete_contents),
]
