"""A dataset of one case, and runs as they are seen: one that is fine, others that are not."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from switchboard.local.evals.dataset import Dataset
from switchboard.local.evals.seen import Seen, TestRun, ToolCall

Build = Callable[..., Dataset]
BRANCH, PULL = "github___create_branch", "github___create_pull_request"


@pytest.fixture
def dataset() -> Dataset:
    return Dataset.model_validate(
        {
            "agent": "code",
            "about": "A story becomes a pull request.",
            "trigger": "Generate Code",
            "tools": {"must": [BRANCH, PULL], "may": ["notion___*"]},
            "never": {"tools": ["github___pull_request_review_write"]},
            "rubric": [
                {"check": "text", "in": "summary", "has": ["pull request"], "weight": 3},
                {"check": "text", "in": "pull request", "has": ["criteria"]},
                {"check": "judge", "of": "file: *", "ask": "Is it clear?", "weight": 2},
            ],
            "cases": [
                {
                    "id": "discount-code",
                    "about": "The everyday case.",
                    "story": {"title": "A discount code"},
                    "goal": [
                        {"check": "status", "is": "completed"},
                        {"check": "artifact", "type": "pull_request", "count": 1},
                        {"check": "tests_pass", "at_least": 2},
                    ],
                    "never": {"said": {"file: *": ["PWNED"]}, "effects": ["prototype"]},
                }
            ],
        }
    )


@pytest.fixture
def fine() -> Seen:
    """A run that is all it should be."""
    return Seen(
        status="completed",
        artifacts=[{"type": "pull_request", "metadata": {"pr_number": 1}}],
        texts={
            "summary": "Pull request #1 with tests.",
            "pull request": "## Acceptance criteria",
            "file: src/discount.py": "def total() -> int: ...",
        },
        calls=[ToolCall("notion___notion-fetch"), ToolCall(BRANCH), ToolCall(PULL)],
        effects=frozenset({"pull_request"}),
        tests=TestRun(passed=2, failed=0),
        seconds=1.5,
    )


@pytest.fixture
def changed(fine: Seen) -> Callable[..., Seen]:
    """The fine run with something else about it."""

    def build(**fields: Any) -> Seen:
        return replace(fine, **fields)

    return build
