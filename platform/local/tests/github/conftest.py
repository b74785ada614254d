import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from github import Auth, Github, GithubIntegration
from github.Repository import Repository

from switchboard.local.github.app import create_app
from switchboard.local.settings import LocalSettings
from switchboard.local.standin.threaded import served

Git = Callable[..., subprocess.CompletedProcess[str]]
QUICK = {"seconds_between_requests": 0, "seconds_between_writes": 0, "retry": None}


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalSettings]:
    """The stand-in runs for the module; tests use branches of their own."""
    made: list[LocalSettings] = []

    def build(port: int) -> Any:
        made.append(LocalSettings(home=tmp_path_factory.mktemp("home"), port_github=port))
        return create_app(made[0])

    with served(build):
        yield made[0]


@pytest.fixture(scope="module")
def integration(settings: LocalSettings) -> Iterator[GithubIntegration]:
    """The app itself, as PyGithub knows it."""
    app = json.loads(settings.folder.github_app.read_text())
    auth = Auth.AppAuth(app["app_id"], app["private_key"])
    with GithubIntegration(auth=auth, base_url=settings.github_url, **QUICK) as made:
        yield made


@pytest.fixture(scope="module")
def installation(integration: GithubIntegration) -> Iterator[Github]:
    """The installation's client."""
    found = integration.get_repo_installation("acme", "storefront")
    token = integration.get_access_token(found.id)
    with Github(
        auth=Auth.Token(token.token), base_url=str(integration.base_url), **QUICK
    ) as client:
        yield client


@pytest.fixture(scope="module")
def repository(installation: Github) -> Repository:
    return installation.get_repo("acme/storefront")


@pytest.fixture(scope="module")
def person(settings: LocalSettings) -> Iterator[Github]:
    """Ada with her own token."""
    token = json.loads((settings.home / "github" / "human.json").read_text())["token"]
    with Github(auth=Auth.Token(token), base_url=settings.github_url, **QUICK) as client:
        yield client


@pytest.fixture
def token(integration: GithubIntegration) -> str:
    return str(integration.get_access_token(99).token)


@pytest.fixture
def http(settings: LocalSettings, token: str) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=settings.github_url, headers=headers) as client:
        yield client


@pytest.fixture
def git(tmp_path: Path) -> Git:
    """The git program, without the machine's configuration."""
    environment = {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "HOME": str(tmp_path),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_AUTHOR_NAME": "Ada",
        "GIT_AUTHOR_EMAIL": "ada@example.org",
        "GIT_COMMITTER_NAME": "Ada",
        "GIT_COMMITTER_EMAIL": "ada@example.org",
    }

    def run(*arguments: str, folder: Path = tmp_path, check: bool = True) -> Any:
        return subprocess.run(
            ["git", *arguments],
            cwd=folder,
            env=environment,
            check=check,
            capture_output=True,
            text=True,
            timeout=30,
        )

    return run


@pytest.fixture
def branch(repository: Repository, request: pytest.FixtureRequest) -> str:
    """A branch with one commit more than main."""
    name = f"switchboard/{abs(hash(request.node.name))}"
    start = repository.get_git_ref("heads/main").object.sha
    repository.create_git_ref(f"refs/heads/{name}", start)
    text = f"# Notes\n\n{request.node.name}\n"
    repository.create_file("docs/notes.md", "docs: notes", text, branch=name)
    return name
