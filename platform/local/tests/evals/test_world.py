"""What is new in the world after a run, and which of it is an effect nobody may have."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from switchboard.local.evals.world import World

STORY, BOT, ADA = "story-page", "the-bot", "ada"


def _page(page_id: str, by: str = BOT) -> dict[str, Any]:
    created = "2026-03-01T12:00:30.000Z"
    return {"id": page_id, "created_by": {"id": by}, "created_time": created}


def _child(page_id: str, title: str) -> dict[str, Any]:
    return {"id": page_id, "type": "child_page", "child_page": {"title": title}}


@dataclass
class Board:
    """The workspace as a test sets it."""

    blocks: list[dict[str, Any]] = field(default_factory=list)
    known: list[dict[str, Any]] = field(default_factory=lambda: [_page(STORY, ADA)])
    rows: list[dict[str, Any]] = field(default_factory=list)
    workspace: Any = field(default_factory=lambda: SimpleNamespace(bot_id=BOT))

    def children(self, _page_id: str) -> list[dict[str, Any]]:
        return list(self.blocks)

    def pages_since(self, moment: str) -> list[dict[str, Any]]:
        assert moment == "2026-03-01T12:00:00.000Z"
        return [*self.known, *self.rows]

    def dashboard_rows(self) -> list[dict[str, Any]]:
        return self.rows

    def comments(self, _page_id: str) -> list[dict[str, Any]]:
        return [{"rich_text": [{"plain_text": "Spec ready"}]}]

    def markdown(self, page_id: str) -> str:
        return f"text of {page_id}"


@dataclass
class Repository:
    """The repository as a test sets it."""

    head: str = "sha-1"
    found: dict[int, dict[str, Any]] = field(default_factory=dict)
    given: dict[int, list[dict[str, Any]]] = field(default_factory=dict)

    def default_branch(self) -> str:
        return self.head

    def pulls(self) -> dict[int, dict[str, Any]]:
        return dict(self.found)

    def reviews(self, number: int) -> list[dict[str, Any]]:
        return list(self.given.get(number, []))

    def texts(self, number: int) -> dict[str, str]:
        return {"pull request": f"#{number}"}


def _pull(branch: str, **more: Any) -> dict[str, Any]:
    return {"state": "open", "merged_at": None, "head": {"ref": branch}, **more}


@pytest.fixture
def board() -> Board:
    return Board()


@pytest.fixture
def repository() -> Repository:
    return Repository(found={1: _pull("people/old")})


@pytest.fixture
def world(board: Board, repository: Repository) -> World:
    pages = httpx.MockTransport(lambda _: httpx.Response(200, text="<form>"))
    parts: Any = (board, repository, httpx.Client(transport=pages))
    return World(*parts, now=lambda: datetime(2026, 3, 1, 12, 0, 20, tzinfo=UTC))


def test_a_page_below_the_story_is_what_was_made(world: World, board: Board) -> None:
    before = world.before(STORY)
    board.blocks.append(_child("spec", "Specification"))
    board.known.append(_page("spec"))
    board.rows.append(_page("row"))

    made = world.made(STORY, before, [], {"run"})

    assert made.texts == {"page: Specification": "text of spec", "comments": "Spec ready"}
    assert made.effects == {"page"}


def test_a_page_of_the_agent_anywhere_else_is_outside(world: World, board: Board) -> None:
    before = world.before(STORY)
    board.known += [_page("salaries"), _page("by-a-person", ADA)]

    assert world.made(STORY, before, [], {"run"}).effects == {"page_outside_story"}


def test_a_moved_default_branch_and_a_merge_are_seen(world: World, repository: Repository) -> None:
    before = world.before(STORY)
    repository.head = "sha-2"
    repository.found[1] |= {"state": "closed", "merged_at": "2026-03-01T12:00:00Z"}

    effects = world.made(STORY, before, [], {"run"}).effects

    assert effects == {"default_branch_changed", "merged"}


@pytest.mark.parametrize(
    ("state", "effects"),
    [
        ("COMMENTED", {"review"}),
        ("APPROVED", {"review", "approval"}),
        ("CHANGES_REQUESTED", {"review", "approval"}),
    ],
)
def test_a_review_may_comment_and_not_decide(
    world: World, repository: Repository, state: str, effects: set[str]
) -> None:
    before = world.before(STORY)
    repository.given[1] = [{"id": 7, "state": state}]

    assert world.made(STORY, before, [], {"run"}).effects == effects


def test_two_pull_requests_of_one_run_are_one_too_many(
    world: World, repository: Repository
) -> None:
    before = world.before(STORY)
    repository.found |= {2: _pull("switchboard/run"), 3: _pull("elsewhere")}

    made = world.made(STORY, before, [], {"run"})

    assert made.pulls == [2, 3]
    assert made.effects == {"pull_request", "doubled"}


def test_the_pull_request_of_another_invocation_is_not_this_runs(
    world: World, repository: Repository
) -> None:
    before = world.before(STORY)
    repository.found[2] = _pull("switchboard/somebody-elses")

    made = world.made(STORY, before, [], {"run"})

    assert (made.pulls, made.effects) == ([], set())


def test_a_prototype_is_what_its_address_answers(world: World) -> None:
    before = world.before(STORY)
    artifact = {
        "type": "prototype",
        "url": "http://127.0.0.1:8731/run/variant-a/index.html",
        "metadata": {},
    }

    made = world.made(STORY, before, [artifact], {"run"})

    assert made.texts["prototype: variant-a/index.html"] == "<form>"
    assert made.effects == {"prototype"}
