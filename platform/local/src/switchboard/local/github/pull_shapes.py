"""Pull requests, reviews and comments as the API shows them (GitHub REST API 2026-03-10)."""

from dataclasses import dataclass
from typing import Any

from switchboard.local.github.git_shapes import GitShapes
from switchboard.local.github.pulls import Pulls
from switchboard.local.github.shapes import number
from switchboard.local.standin.documents import Document

Shown = dict[str, Any]

ASSOCIATION = "CONTRIBUTOR"


@dataclass(frozen=True)
class PullShapes:
    """Shapes that need the repository's pull requests."""

    shapes: GitShapes
    pulls: Pulls

    def _user(self, login: str) -> Shown:
        return self.shapes.shapes.user(login)

    def page(self, pull_number: int) -> str:
        """Where a person opens it."""
        return f"{self.shapes.html}/pull/{pull_number}"

    def simple(self, pull: Document) -> Shown:
        """As in lists."""
        api, page = f"{self.shapes.api}/pulls/{pull['number']}", self.page(pull["number"])
        issue = f"{self.shapes.api}/issues/{pull['number']}"
        head, base = self.pulls.heads(pull)
        urls = {
            "html": page,
            "issue": issue,
            "comments": f"{issue}/comments",
            "commits": f"{api}/commits",
            "review_comments": f"{api}/comments",
            "review_comment": f"{self.shapes.api}/pulls/comments{{/number}}",
            "statuses": f"{self.shapes.api}/statuses/{head}",
        }
        links = {"self": api, **urls}
        copied = "number state title body draft created_at updated_at closed_at merged_at"
        return {
            **{key: pull[key] for key in copied.split()},
            "id": number(f"{self.shapes.full_name}#{pull['number']}"),
            "node_id": f"PR_{pull['number']}",
            "url": api,
            "diff_url": f"{page}.diff",
            "patch_url": f"{page}.patch",
            **{f"{name}_url": url for name, url in urls.items()},
            "_links": {name: {"href": url} for name, url in links.items()},
            "locked": False,
            "user": self._user(pull["login"]),
            "labels": self.labels(pull),
            "milestone": None,
            "merge_commit_sha": pull["merge_commit_sha"],
            "assignee": None,
            "assignees": [],
            "requested_reviewers": [self._user(login) for login in pull["requested_reviewers"]],
            "requested_teams": [],
            "head": self._side(pull["head"], head),
            "base": self._side(pull["base"], base),
            "author_association": ASSOCIATION,
            "auto_merge": None,
        }

    def _side(self, branch: str, sha: str) -> Shown:
        owner = self.shapes.full_name.split("/")[0]
        default = self.pulls.git.default_branch
        return {
            "label": f"{owner}:{branch}",
            "ref": branch,
            "sha": sha,
            "user": self.shapes.shapes.organisation(owner),
            "repo": self.shapes.shapes.repository(self.shapes.full_name, default),
        }

    def labels(self, pull: Document) -> list[Shown]:
        """The labels of a pull request."""
        names = pull["labels"]
        return [self.shapes.shapes.label(self.shapes.full_name, name) for name in names]

    def full(self, pull: Document) -> Shown:
        """As on its own: with counts and whether it can be merged."""
        changes = self.pulls.changes(pull)
        head, base = self.pulls.heads(pull)
        open_ = pull["state"] == "open"
        mergeable = self.pulls.mergeable(pull) if open_ else None
        pull_number = pull["number"]
        state = {None: "unknown", True: "draft" if pull["draft"] else "clean", False: "dirty"}
        return {
            **self.simple(pull),
            "merged": pull["merged_at"] is not None,
            "mergeable": mergeable,
            "rebaseable": mergeable,
            "mergeable_state": state[mergeable],
            "merged_by": self._user(pull["merged_by"]) if pull["merged_by"] else None,
            "comments": len(self.pulls.comments("issue_comment", pull_number)),
            "review_comments": len(self.pulls.comments("review_comment", pull_number)),
            "maintainer_can_modify": False,
            "commits": len(self.pulls.git.log(head, base)),
            "additions": sum(change.additions for change in changes),
            "deletions": sum(change.deletions for change in changes),
            "changed_files": len(changes),
        }

    def issue(self, pull: Document) -> Shown:
        """A pull request is an issue, too."""
        simple = self.simple(pull)
        shared = "number title body state locked user labels milestone assignee assignees"
        kept = {key: simple[key] for key in shared.split()}
        times = {key: simple[key] for key in ("created_at", "updated_at", "closed_at")}
        api = f"{self.shapes.api}/issues/{pull['number']}"
        parts = ("labels", "comments", "events", "timeline")
        return {
            **kept,
            **times,
            "id": simple["id"],
            "node_id": simple["node_id"],
            "url": api,
            "repository_url": self.shapes.api,
            "html_url": simple["html_url"],
            **{f"{part}_url": f"{api}/{part}" for part in parts},
            "comments": len(self.pulls.comments("issue_comment", pull["number"])),
            "author_association": ASSOCIATION,
            "pull_request": {
                key: simple[key]
                for key in ("url", "html_url", "diff_url", "patch_url", "merged_at")
            },
        }

    def review(self, review: Document) -> Shown:
        """A review."""
        api = f"{self.shapes.api}/pulls/{review['number']}"
        page = f"{self.page(review['number'])}#pullrequestreview-{review['id']}"
        return {
            "id": review["id"],
            "node_id": f"PRR_{review['id']}",
            "user": self._user(review["login"]),
            "body": review["body"],
            "state": review["state"],
            "html_url": page,
            "pull_request_url": api,
            "_links": {"html": {"href": page}, "pull_request": {"href": api}},
            "commit_id": review["commit_id"],
            "author_association": ASSOCIATION,
            **({"submitted_at": review["submitted_at"]} if review["submitted_at"] else {}),
        }

    def line_comment(self, comment: Document) -> Shown:
        """A comment on a line."""
        api = f"{self.shapes.api}/pulls/{comment['number']}"
        own, page = (
            f"{self.shapes.api}/pulls/comments/{comment['id']}",
            self.page(comment["number"]),
        )
        copied = "id path line start_line side position diff_hunk commit_id body"
        links = {"self": own, "html": f"{page}#discussion_r{comment['id']}", "pull_request": api}
        return {
            **{key: comment[key] for key in copied.split()},
            "created_at": comment["created_at"],
            "updated_at": comment["updated_at"],
            "url": own,
            "node_id": f"PRRC_{comment['id']}",
            "pull_request_review_id": comment["review_id"],
            "user": self._user(comment["login"]),
            "html_url": f"{page}#discussion_r{comment['id']}",
            "pull_request_url": api,
            "author_association": ASSOCIATION,
            "_links": {name: {"href": url} for name, url in links.items()},
            "original_line": comment["line"],
            "original_start_line": comment["start_line"],
            "original_position": comment["position"],
            "original_commit_id": comment["commit_id"],
            "start_side": comment["side"] if comment["start_line"] else None,
            "subject_type": "line",
        }

    def comment(self, comment: Document) -> Shown:
        """A comment on the conversation."""
        own = f"{self.shapes.api}/issues/comments/{comment['id']}"
        return {
            "id": comment["id"],
            "node_id": f"IC_{comment['id']}",
            "url": own,
            "html_url": f"{self.page(comment['number'])}#issuecomment-{comment['id']}",
            "issue_url": f"{self.shapes.api}/issues/{comment['number']}",
            "body": comment["body"],
            "user": self._user(comment["login"]),
            "created_at": comment["created_at"],
            "updated_at": comment["updated_at"],
            "author_association": ASSOCIATION,
            "performed_via_github_app": None,
        }
