"""All bare repositories of the stand-in, found by owner and name."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from re import compile as pattern

from dulwich.repo import Repo

from switchboard.local.github.errors import not_found
from switchboard.local.github.repository import GitRepository

_NAME = pattern(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")


@dataclass(frozen=True)
class Repositories:
    """All bare repositories below one folder: `<root>/<owner>/<name>.git`."""

    root: Path

    def names(self) -> list[tuple[str, str]]:
        """Owner and name of each."""
        found = sorted(self.root.glob("*/*.git/HEAD"))
        return [(head.parts[-3], head.parts[-2].removesuffix(".git")) for head in found]

    def path(self, owner: str, name: str) -> Path:
        """Where a repository lies or would lie.

        Raises:
            GitHubError: 404, the name is none.
        """
        if not _NAME.fullmatch(owner) or not _NAME.fullmatch(name) or name.endswith(".git"):
            raise not_found()
        return self.root / owner / f"{name}.git"

    @contextmanager
    def open(self, owner: str, name: str) -> Iterator[GitRepository]:
        """A repository, closed afterwards.

        Raises:
            GitHubError: 404.
        """
        path = self.path(owner, name)
        if not (path / "HEAD").exists():
            raise not_found()
        with Repo(str(path)) as repo:
            yield GitRepository(repo)

    def create(self, owner: str, name: str) -> None:
        """An empty repository with default branch main."""
        path = self.path(owner, name)
        path.mkdir(parents=True)
        Repo.init_bare(str(path), default_branch=b"main").close()
