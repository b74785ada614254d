"""Plain git works on the same repositories."""

import json
import sys
from pathlib import Path
from subprocess import run
from typing import Any

import httpx
from github.Repository import Repository

from switchboard.local.github.app import create_app
from switchboard.local.settings import LocalSettings
from switchboard.local.standin.threaded import served

RECEIVE = {"Content-Type": "application/x-git-receive-pack-request"}


def clone_url(settings: LocalSettings) -> str:
    return f"{settings.github_url}/acme/storefront.git"


def adas_url(settings: LocalSettings) -> str:
    token = json.loads((settings.home / "github" / "human.json").read_text())["token"]
    return clone_url(settings).replace("http://", f"http://ada:{token}@")


def test_the_seeded_repository_is_cloned_and_its_tests_pass(
    settings: LocalSettings, git: Any, tmp_path: Path
) -> None:
    git("clone", clone_url(settings), "shop")

    tests = run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir=."],
        cwd=tmp_path / "shop",
        capture_output=True,
        text=True,
        check=False,
    )
    assert tests.returncode == 0, tests.stdout
    assert (tmp_path / "shop" / ".gitignore").exists()


def test_a_pushed_branch_is_seen_by_the_api_and_its_pull_request_by_git(
    settings: LocalSettings, git: Any, tmp_path: Path, repository: Repository
) -> None:
    git("clone", adas_url(settings), "shop")
    shop = tmp_path / "shop"
    git("checkout", "-b", "people/ada", folder=shop)
    (shop / "big.bin").write_bytes(bytes(range(256)) * 20_000)
    git("add", "-A", folder=shop)
    git("commit", "-m", "feat: a large file", folder=shop)
    git("push", "origin", "people/ada", folder=shop)

    head = git("rev-parse", "HEAD", folder=shop).stdout.strip()
    pull = repository.create_pull(base="main", head="people/ada", title="From git")
    assert pull.head.sha == head
    repository.create_file("docs/more.md", "docs: more", "more\n", branch="people/ada")
    git("pull", "origin", "people/ada", folder=shop)
    assert (shop / "docs" / "more.md").read_text() == "more\n"
    assert repository.get_pull(pull.number).commits == 2


def test_the_apps_token_pushes_branches_but_not_main(
    settings: LocalSettings, git: Any, tmp_path: Path, token: str
) -> None:
    url = clone_url(settings).replace("http://", f"http://x-access-token:{token}@")
    git("clone", url, "shop")
    shop = tmp_path / "shop"
    (shop / "new.txt").write_text("new\n")
    git("add", "-A", folder=shop)
    git("commit", "-m", "feat: new", folder=shop)

    refused = git("push", "origin", "main", folder=shop, check=False)
    accepted = git("push", "origin", "HEAD:refs/heads/switchboard/by-git", folder=shop)

    assert refused.returncode != 0
    assert "protected branch hook declined" in refused.stderr
    assert accepted.returncode == 0


def test_a_push_needs_a_good_token_and_a_clone_a_good_name(
    settings: LocalSettings, git: Any
) -> None:
    url = f"{clone_url(settings)}/git-receive-pack"

    anonymous = httpx.post(url, content=b"0000", headers=RECEIVE)
    wrong = httpx.post(url, content=b"0000", headers=RECEIVE, auth=("x-access-token", "nope"))
    dumb = httpx.get(f"{clone_url(settings)}/info/refs")

    assert (anonymous.status_code, anonymous.headers["www-authenticate"]) == (401, "Basic")
    assert (wrong.status_code, dumb.status_code) == (401, 403)
    assert git("ls-remote", f"{settings.github_url}/acme/x.git", check=False).returncode != 0


def test_everything_is_there_after_a_restart(tmp_path: Path, git: Any) -> None:
    home = tmp_path / "home"
    settings: list[LocalSettings] = []

    def build(port: int) -> Any:
        settings.append(LocalSettings(home=home, port_github=port))
        return create_app(settings[-1])

    with served(build):
        git("clone", adas_url(settings[-1]), "shop")
        shop = tmp_path / "shop"
        (shop / "new.txt").write_text("new\n")
        git("add", "-A", folder=shop)
        git("commit", "-m", "feat: new", folder=shop)
        git("push", "origin", "HEAD:refs/heads/kept", folder=shop)
        first = (home / "github" / "app.json").read_text()
    with served(build):
        refs = git("ls-remote", clone_url(settings[-1])).stdout

    assert "refs/heads/kept" in refs
    assert (home / "github" / "app.json").read_text() == first
