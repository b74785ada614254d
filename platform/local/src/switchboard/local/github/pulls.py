"""Pull requests: GitHub's rules about opening, reviewing and merging them."""

from dataclasses import dataclass
from typing import Any

from switchboard.local.github.accounts import Caller, Clock
from switchboard.local.github.changes import FileChange
from switchboard.local.github.errors import GitHubError, forbidden, invalid, missing, not_found
from switchboard.local.github.repository import GitRepository, Signature
from switchboard.local.github.shapes import iso
from switchboard.local.standin.documents import Document, DocumentStore


@dataclass(frozen=True)
class Pulls:
    """The pull requests of one repository."""

    store: DocumentStore
    full_name: str
    git: GitRepository
    clock: Clock

    def stamp(self) -> str:
        return iso(self.clock())

    def every(self) -> list[Document]:
        """All, oldest first."""
        return self.store.list("pull", self.full_name)

    def one(self, number: int) -> Document:
        """A pull request.

        Raises:
            GitHubError: 404.
        """
        found = self.store.get("pull", f"{self.full_name}#{number}")
        if found is None:
            raise not_found()
        return found

    def save(self, pull: Document) -> Document:
        """Keep it, and that it changed now."""
        pull = {**pull, "updated_at": self.stamp()}
        self.store.put("pull", f"{self.full_name}#{pull['number']}", pull, self.full_name)
        return pull

    def heads(self, pull: Document) -> tuple[str, str]:
        """The commits of head and base: the branches' while it is open, frozen afterwards."""
        if pull["state"] == "open":
            head = self.git.ref(f"refs/heads/{pull['head']}") or pull["head_sha"]
            return head, self.git.ref(f"refs/heads/{pull['base']}") or pull["base_sha"]
        return pull["head_sha"], pull["base_sha"]

    def base_commit(self, pull: Document) -> str:
        """Where the branch left its base."""
        head, base = self.heads(pull)
        return self.git.merge_base(base, head) or base

    def changes(self, pull: Document) -> list[FileChange]:
        """The files it changes."""
        return self.git.changes(self.base_commit(pull), self.heads(pull)[0])

    def open(self, body: dict[str, Any], caller: Caller) -> Document:
        """Open one.

        Raises:
            GitHubError: 422, a field is missing, a branch is not there, it exists already, or there
                is nothing between the branches.
        """
        for name in ("title", "head", "base"):
            if not body.get(name):
                raise missing("PullRequest", name)
        owner = self.full_name.split("/")[0]
        head, base = str(body["head"]).rpartition(":")[2], str(body["base"])
        shas = {}
        for name, branch in (("head", head), ("base", base)):
            shas[name] = self.git.ref(f"refs/heads/{branch}")
            if shas[name] is None:
                detail = {"resource": "PullRequest", "field": name, "code": "invalid"}
                raise GitHubError(422, "Validation Failed", [detail])
        if any((p["head"], p["base"], p["state"]) == (head, base, "open") for p in self.every()):
            raise invalid("PullRequest", f"A pull request already exists for {owner}:{head}.")
        if not self.git.log(str(shas["head"]), shas["base"]):
            raise invalid("PullRequest", f"No commits between {base} and {head}")
        return self.save(
            {
                "number": len(self.every()) + 1,
                "title": str(body["title"]),
                "body": body.get("body"),
                "head": head,
                "base": base,
                "head_sha": shas["head"],
                "base_sha": shas["base"],
                "state": "open",
                "draft": bool(body.get("draft")),
                "login": caller.login,
                "created_at": self.stamp(),
                "closed_at": None,
                "merged_at": None,
                "merged_by": None,
                "merge_commit_sha": None,
                "labels": [],
                "requested_reviewers": [],
            }
        )

    def edit(self, number: int, body: dict[str, Any]) -> Document:
        """Change title, text, base or state."""
        pull = self.one(number)
        if body.get("state") not in (None, "open", "closed"):
            raise invalid("PullRequest", "state must be open or closed", "state")
        if body.get("state") == "closed" and pull["state"] == "open":
            head, base = self.heads(pull)
            pull |= {"head_sha": head, "base_sha": base, "closed_at": self.stamp()}
        if body.get("state") == "open" and pull["merged_at"]:
            raise invalid("PullRequest", "state cannot be changed. The pull request is merged.")
        known = ("title", "body", "base", "state")
        return self.save({**pull, **{key: body[key] for key in known if key in body}})

    def mergeable(self, pull: Document) -> bool:
        """Whether git could merge it without help."""
        head, base = self.heads(pull)
        return self.git.merge_base(base, head) == base or self.git.merge(base, head) is not None

    def merge(self, number: int, body: dict[str, Any], caller: Caller) -> Document:
        """Merge or squash; only people may.

        Raises:
            GitHubError: 403 for an app, 405 for a draft or a conflict, 409 when the head moved.
        """
        if caller.is_app:
            raise forbidden()
        pull = self.one(number)
        head, base = self.heads(pull)
        if pull["state"] != "open" or pull["draft"]:
            reason = "Pull Request is still a draft" if pull["draft"] else "Not mergeable"
            raise GitHubError(405, reason)
        if body.get("sha") not in (None, head):
            raise GitHubError(409, "Head branch was modified. Review and try the merge again.")
        tree = self.git.merge(base, head)
        if tree is None:
            raise GitHubError(405, "Pull Request is not mergeable")
        parents = [base] if body.get("merge_method") == "squash" else [base, head]
        title = body.get("commit_title") or f"Merge pull request #{number} from {pull['head']}"
        author = Signature(caller.login, f"{caller.login}@example.org", self.clock())
        message = f"{title}\n\n{body.get('commit_message') or pull['title']}"
        sha = self.git.add_commit(tree, parents, message, author)
        self.git.move_ref(f"refs/heads/{pull['base']}", sha)
        stamp = self.stamp()
        ended = {"state": "closed", "closed_at": stamp, "merged_at": stamp}
        frozen = {"head_sha": head, "base_sha": base, "merge_commit_sha": sha}
        return self.save({**pull, **ended, **frozen, "merged_by": caller.login})

    # Comments

    def comments(self, kind: str, number: int) -> list[Document]:
        """Comments on the conversation (`issue_comment`) or on lines (`review_comment`)."""
        return self.store.list(kind, f"{self.full_name}#{number}")

    def save_comment(self, kind: str, number: int, comment: Document) -> Document:
        """Keep a comment."""
        self.store.put(kind, str(comment["id"]), comment, f"{self.full_name}#{number}")
        return comment

    def add_comment(self, number: int, text: object, caller: Caller) -> Document:
        """Comment on the conversation.

        Raises:
            GitHubError: 422, there is no text.
        """
        self.one(number)
        if not isinstance(text, str) or not text:
            raise missing("IssueComment", "body")
        stamp = self.stamp()
        comment = {"id": self.next_id("issue_comment"), "number": number, "login": caller.login}
        comment |= {"body": text, "created_at": stamp, "updated_at": stamp}
        return self.save_comment("issue_comment", number, comment)

    def next_id(self, kind: str) -> int:
        """Ids of reviews and comments, counted over all repositories."""
        counter = self.store.get("counter", kind) or {"last": 0}
        self.store.put("counter", kind, {"last": counter["last"] + 1})
        return int(counter["last"]) + 1
