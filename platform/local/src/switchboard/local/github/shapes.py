"""Accounts and repositories as the API shows them (checked against githubkit's generated models).

Wire format: GitHub REST API 2026-03-10.
"""

from dataclasses import dataclass
from typing import Any
from zlib import crc32

from switchboard.local.github.accounts import (
    APP_SLUG,
    GRANTED,
    INSTALLATION_ID,
)

Shown = dict[str, Any]

_REPOSITORY_URLS = [
    "archive",
    "assignees",
    "blobs",
    "branches",
    "collaborators",
    "comments",
    "commits",
    "compare",
    "contents",
    "contributors",
    "deployments",
    "downloads",
    "events",
    "forks",
    "git_commits",
    "git_refs",
    "git_tags",
    "hooks",
    "issue_comment",
    "issue_events",
    "issues",
    "keys",
    "labels",
    "languages",
    "merges",
    "milestones",
    "notifications",
    "pulls",
    "releases",
    "stargazers",
    "statuses",
    "subscribers",
    "subscription",
    "tags",
    "teams",
    "trees",
]
_USER_URLS = [
    "followers",
    "following",
    "gists",
    "starred",
    "subscriptions",
    "organizations",
    "repos",
    "events",
    "received_events",
]
_COUNTS = [
    "forks_count",
    "stargazers_count",
    "watchers_count",
    "size",
    "open_issues_count",
    "forks",
    "open_issues",
    "watchers",
    "network_count",
    "subscribers_count",
]
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

    def account(self, login: str) -> Shown:
        """An account on its own: with a profile."""
        empty = ["name", "company", "blog", "location", "email", "hireable", "bio"]
        counts = ["public_repos", "public_gists", "followers", "following"]
        return {
            **self.user(login),
            **dict.fromkeys(empty),
            **dict.fromkeys(counts, 0),
            "created_at": EPOCH,
            "updated_at": EPOCH,
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
            [
                "fork",
                "has_projects",
                "has_wiki",
                "has_pages",
                "has_downloads",
                "has_discussions",
                "archived",
                "disabled",
                "is_template",
                "web_commit_signoff_required",
            ],
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
