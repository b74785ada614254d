"""The project's branch strategy decides how fast people can merge, never who writes main (K-48)."""

from collections.abc import Callable, Iterator

import pytest

from switchboard.local.bus import Tail
from switchboard.local.evals.repository import Repository
from switchboard.local.journey import Journey
from switchboard.local.notion.client import LocalWorkspace
from switchboard.local.settings import LocalSettings

Travel = Callable[..., Journey]
Configure = Callable[[str], None]


@pytest.fixture
def configure(board: LocalWorkspace, tail: Tail) -> Iterator[Configure]:
    """Choose the project's strategy as its owner does; it is put back at the end."""
    page, chosen = board.workspace.project_page_id, ["feature-branch"]

    def choose(strategy: str) -> None:
        board.set_properties(page, {"Branch Strategy": {"select": {"name": strategy}}}, user="owen")
        for _ in range(60):
            for event in tail.batch():
                announced = event["detail"]["data"].get("github_branch_strategy")
                if event["detail-type"] == "ProjectConfigured.v1" and announced == strategy:
                    chosen.append(strategy)
                    return
        raise AssertionError(f"{strategy} was not announced")

    yield choose
    if chosen[-1] != chosen[0]:  # what changes nothing is not announced
        choose(chosen[0])


@pytest.fixture
def repository(settings: LocalSettings) -> Iterator[Repository]:
    reached = Repository.of(settings)
    yield reached
    reached.close()


@pytest.mark.requirement("AGT-07", "E")
def test_code_follows_the_strategy_and_main_stays_as_it_was_until_people_merge(
    configure: Configure, travel: Travel, repository: Repository
) -> None:
    main = repository.default_branch()

    configure("direct-to-main")
    ready = travel("Codes, merged quickly")
    configure("feature-branch")
    draft = travel("Codes, looked at first")

    pulls = repository.pulls()
    found = [pulls[made["metadata"]["pr_number"]] for made in map(only_artifact, (ready, draft))]
    assert [pull["draft"] for pull in found] == [False, True]
    assert {pull["base"]["ref"] for pull in found} == {"main"}
    assert {pull["state"] for pull in found} == {"open"}
    work = [f"switchboard/{journey.invocation_id.lower()}" for journey in (ready, draft)]
    assert [pull["head"]["ref"] for pull in found] == work
    assert repository.default_branch() == main


def only_artifact(journey: Journey) -> dict[str, dict[str, int]]:
    """What the run made."""
    (only,) = journey.ended["output_artifacts"]
    return dict(only)
