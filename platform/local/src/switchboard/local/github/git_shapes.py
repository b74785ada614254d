"""Git objects as the API shows them (GitHub REST API 2026-03-10)."""

import base64
from dataclasses import dataclass

from dulwich.objects import Commit

from switchboard.local.github.changes import FileChange
from switchboard.local.github.repository import TREE_MODE, GitRepository, utc
from switchboard.local.github.shapes import Shapes, Shown, iso
from switchboard.local.standin.documents import Document


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
