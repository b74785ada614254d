"""An agent is told what earlier invocations of its page made (K-57)."""

from datetime import timedelta
from typing import Any

import pytest

from switchboard.events.values import Artifact

KNOWLEDGE = "KB12345678"


def made(number: int, **changes: Any) -> Artifact:
    return Artifact(
        type="prototype", url=f"https://p.example/{number}", title=str(number), **changes
    )


def ran(world: Any, make: Any, *artifacts: Artifact, **request: Any) -> None:
    """Run an invocation to its end, with these artifacts."""
    world.agent = "is silent"
    event = make.request(**request)
    world.send(event)
    world.work_off()
    world.clock.tick(1)
    world.send(make.completed(event.data.invocation_id, artifacts=list(artifacts)))
    world.work_off()


def told(world: Any) -> list[str]:
    """The titles of the earlier artifacts that the last start was told of."""
    return [item["title"] for item in world.runtimes.starts[-1].payload["earlier_artifacts"]]


def test_the_first_invocation_of_a_page_is_told_of_nothing(world: Any, make: Any) -> None:
    ran(world, make)

    assert told(world) == []


@pytest.mark.requirement("ORC-06", "C")
def test_a_later_invocation_is_told_what_the_page_has_the_newest_first(
    world: Any, make: Any
) -> None:
    ran(world, make, made(1), made(2))
    ran(world, make, made(3))

    ran(world, make)

    assert told(world) == ["3", "1", "2"]
    first = world.runtimes.starts[-1].payload["earlier_artifacts"][0]
    assert first == made(3).model_dump(mode="json")


def test_pages_and_projects_never_see_each_others_work(world: Any, make: Any) -> None:
    world.configure(project_id="proj-other")
    ran(world, make, made(1))

    ran(world, make, notion_page_id="page-2")
    assert told(world) == []
    ran(world, make, project_id="proj-other")

    assert told(world) == []


def test_a_page_is_the_same_however_its_id_is_written(world: Any, make: Any) -> None:
    dashed = "3f2b6c1e-8a4d-4a53-9b1e-0c5d7f6a8e21"
    ran(world, make, made(1), notion_page_id=dashed)

    ran(world, make, notion_page_id=dashed.replace("-", "").upper())

    assert told(world) == ["1"]


@pytest.mark.parametrize("cancelled", [True, False])
def test_what_a_run_left_that_did_not_complete_is_not_passed_on(
    world: Any, make: Any, cancelled: bool
) -> None:
    world.agent = "is silent"
    event = make.request()
    world.send(event)
    world.work_off()
    report = make.failed(event.data.invocation_id, cancelled=cancelled, artifacts=[made(1)])
    world.send(report)
    world.work_off()

    ran(world, make)

    assert world.ends()[0].data.output_artifacts == [made(1)]
    assert told(world) == []


def test_a_prototype_that_has_expired_is_not_passed_on(world: Any, make: Any, clock: Any) -> None:
    soon = clock() + timedelta(days=1)
    ran(world, make, made(1, expires_at=soon), made(2, expires_at=soon + timedelta(days=9)))

    clock.tick(2 * 24 * 3600)
    ran(world, make)

    assert told(world) == ["2"]


def test_of_much_work_only_the_newest_twenty_are_passed_on(world: Any, make: Any) -> None:
    for number in range(12):
        ran(world, make, made(2 * number), made(2 * number + 1))

    ran(world, make)

    assert len(told(world)) == 20
    assert told(world)[:3] == ["22", "23", "20"]


def test_a_result_is_kept_also_when_a_notice_about_money_goes_out_with_it(
    world: Any, make: Any
) -> None:
    world.with_spent("39.999")

    ran(world, make, made(1))
    ran(world, make)

    assert len(world.told("BudgetThresholdReached.v1")) == 1
    assert told(world) == ["1"]


def test_many_copies_of_a_report_keep_the_result_once(new_world: Any, make: Any) -> None:
    world = new_world(copies=3)
    ran(world, make, made(1))

    ran(world, make)

    assert told(world) == ["1"]


def test_the_projects_knowledge_base_is_named_to_the_agent(world: Any, make: Any) -> None:
    later = make.project().updated_at + timedelta(seconds=1)
    world.configure(knowledge_base_id=KNOWLEDGE, updated_at=later)

    ran(world, make)

    assert world.runtimes.starts[0].payload["project"]["knowledge_base_id"] == KNOWLEDGE
