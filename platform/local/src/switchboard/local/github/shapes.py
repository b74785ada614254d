"""Objects as the API shows them (checked against githubkit's generated models).

Wire format: GitHub REST API 2026-03-10.
"""

import base64
from dataclasses import dataclass
from typing import Any
from zlib import crc32

from dulwich.objects import Commit

from switchboard.local.github.accounts import (
    APP_SLUG,
    GRANTED,
    INSTALLATION_ID,
)
from switchboard.local.github.repository import TREE_MODE, FileChange, GitRepository, utc
from switchboard.local.standin.documents import Document

Shown = dict[str, Any]

_REPOSITORY_URLS = (
    "archive assignees blobs branches collaborators comments commits compare contents "
    "contributors deployments downloads events forks git_commits git_refs git_tags hooks "
    "issue_comment issue_events issues keys labels languages merges milestones notifications "
    "pulls releases stargazers statuses subscribers subscription tags teams trees"
).split()
_USER_URLS = (
    "followers following gists starred subscriptions organizations repos events received_events"
).split()
_COUNTS = (
    "forks_count stargazers_count watchers_count size open_issues_count forks open_issues "
    "watchers network_count subscribers_count"
).split()
EPOCH = "2026-01-01T00:00:00Z"


def number(text: str) -> int:
    """A stable id for something that has a name."""
    return crc32(text.encode())


def iso(moment: Any) -> str:
    """An instant in whole seconds and Z."""
    return str(moment.isoformat(timespec="seconds")).replace("+00:00", "Z")


@dataclass(frozen=True)
class Shapes:
    """`url` is both the API's and the pages' base."""

    url: str

    def user(self, login: str) -> Shown:
        """An account; the app's ends in `[bot]`."""
        api = f"{self.url}/users/{login}"
        kind = "Bot" if login.endswith("[bot]") else "User"
        return {
            "login": login,
            "id": number(login),
            "node_id": f"U_{number(login)}",
            "avatar_url": "",
            "gravatar_id": "",
            "url": api,
            "html_url": f"{self.url}/{login}",
            **{f"{name}_url": f"{api}/{name}" for name in _USER_URLS},
            "type": kind,
            "site_admin": False,
        }

    def organisation(self, login: str) -> Shown:
        """The owner of repositories."""
        return {**self.user(login), "type": "Organization"}

    def app(self, owner: str, app_id: str) -> Shown:
        """`GET /app`."""
        return {
            "id": int(app_id),
            "slug": APP_SLUG,
            "node_id": f"A_{app_id}",
            "client_id": "Iv1.switchboard",
            "owner": self.organisation(owner),
            "name": "Switchboard",
            "description": None,
            "external_url": self.url,
            "html_url": f"{self.url}/apps/{APP_SLUG}",
            "created_at": EPOCH,
            "updated_at": EPOCH,
            "permissions": GRANTED,
            "events": [],
        }

    def installation(self, owner: str, app_id: str) -> Shown:
        """The one installation there is."""
        api = f"{self.url}/app/installations/{INSTALLATION_ID}"
        return {
            "id": INSTALLATION_ID,
            "account": self.organisation(owner),
            "repository_selection": "all",
            "access_tokens_url": f"{api}/access_tokens",
            "repositories_url": f"{self.url}/installation/repositories",
            "html_url": api,
            "app_id": int(app_id),
            "app_slug": APP_SLUG,
            "client_id": "Iv1.switchboard",
            "target_id": number(owner),
            "target_type": "Organization",
            "permissions": GRANTED,
            "events": [],
            "created_at": EPOCH,
            "updated_at": EPOCH,
            "single_file_name": None,
            "suspended_by": None,
            "suspended_at": None,
        }

    def repository(self, full_name: str, default_branch: str, *, write: bool = True) -> Shown:
        """A private repository."""
        owner, name = full_name.split("/")
        api = f"{self.url}/repos/{full_name}"
        flags = dict.fromkeys(
            "fork has_projects has_wiki has_pages has_downloads has_discussions archived "
            "disabled is_template web_commit_signoff_required".split(),
            False,
        )
        return {
            "id": number(full_name),
            "node_id": f"R_{number(full_name)}",
            "name": name,
            "full_name": full_name,
            "private": True,
            "visibility": "private",
            "owner": self.organisation(owner),
            "description": None,
            "homepage": None,
            "language": "Python",
            "license": None,
            "topics": [],
            "url": api,
            "html_url": f"{self.url}/{full_name}",
            "clone_url": f"{self.url}/{full_name}.git",
            "git_url": f"{self.url}/{full_name}.git",
            "ssh_url": "",
            "svn_url": f"{self.url}/{full_name}",
            "mirror_url": None,
            **{f"{key}_url": f"{api}/{key}" for key in _REPOSITORY_URLS},
            **dict.fromkeys(_COUNTS, 0),
            **flags,
            "has_issues": True,
            "allow_forking": True,
            "default_branch": default_branch,
            "permissions": {"admin": False, "push": write, "pull": True},
            "pushed_at": EPOCH,
            "created_at": EPOCH,
            "updated_at": EPOCH,
        }

    def label(self, full_name: str, name: str) -> Shown:
        """A label."""
        return {
            "id": number(name),
            "node_id": f"L_{number(name)}",
            "url": f"{self.url}/repos/{full_name}/labels/{name}",
            "name": name,
            "description": "",
            "color": "ededed",
            "default": False,
            "archived_at": None,
            "archived_by": None,
        }


@dataclass(frozen=True)
class GitShapes:
    """Git objects of one repository."""

    shapes: Shapes
    full_name: str

    @property
    def api(self) -> str:
        """The base of the repository's API."""
        return f"{self.shapes.url}/repos/{self.full_name}"

    @property
    def html(self) -> str:
        """The base of the repository's pages."""
        return f"{self.shapes.url}/{self.full_name}"

    def ref(self, name: str, sha: str) -> Shown:
        """A reference."""
        target = {"type": "commit", "sha": sha, "url": f"{self.api}/git/commits/{sha}"}
        return {"ref": name, "node_id": name, "url": f"{self.api}/git/{name}", "object": target}

    def git_commit(self, commit: Commit) -> Shown:
        """A commit of the git database API."""
        sha, tree = commit.id.decode(), commit.tree.decode()
        parents = [
            {
                "sha": parent.decode(),
                "url": f"{self.api}/git/commits/{parent.decode()}",
                "html_url": f"{self.html}/commit/{parent.decode()}",
            }
            for parent in commit.parents
        ]
        return {
            "sha": sha,
            "node_id": f"C_{sha}",
            "url": f"{self.api}/git/commits/{sha}",
            "html_url": f"{self.html}/commit/{sha}",
            "author": _signature(commit.author, commit.author_time),
            "committer": _signature(commit.committer, commit.commit_time),
            "message": commit.message.decode(errors="replace"),
            "tree": {"sha": tree, "url": f"{self.api}/git/trees/{tree}"},
            "parents": parents,
            "verification": {
                "verified": False,
                "reason": "unsigned",
                "signature": None,
                "payload": None,
                "verified_at": None,
            },
        }

    def commit(self, commit: Commit) -> Shown:
        """A commit of the repository API."""
        git = self.git_commit(commit)
        inner = {key: git[key] for key in ("url", "author", "committer", "message", "tree")}
        login = git["author"]["name"]
        return {
            "url": f"{self.api}/commits/{git['sha']}",
            "sha": git["sha"],
            "node_id": git["node_id"],
            "html_url": git["html_url"],
            "comments_url": f"{self.api}/commits/{git['sha']}/comments",
            "author": self.shapes.user(login),
            "committer": self.shapes.user(login),
            "parents": git["parents"],
            "commit": {**inner, "comment_count": 0, "verification": git["verification"]},
        }

    def branch(self, repository: GitRepository, name: str) -> Shown:
        """A branch; the default one is protected."""
        protected = name == repository.default_branch
        return {
            "name": name,
            "commit": self.commit(repository.commit(repository.branch(name))),
            "_links": {"self": f"{self.api}/branches/{name}", "html": f"{self.html}/tree/{name}"},
            "protected": protected,
            "protection": {"enabled": protected},
            "protection_url": f"{self.api}/branches/{name}/protection",
        }

    def tree(self, repository: GitRepository, sha: str, *, recursive: bool) -> Shown:
        """A tree and its entries."""
        entries = [
            self._entry(entry.path.decode(), entry.mode, entry.sha.decode())
            for entry in repository.entries(sha, recursive=recursive)
            if entry.path and entry.mode and entry.sha
        ]
        url = f"{self.api}/git/trees/{sha}"
        return {"sha": sha, "url": url, "tree": entries, "truncated": False}

    def _entry(self, path: str, mode: int, sha: str) -> Shown:
        kind = "tree" if mode == TREE_MODE else "blob"
        url = f"{self.api}/git/{kind}s/{sha}"
        return {"path": path, "mode": f"{mode:06o}", "type": kind, "sha": sha, "url": url}

    def blob(self, sha: str, data: bytes) -> Shown:
        """A blob, base64."""
        return {
            "sha": sha,
            "node_id": f"B_{sha}",
            "size": len(data),
            "url": f"{self.api}/git/blobs/{sha}",
            "content": base64.encodebytes(data).decode(),
            "encoding": "base64",
        }

    def file(self, path: str, ref: str, sha: str, data: bytes | None, kind: str = "file") -> Shown:
        """A file (with its bytes) or an entry of a folder (without)."""
        url = f"{self.api}/contents/{path}?ref={ref}"
        git = f"{self.api}/git/{'trees' if kind == 'dir' else 'blobs'}/{sha}"
        page = f"{self.html}/{'tree' if kind == 'dir' else 'blob'}/{ref}/{path}"
        shown = {
            "type": kind,
            "size": len(data or b""),
            "name": path.rsplit("/", 1)[-1],
            "path": path,
            "sha": sha,
            "url": url,
            "git_url": git,
            "html_url": page,
            "download_url": None if kind == "dir" else f"{self.html}/raw/{ref}/{path}",
            "_links": {"self": url, "git": git, "html": page},
        }
        if data is not None:
            content = base64.encodebytes(data).decode()
            shown |= {"encoding": "base64", "content": content}
        return shown

    def change(self, change: FileChange, ref: str) -> Shown:
        """One file of a pull request or comparison."""
        shown = {
            "sha": change.sha,
            "filename": change.path,
            "status": change.status,
            "additions": change.additions,
            "deletions": change.deletions,
            "changes": change.additions + change.deletions,
            "blob_url": f"{self.html}/blob/{ref}/{change.path}",
            "raw_url": f"{self.html}/raw/{ref}/{change.path}",
            "contents_url": f"{self.api}/contents/{change.path}?ref={ref}",
        }
        return {**shown, "patch": change.patch} if change.patch else shown

    def status(self, body: Document) -> Shown:
        """A commit status."""
        return {
            "id": body["id"],
            "node_id": f"S_{body['id']}",
            "url": f"{self.api}/statuses/{body['sha']}",
            "avatar_url": None,
            "state": body["state"],
            "description": body.get("description"),
            "target_url": body.get("target_url"),
            "context": body["context"],
            "created_at": body["created_at"],
            "updated_at": body["created_at"],
            "creator": self.shapes.user(body["login"]),
        }


def _signature(raw: bytes, seconds: float) -> Shown:
    name, _, rest = raw.decode(errors="replace").partition(" <")
    return {"name": name, "email": rest.rstrip(">"), "date": iso(utc(seconds))}
