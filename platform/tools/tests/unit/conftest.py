"""The GitHub target on a repository in memory, for the suites of its tools."""

from typing import Any

import pytest

from switchboard.tools.github.adapters.memory import (
    MemoryDrafts,
    MemoryRepositories,
    MemoryRepository,
)
from switchboard.tools.github.definition import GITHUB
from switchboard.tools.github.wiring import use_cases

REPO = {"owner": "acme", "repo": "app"}


@pytest.fixture
def repositories() -> MemoryRepositories:
    return MemoryRepositories()


@pytest.fixture
def repository(repositories: MemoryRepositories) -> MemoryRepository:
    return repositories.repositories["acme/app"]


@pytest.fixture
def github(bench: Any, repositories: MemoryRepositories) -> Any:
    target = bench.target(GITHUB, use_cases(repositories, MemoryDrafts()))

    def call(tool: str, **arguments: Any) -> Any:
        return bench.call(target, tool, **{**REPO, **arguments})

    return call
